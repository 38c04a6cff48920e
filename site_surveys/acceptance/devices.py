"""Checks that the collectors prove: who is there, in what version, configured and judged how."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.findings.finding import Finding, Severity, Subject, Use, rules
from site_surveys.acceptance.evidence import Asked, DeviceEvidence, Evidence, Ordered
from site_surveys.acceptance.outcome import Result, State
from site_surveys.profile import AcceptanceProfile, Check

_BRUSSELS = ZoneInfo("Europe/Brussels")
_NBSP = "\u00a0"
_GRAVE = (Severity.BLOCKING, Severity.MAJOR)
_NOT_THERE_YET = frozenset({"planned", "ordered", "in_stock"})


def _answers(subject: Subject) -> bool:
    return subject.observation is not None and subject.last_error_kind is None


def _radios_told(subject: Subject) -> bool:
    if subject.observation is None or subject.intent is None:
        return False
    planned = {plan.band.value for plan in subject.intent.radios if plan.enabled}
    told = {radio.band for radio in subject.observation.radios if radio.channel is not None}
    return bool(planned) and planned <= told


def _wlans_told(subject: Subject) -> bool:
    if subject.observation is None or subject.intent is None:
        return False
    wlans = subject.observation.wlans
    return bool(wlans) and all(wlan.security for wlan in wlans)


def _vlans_told(subject: Subject) -> bool:
    seen, intent = subject.observation, subject.intent
    return bool(seen and seen.vlans and intent and intent.ports)


def _utilisation_told(subject: Subject) -> bool:
    radios = subject.observation.radios if subject.observation else ()
    return bool(radios) and all(radio.utilisation_percent is not None for radio in radios)


# What must be told before "no rule is broken" means anything, and what to say where it is not.
NEEDS: dict[str, tuple[Callable[[Subject], bool], str]] = {
    "nothing": (lambda _: True, ""),
    "observation": (_answers, "aucun relevé exploitable"),
    "radios": (_radios_told, "la borne ne donne pas l’état de ses radios, ou rien n’est prévu"),
    "utilisation": (_utilisation_told, "la borne ne donne pas l’occupation de ses canaux"),
    "wlans": (_wlans_told, "la borne ne donne pas ses réseaux et leur protection"),
    "vlans": (_vlans_told, "les VLAN ne sont pas donnés, ou aucun port n’est planifié"),
    "community": (
        lambda subject: subject.default_community is not None,
        "l’identifiant de lecture n’est pas connu",
    ),
}


def by_rules(asked: Asked) -> Iterator[Result]:
    """Yield, for each device of the check's roles, whether it breaks one of the check's rules."""
    yield from _each_of_roles(asked.check, asked.evidence, asked.check.rules, grave_only=False)


def by_other_rules(asked: Asked) -> Iterator[Result]:
    """Yield, for each device, whether it gravely breaks a rule that no other check asks for."""
    elsewhere = {rule_id for each in asked.profile.checks for rule_id in each.rules}
    others = [
        each.id
        for each in rules().values()
        if Use.ACCEPTANCE in each.uses and each.id not in elsewhere
    ]
    yield from _each_of_roles(asked.check, asked.evidence, others, grave_only=True)


def _each_of_roles(
    check: Check, evidence: Evidence, rule_ids: Iterable[str], *, grave_only: bool
) -> Iterator[Result]:
    found = evidence.of_roles(*check.roles)
    if not found:
        yield Result(State.NOT_PROVED, "aucun équipement de ce rôle n’est connu")
    wanted = tuple(rule_ids)
    for device in found:
        yield _judged(check, device, wanted, grave_only=grave_only)


def _judged(
    check: Check, device: DeviceEvidence, rule_ids: tuple[str, ...], *, grave_only: bool
) -> Result:
    subject = device.subject
    findings = [each for rule_id in rule_ids for each in rules()[rule_id].find(subject)]
    broken = [
        each
        for each in findings
        if each.severity in _GRAVE or (not grave_only and each.severity is Severity.MINOR)
    ]
    open_ones = [each for each in broken if each.rule_id not in device.dispensations]
    if open_ones:
        return Result(State.FAILED, _sentences(open_ones), device.name)
    if broken:
        return Result(State.WAIVED, dispensation_text(device, broken[0].rule_id), device.name)
    told, otherwise = NEEDS[check.needs or "nothing"]
    if told(subject):
        return Result(State.PASSED, _sentences(findings) or "aucun écart", device.name)
    if check.also == "configuration" and _configured(device):
        return Result(State.PASSED, "d’après la configuration relue", device.name)
    return Result(State.NOT_PROVED, otherwise, device.name)


def _configured(device: DeviceEvidence) -> bool:
    return device.push_verified is True and device.subject.config_matches_last_push is not False


def _sentences(findings: Iterable[Finding]) -> str:
    return f"{_NBSP}; ".join(str(each.message) for each in findings)


def dispensation_text(device: DeviceEvidence, rule_id: str) -> str:
    """Return why what a rule finds on a device is accepted, by whom and until when."""
    given = device.dispensations[rule_id]
    return f"dérogation jusqu’au {day(given.ends_at)}{_NBSP}: {given.reason} ({given.granted_by})"


def day(moment: datetime) -> str:
    """Return the day of a moment in Brussels."""
    return moment.astimezone(_BRUSSELS).strftime("%d/%m/%Y")


def moment_text(moment: datetime) -> str:
    """Return a moment as Brussels' clocks show it."""
    return moment.astimezone(_BRUSSELS).strftime(f"%d/%m/%Y à{_NBSP}%H:%M")


