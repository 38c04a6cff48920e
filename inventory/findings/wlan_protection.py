"""WLANs: protected as planned, by what the device says that it runs."""

from collections.abc import Iterator, Mapping

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.findings.wlan import BROKEN
from inventory.intent import Pmf, Security, Wlan
from inventory.observation import Wlan as Seen
from inventory.sentences import N_, Sentence

# What a device may show for what was planned: protected frames that are only offered let WPA3's
# key managements be offered as well (WPA3 Specification 3.3, 3.2).
_AS_PLANNED: Mapping[Security, frozenset[str]] = {
    **{each: frozenset({each.value}) for each in Security},
    Security.OWE_TRANSITION: frozenset({"owe_transition", "owe", "open"}),
    Security.WPA2_ENTERPRISE: frozenset({"wpa2_enterprise", "wpa2_wpa3_enterprise"}),
    Security.WPA3_ENTERPRISE: frozenset({"wpa3_enterprise", "wpa3_enterprise_192"}),
}
# The rule wlan.weak_security tells of these, whatever was planned.
_TOLD_ELSEWHERE = frozenset({"open", *BROKEN})
_STRENGTH: tuple[str, ...] = (Pmf.DISABLED, Pmf.OPTIONAL, Pmf.REQUIRED)


@rule(
    "wlan.protection_differs",
    "Réseau WiFi protégé autrement que prévu",
    Use.COMPLIANCE,
    Use.AUDIT,
)
def protection_differs(subject: Subject) -> Iterator[Finding]:
    """Find a planned WLAN that runs with less or other protection than planned, where it is told.

    What the device does not tell is not judged.
    """
    if subject.intent is None or subject.observation is None:
        return
    for wlan in subject.intent.wlans:
        running = [each for each in subject.observation.wlans if each.ssid == wlan.ssid]
        differences = {what for each in running for what in _differences(wlan, each)}
        if differences:
            yield Finding(
                "wlan.protection_differs",
                Severity.MAJOR,
                Sentence(
                    "%(name)s protège «\u00a0%(ssid)s\u00a0» autrement que prévu\u00a0: %(what)s",
                    name=subject.name,
                    ssid=wlan.ssid,
                    what=tuple(Sentence(_WORDS[what]) for what in sorted(differences)),
                ),
                label=wlan.name,
                evidence={
                    "ssid": wlan.ssid,
                    "differs": sorted(differences),
                    "intended": wlan.security.value,
                    "running": sorted({each.security for each in running if each.security}),
                },
            )


def _differences(wlan: Wlan, seen: Seen) -> Iterator[str]:
    label = seen.security
    if label and label not in _AS_PLANNED[wlan.security] and label not in _TOLD_ELSEWHERE:
        yield "security"
    if wlan.pmf_mode is not None and seen.pmf in _STRENGTH and _weaker(seen.pmf, wlan.pmf_mode):
        yield "pmf"
    if wlan.client_isolation and seen.isolated is False:
        yield "isolation"
    if wlan.hidden and seen.hidden is False:
        yield "hidden"


def _weaker(seen: str, wanted: str) -> bool:
    return _STRENGTH.index(seen) < _STRENGTH.index(wanted)


_WORDS: Mapping[str, str] = {
    "security": N_("le chiffrement"),
    "pmf": N_("la protection des trames de gestion"),
    "isolation": N_("l’isolation des postes"),
    "hidden": N_("l’annonce du nom"),
}
