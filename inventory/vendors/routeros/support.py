"""What RouterOS tells over SSH: clients and how its networks are protected, old and new WiFi menu.

Source: MikroTik documentation, "WiFi" (registration table, actual-configuration, security
properties) and "Wireless Interface" (registration table), RouterOS 7; "Command line interface",
`print terse`: a line for each item, `name=value`. Only properties without a secret are asked for.
That `actual-configuration` takes a proplist in every 7.x is unconfirmed; where it does not, the
networks are not told.
"""

import re
from collections.abc import Iterator, Mapping

from inventory.observation import Wlan
from inventory.vendors.cli_tables import number
from inventory.vendors.protection import label
from inventory.vendors.routeros.configuration import CONFIGURATION
from inventory.vendors.support import (
    Ask,
    Reading,
    Support,
    Terminal,
    WirelessClient,
    duration_s,
    mac_of,
)

_PAIR = re.compile(r"(?:^|\s)([a-z][a-z0-9.-]*)=(.*?)(?=\s[a-z][a-z0-9.-]*=|$)")
_NEW = "/interface/wifi/registration-table/print terse without-paging"
_OLD = "/interface/wireless/registration-table/print stats terse without-paging"
_ACTUAL = (
    "/interface/wifi/actual-configuration/print terse without-paging proplist=name,mac-address,"
    "configuration.ssid,configuration.hide-ssid,security.authentication-types,"
    "security.management-protection,datapath.client-isolation"
)
_AKMS = {"wpa2-psk": "psk", "wpa3-psk": "sae", "wpa2-eap": "eap", "wpa3-eap": "eap-sha256"}
_AKMS |= {"wpa3-eap-192": "suite-b-192", "owe": "owe", "wpa-psk": "psk", "wpa-eap": "eap"}
_PMF = {"disabled": "disabled", "allowed": "optional", "required": "required"}


def items(text: str) -> Iterator[Mapping[str, str]]:
    """Yield the properties of each item that `print terse` lists."""
    for line in text.splitlines():
        pairs = {name: value.strip().strip('"') for name, value in _PAIR.findall(line)}
        if re.match(r"\s*\d+\s", line) and pairs:
            yield pairs


def _clients(_mac: str | None) -> Reading[tuple[WirelessClient, ...]]:
    text = (yield Ask(_NEW, may_fail=True)) or (yield Ask(_OLD, may_fail=True))
    found = []
    for told in items(text):
        mac = mac_of(told.get("mac-address", ""))
        if mac is not None:
            found.append(_client(mac, told))
    return tuple(found)


def _client(mac: str, told: Mapping[str, str]) -> WirelessClient:
    rssi_dbm = number(told.get("signal") or told.get("signal-strength"))
    return WirelessClient(
        mac=mac,
        ssid=told.get("ssid"),
        radio=told.get("interface"),
        rssi_dbm=rssi_dbm,
        snr_db=number(told.get("signal-to-noise")),
        tx_rate_bps=_rate(told.get("tx-rate")),
        rx_rate_bps=_rate(told.get("rx-rate")),
        connected_s=duration_s(told.get("uptime", "")),
        ip=told.get("last-ip"),
        state=told.get("auth-type") or told.get("authentication-type"),
    )


def _rate(written: str | None) -> float | None:
    value = number(written)
    if written is None or value is None:
        return None
    return value * 1e6 if "mbps" in written.lower() else value


def _wlans() -> Reading[tuple[Wlan, ...]]:
    text = yield Ask(_ACTUAL, may_fail=True)
    return tuple(_wlan(told) for told in items(text) if told.get("configuration.ssid"))


def _wlan(told: Mapping[str, str]) -> Wlan:
    words = [each for each in told.get("security.authentication-types", "").split(",") if each]
    pmf = _PMF.get(told.get("security.management-protection", ""))
    if pmf is None and words:
        # "Security properties": allowed where WPA3 or OWE is one of several, required where alone.
        new = [each for each in words if each.startswith(("wpa3", "owe"))]
        pmf = "required" if len(new) == len(words) else "optional" if new else "disabled"
    old = [each for each in words if each.startswith("wpa-")]
    return Wlan(
        ssid=told["configuration.ssid"],
        bssid=mac_of(told.get("mac-address", "")),
        radio=told.get("name"),
        security=label(
            {_AKMS.get(each, each) for each in words},
            wpa1=bool(old),
            rsn=len(old) < len(words),
            pmf=pmf,
        ),
        pmf=pmf,
        hidden=told.get("configuration.hide-ssid", "no") in {"yes", "true"},
        isolated=told.get("datapath.client-isolation", "no") in {"yes", "true"},
    )


SUPPORT = Support(terminal=Terminal.of(CONFIGURATION), clients=_clients, wlans=_wlans)
