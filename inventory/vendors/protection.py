"""How a network is protected, from what a configuration or a status says of it.

The labels are those of `inventory.intent.Security`, and for what nobody plans those that survey
captures give (`wpa_wpa2_personal`, `wep` …). IEEE 802.11-2020, table 9-151 for the key managements;
WPA3 Specification 3.x (Wi-Fi Alliance), 2 and 3, for what makes WPA3.
"""

from collections.abc import Set

# Key managements, in one spelling for all vendors.
PSK = frozenset({"psk", "psk-sha256", "ft-psk"})
SAE = frozenset({"sae", "sae-ext", "ft-sae"})
EAP = frozenset({"eap", "ft-eap"})
EAP_SHA256 = frozenset({"eap-sha256", "ft-eap-sha384"})
EAP_192 = frozenset({"suite-b", "suite-b-192"})
OWE = frozenset({"owe"})


def label(
    akms: Set[str],
    *,
    wep: bool = False,
    wpa1: bool = False,
    rsn: bool = True,
    pmf: str | None = None,
) -> str | None:
    """Return the label of a network that offers these key managements; None: it cannot be told.

    `wpa1` says that WPA of 2003 is offered, `rsn` that its successor is; `pmf` is `required` where
    protected management frames are: an 802.1X network with them and SHA-256 alone is WPA3.
    """
    if wep or not akms:
        return "wep" if wep else "open"
    if akms & OWE:
        return "owe"
    if wpa1:
        kind = "personal" if akms & PSK else "enterprise"
        return f"wpa_wpa2_{kind}" if rsn else f"wpa_{kind}"
    if akms & (EAP | EAP_SHA256 | EAP_192):
        return _enterprise(akms, pmf)
    if akms & SAE:
        return "wpa2_wpa3_personal" if akms & PSK else "wpa3_personal"
    return "wpa2_personal" if akms & PSK else None


def _enterprise(akms: Set[str], pmf: str | None) -> str:
    if akms & EAP_192:
        return "wpa3_enterprise_192"
    if pmf == "required" and not akms & EAP:
        return "wpa3_enterprise"
    offers_wpa3 = akms & EAP_SHA256 and pmf in {"optional", "required"}
    return "wpa2_wpa3_enterprise" if offers_wpa3 else "wpa2_enterprise"
