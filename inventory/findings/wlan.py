"""WLANs: those planned are there, protected as planned, and no others."""

from collections.abc import Iterator

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.intent import Security
from inventory.sentences import Sentence

# Labels of `Wlan.security` that protect nothing; IEEE 802.11-2020 deprecates WEP and TKIP.
BROKEN = frozenset(
    {
        *("wep", "wpa_personal", "wpa_enterprise", "tkip"),
        *("wpa_wpa2_personal", "wpa_wpa2_enterprise"),
    }
)
_FREE = frozenset({Security.OPEN, Security.OWE, Security.OWE_TRANSITION})


@rule("wlan.missing", "Réseau WiFi prévu absent", Use.COMPLIANCE, Use.AUDIT, Use.ACCEPTANCE)
def missing(subject: Subject) -> Iterator[Finding]:
    """Find a WLAN that is planned for this access point and that it does not announce."""
    if subject.intent is None or subject.observation is None or not subject.observation.wlans:
        return  # a device that tells no WLAN at all may not be able to: see radio.off
    if subject.observation.problems:
        return
    heard = {wlan.ssid for wlan in subject.observation.wlans}
    for wlan in subject.intent.wlans:
        if wlan.ssid not in heard:
            yield Finding(
                "wlan.missing",
                Severity.MAJOR,
                Sentence(
                    "%(name)s ne diffuse pas le réseau «\u00a0%(ssid)s\u00a0»",
                    name=subject.name,
                    ssid=wlan.ssid,
                ),
                label=wlan.name,
                evidence={"ssid": wlan.ssid, "heard": sorted(heard)},
            )


@rule("wlan.weak_security", "Réseau WiFi mal protégé", Use.AUDIT, Use.ACCEPTANCE)
def weak_security(subject: Subject) -> Iterator[Finding]:
    """Find a WLAN that is open without being meant to be, or protected by WEP or TKIP."""
    meant = {wlan.ssid: wlan.security for wlan in subject.intent.wlans} if subject.intent else {}
    found: dict[str, str] = {}
    for wlan in subject.observation.wlans if subject.observation else ():
        label = (wlan.security or "").lower()
        if label in BROKEN or (label == "open" and meant.get(wlan.ssid) not in _FREE):
            found[wlan.ssid] = label
    for ssid, label in found.items():
        yield Finding(
            "wlan.weak_security",
            # An open WLAN that nobody planned may be the school's own; a planned one is our fault.
            Severity.BLOCKING if ssid in meant else Severity.MAJOR,
            _weakness(subject.name, ssid, label),
            label=ssid,
            evidence={"ssid": ssid, "security": label, "intended": meant.get(ssid)},
        )


def _weakness(name: str, ssid: str, label: str) -> Sentence:
    if label == "open":
        return Sentence(
            "%(name)s diffuse «\u00a0%(ssid)s\u00a0» sans aucune protection", name=name, ssid=ssid
        )
    return Sentence(
        "%(name)s diffuse «\u00a0%(ssid)s\u00a0» avec %(protection)s, dépassé",
        name=name,
        ssid=ssid,
        protection=label.upper(),
    )


@rule("wlan.unplanned", "Réseau WiFi non prévu", Use.AUDIT)
def unplanned(subject: Subject) -> Iterator[Finding]:
    """Find a WLAN that the device announces and nobody planned, where WLANs are planned at all."""
    if subject.observation is None or subject.intent is None or not subject.intent.wlans:
        return
    meant = {wlan.ssid for wlan in subject.intent.wlans}
    for ssid in sorted({wlan.ssid for wlan in subject.observation.wlans if wlan.ssid} - meant):
        yield Finding(
            "wlan.unplanned",
            Severity.INFO,
            Sentence(
                "%(name)s diffuse «\u00a0%(ssid)s\u00a0», qui n’est pas prévu",
                name=subject.name,
                ssid=ssid,
            ),
            label=ssid,
            evidence={"ssid": ssid},
        )
