"""What OpenWrt tells over SSH: its clients, and how the networks that hostapd runs are protected.

netifd writes what hostapd runs to `/var/run/hostapd-PHY.conf` (OpenWrt 23.05, package hostapd,
`files/hostapd.uc`; `mac80211.sh` before).
"""

from inventory.vendors.linux_wireless import AirInterface, clients, wlans
from inventory.vendors.openwrt.configuration import CONFIGURATION
from inventory.vendors.support import Support, Terminal


def _radio(interface: AirInterface) -> str:
    return f"radio{interface.phy}"  # as `reading` calls it


SUPPORT = Support(
    terminal=Terminal.of(CONFIGURATION),
    clients=lambda mac: clients(mac, radio=_radio),
    wlans=lambda: wlans("/var/run/hostapd-*.conf", radio=_radio),
)