def reachable(asked: Asked) -> Iterator[Result]:
    """Yield, for each device, whether it was read lately."""
    if not asked.evidence.devices:
        yield Result(State.NOT_PROVED, "aucun équipement n’est connu pour ce site")
    for device in asked.evidence.devices:
        subject = device.subject
        if subject.lifecycle in _NOT_THERE_YET:
            yield Result(State.FAILED, "n’est pas encore posé", device.name)
            continue
        findings = [
            each for rule_id in asked.check.rules for each in rules()[rule_id].find(subject)
        ]
        if findings:
            accepted = all(each.rule_id in device.dispensations for each in findings)
            text = (
                dispensation_text(device, findings[0].rule_id) if accepted else _sentences(findings)
            )
            yield Result(State.WAIVED if accepted else State.FAILED, text, device.name)
        else:
            yield _read_lately(device, asked.evidence.now, asked.profile)


def _read_lately(device: DeviceEvidence, now: datetime, profile: AcceptanceProfile) -> Result:
    if device.read_at is None:
        return Result(State.NOT_PROVED, "n’a jamais été lu", device.name)
    recent = now - device.read_at <= timedelta(hours=profile.read_within_h)
    state = State.PASSED if recent else State.NOT_PROVED
    return Result(state, f"lu le {moment_text(device.read_at)}", device.name)


def firmware(asked: Asked) -> Iterator[Result]:
    """Yield, for each device, whether it runs at least the version approved for its family."""
    if not asked.evidence.devices:
        yield Result(State.NOT_PROVED, "aucun équipement n’est connu pour ce site")
    for device in asked.evidence.devices:
        told = device.subject.firmware
        approved = asked.profile.firmware.get(device.subject.family)
        if told is None:
            yield Result(State.NOT_PROVED, "la version n’est pas donnée", device.name)
        elif approved is None:
            yield Result(State.NOT_PROVED, f"{told}{_NBSP}; aucune version approuvée", device.name)
        else:
            here, lowest = version_key(told), version_key(approved.at_least)
            state = State.PASSED if here and lowest and here >= lowest else State.FAILED
            if here is None:
                state = State.NOT_PROVED
            text = f"{told} (approuvée{_NBSP}: {approved.at_least} ou plus récente)"
            yield Result(state, text, device.name)


def version_key(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a version (`PL.10.13.1000` is 10, 13, 1000); None: no version."""
    found = re.search(r"\d{1,9}(?:\.\d{1,9})+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else None


def configuration(asked: Asked) -> Iterator[Result]:
    """Yield, for each device that is configured, whether it is as was pushed and read back."""
    found = asked.evidence.of_roles("access_point", "switch", "controller")
    if not found:
        yield Result(State.NOT_PROVED, "aucun équipement n’est connu pour ce site")
    for device in found:
        matches = device.subject.config_matches_last_push
        if device.push_verified is None:
            yield Result(State.NOT_PROVED, "aucun déploiement n’a eu lieu", device.name)
        elif not device.push_verified:
            text = "le dernier déploiement n’a pas été vérifié par relecture"
            yield Result(State.FAILED, text, device.name)
        elif matches is False and "configuration.drift" in device.dispensations:
            text = dispensation_text(device, "configuration.drift")
            yield Result(State.WAIVED, text, device.name)
        elif matches is False:
            yield Result(State.FAILED, "modifiée depuis le déploiement vérifié", device.name)
        elif matches is None:
            yield Result(State.NOT_PROVED, "pas relue depuis le déploiement", device.name)
        else:
            yield Result(State.PASSED, "relue et inchangée", device.name)


def ordered_present(asked: Asked) -> Iterator[Result]:
    """Yield, for each ordered device, whether one of its serial stands at the site.

    Without the list of the order, the count that the dossier tells can only fail.
    """
    if asked.evidence.ordered:
        for each in asked.evidence.ordered:
            yield _ordered(each, asked.evidence)
        return
    there = sum(_answers(device.subject) for device in asked.evidence.devices)
    expected = asked.evidence.serials_expected
    if expected is None:
        yield Result(State.NOT_PROVED, "la commande n’est pas connue")
    else:
        text = f"{there} équipements lus sur {expected} commandés"
        missing = f"{text}{_NBSP}; leurs numéros de série ne sont pas comparés"
        enough = there >= expected
        yield Result(State.NOT_PROVED if enough else State.FAILED, missing if enough else text)


def _ordered(wanted: Ordered, evidence: Evidence) -> Result:
    serial = _bare(wanted.serial)
    subject = f"{wanted.name or wanted.model or wanted.role} ({wanted.serial})"
    for device in evidence.devices:
        if serial == _bare(_serial_read(device)):
            return Result(State.PASSED, f"lu sur {device.name}", subject)
    for device in evidence.devices:
        if wanted.name is None or device.name.lower() != wanted.name.lower():
            continue
        read = _serial_read(device)
        if read is None and _answers(device.subject):
            text = f"{device.name} répond, sans donner son numéro de série à distance"
            return Result(State.NOT_PROVED, text, subject)
        if read is not None:
            return Result(State.FAILED, f"{device.name} porte le numéro {read}", subject)
    return Result(State.FAILED, "introuvable sur le site", subject)


def _serial_read(device: DeviceEvidence) -> str | None:
    observation = device.observation
    return observation.identity.serial if observation is not None else None


def _bare(serial: str | None) -> str | None:
    return re.sub(r"[\s-]", "", serial).upper() if serial else None
