"""What the conductor of an Aruba Instant cluster tells over SSH: clients and networks.

Source: "Aruba Instant 8.x CLI Reference Guide", show clients and show network: tables whose columns
are as wide as their longest value. `Signal` is the SNR in dB with a word behind it, `Speed` Mbit/s.
Frame protection, isolation and how long a client is connected stand in neither table. The words of
`Key Management` are those of the SSID's `opmode`; that each release prints them so is unconfirmed.
"""

import re
from collections.abc import Set

from inventory.observation import Wlan
from inventory.vendors.cli_tables import number, rows, whole
from inventory.vendors.configuration import Dialect
from inventory.vendors.protection import label
from inventory.vendors.support import Ask, Reading, Support, Terminal, WirelessClient, mac_of


def _clients(_mac: str | None) -> Reading[tuple[WirelessClient, ...]]:
    text = yield Ask("show clients", timeout_s=60.0)
    found = []
    for row in rows(text, of="Name"):
        mac = mac_of(row.get("MAC Address", ""))
        if mac is None:
            continue
        rate = number(row.get("Speed (mbps)"))
        found.append(
            WirelessClient(
                mac=mac,
                ssid=row.get("ESSID") or None,
                access_point=row.get("Access Point") or None,
                channel=whole(row.get("Channel")),
                snr_db=number(row.get("Signal")),
                tx_rate_bps=None if rate is None else rate * 1e6,
                ip=row.get("IP Address") or None,
                state=row.get("Role") or None,
            )
        )
    return tuple(found)


def _wlans() -> Reading[tuple[Wlan, ...]]:
    text = yield Ask("show network")
    return tuple(
        Wlan(ssid=row["ESSID"], security=protection(row.get("Key Management", "")))
        for row in rows(text, of="Profile Name")
        if row.get("ESSID") and row.get("Status", "Enabled").lower() == "enabled"
    )


def protection(written: str) -> str | None:
    """Return our label of an `opmode` as it is printed; None for a word that is not known."""
    words = set(re.split(r"[\s/,+_-]+", written.lower())) - {""}
    if "wep" in words:
        return "wep"
    if {"enhanced", "open"} <= words or "owe" in words:
        return "owe"
    akms = _key_managements(words)
    if not akms:
        return "open" if words & {"open", "none", "opensystem"} else None
    old = "wpa" in words
    pmf = "required" if "eap-sha256" in akms else None
    return label(akms, wpa1=old, rsn=bool(words & {"wpa2", "wpa3", "mpsk"}) or not old, pmf=pmf)


def _key_managements(words: Set[str]) -> Set[str]:
    if not words & {"wpa", "wpa2", "wpa3", "mpsk"}:
        return set()
    personal = bool(words & {"psk", "personal", "sae", "mpsk"})
    if "wpa3" not in words:
        return {"psk" if personal else "eap"}
    if personal:
        return {"sae", "psk"} if words & {"wpa2", "transition"} else {"sae"}
    return {"suite-b-192" if "cnsa" in words else "eap-sha256"}


SUPPORT = Support(
    terminal=Terminal(
        "aruba_os",
        Dialect.CLI,
        prompt=r"[\r\n][\w:.-]+(?: \([\w .-]+\))?# ?$",
        errors=(r"^\s*% ", r"(?i)^\s*(parse error|invalid)"),
    ),
    clients=_clients,
    wlans=_wlans,
)
