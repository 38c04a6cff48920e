"""What IOS-XE tells over SSH: an address as IOS does, clients and WLANs of a Catalyst 9800.

Sources: "Cisco Catalyst 9800 Series Wireless Controller Command Reference", IOS XE 17.x, and
"Software Configuration Guide" 17.14, client roaming policy profile, for the lines of `show wireless
client mac-address … detail`. `show wlan id` is written from the AireOS manual, whose lines it has;
that every release of 17.x words them alike is unconfirmed.
"""

import re
from collections.abc import Mapping

from inventory.observation import Wlan
from inventory.vendors.cli_tables import facts, number, whole
from inventory.vendors.configuration import Dialect
from inventory.vendors.ios import support as ios
from inventory.vendors.protection import label
from inventory.vendors.support import (
    Ask,
    Reading,
    Support,
    Terminal,
    WirelessClient,
    mac_of,
    written_mac,
)

_MOST_DETAILS = 300  # a command each; beyond, the list alone is told
_LISTED = re.compile(r"(?mi)^([0-9a-f]{4}(?:\.[0-9a-f]{4}){2})\s+(\S+)\s")
_WLAN = re.compile(r"(?m)^(\d+)\s+\S.*?\s(?:UP|DOWN)\b")
_AKMS = {
    "psk": "psk",
    "psk sha256": "psk-sha256",
    "pmf psk": "psk-sha256",
    "ft psk": "ft-psk",
    "sae": "sae",
    "ft sae": "ft-sae",
    "802.1x": "eap",
    "ft 802.1x": "ft-eap",
    "802.1x sha256": "eap-sha256",
    "802.1x-sha256": "eap-sha256",
    "pmf 802.1x": "eap-sha256",
    "suite-b-192": "suite-b-192",
    "suiteb192-1x": "suite-b-192",
    "owe": "owe",
}


def _clients(mac: str | None) -> Reading[tuple[WirelessClient, ...]]:
    if mac is not None:
        text = yield _detail(mac)
        client = _client(mac, facts(text))
        return (client,) if client.ssid or client.access_point else ()
    listed = _LISTED.findall((yield Ask("show wireless client summary", timeout_s=60.0)))
    found: list[WirelessClient] = []
    for written, access_point in listed:
        client_mac = mac_of(written)
        if client_mac is None:
            continue
        if len(found) >= _MOST_DETAILS:
            found.append(WirelessClient(client_mac, access_point=access_point))
            continue
        told = facts((yield _detail(client_mac)))
        found.append(_client(client_mac, told))
    return tuple(found)


def _detail(mac: str) -> Ask:
    written = written_mac(mac, group=4, separator=".")
    # A client that left between the list and the question is no failure.
    return Ask(f"show wireless client mac-address {written} detail", may_fail=True)


def _client(mac: str, told: Mapping[str, str]) -> WirelessClient:
    state = told.get("policy manager state") or told.get("client state")
    return WirelessClient(
        mac=mac,
        ssid=told.get("wireless lan network name (ssid)"),
        bssid=mac_of(told.get("bssid", "")),
        radio=told.get("ap slot"),
        access_point=told.get("ap name"),
        channel=whole(told.get("channel")),
        rssi_dbm=number(told.get("radio signal strength indicator")),
        snr_db=number(told.get("signal to noise ratio")),
        connected_s=number(told.get("connected for")),
        ip=_address(told.get("client ipv4 address")),
        state=state,
        authorised=state.lower() == "run" if state else None,
        vlan=whole(told.get("vlan")),
        protected_frames={"yes": True, "no": False}.get(
            told.get("protected management frame - 802.11w", "").lower()
        ),
    )


def _address(written: str | None) -> str | None:
    return written if written and re.fullmatch(r"\d+(\.\d+){3}", written) else None


def _wlans() -> Reading[tuple[Wlan, ...]]:
    listed = _WLAN.findall((yield Ask("show wlan summary", may_fail=True)))
    found: list[Wlan] = []
    for number_ in listed:
        told = facts((yield Ask(f"show wlan id {number_}")))
        ssid = told.get("network name (ssid)")
        if ssid and told.get("status", "").lower() == "enabled":
            found.append(_wlan(ssid, told))
    return tuple(found)


def _wlan(ssid: str, told: Mapping[str, str]) -> Wlan:
    def on(name: str) -> bool:
        return told.get(name, "").lower() == "enabled"

    protected = any(on(name) for name in told if name.startswith("wi-fi protected access"))
    akms = {akm for name, akm in _AKMS.items() if protected and on(name)}
    pmf = {"disabled": "disabled", "optional": "optional", "required": "required"}.get(
        told.get("pmf support", "").lower()
    )
    wpa1 = on("wpa (ssn ie)")
    rsn = on("wpa2 (rsn ie)") or on("wpa3 (wpa3 ie)")
    peers = told.get("peer-to-peer blocking action")
    hidden = told.get("broadcast ssid")
    wep = on("static wep keys")
    unknown = protected and not akms
    return Wlan(
        ssid=ssid,
        security=None if unknown else label(akms, wep=wep, wpa1=wpa1, rsn=rsn, pmf=pmf),
        pmf=pmf if protected else None,
        hidden=None if hidden is None else hidden.lower() != "enabled",
        isolated=None if peers is None else peers.lower() != "disabled",
    )


SUPPORT = Support(
    terminal=Terminal(
        "cisco_xe",
        Dialect.CLI,
        prompt=r"[\r\n][\w.-]+(?:\([\w.-]+\))?#\s?$",
        errors=(r"^\s*% ",),
    ),
    clients=_clients,
    wlans=_wlans,
    address=ios.address,
)
