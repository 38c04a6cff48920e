"""What a Linux access point tells over SSH: its clients, and how its networks are protected."""

from inventory.vendors.hostapd_linux.configuration import CONFIGURATION
from inventory.vendors.linux_wireless import AirInterface, clients, wlans
from inventory.vendors.support import Support, Terminal


def _radio(interface: AirInterface) -> str:
    return f"phy{interface.phy}"


SUPPORT = Support(
    terminal=Terminal.of(CONFIGURATION),
    clients=lambda mac: clients(mac, radio=_radio),
    wlans=lambda: wlans("/etc/hostapd/*.conf", radio=_radio),
)
