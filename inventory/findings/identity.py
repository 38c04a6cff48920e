"""Whether a device is who we think it is, runs what its like run, and is as it was pushed."""

from collections.abc import Iterator

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.sentences import Sentence


@rule("identity.no_serial", "Numéro de série inconnu", Use.AUDIT, Use.ACCEPTANCE)
def no_serial(subject: Subject) -> Iterator[Finding]:
    """Find a device without a serial, which cannot be matched with a delivery or a guarantee."""
    seen = subject.observation
    if seen is not None and not seen.identity.serial and not subject.serial:
        # Some devices cannot tell it; then it comes from the delivery, scanned by a person.
        yield Finding(
            "identity.no_serial",
            Severity.INFO,
            Sentence("Le numéro de série de %(name)s n’est pas connu", name=subject.name),
            evidence={"sys_object_id": seen.identity.sys_object_id},
        )


@rule("identity.name_differs", "Nom différent du nom prévu", Use.COMPLIANCE, Use.AUDIT)
def name_differs(subject: Subject) -> Iterator[Finding]:
    """Find a device that calls itself otherwise than planned is looked for in the wrong room."""
    if subject.observation is None or subject.intent is None or subject.intent.hostname is None:
        return
    told, planned = subject.observation.identity.sysname, subject.intent.hostname
    # sysName may carry the domain (SNMPv2-MIB: "by convention, the fully-qualified domain name").
    if told and told.split(".", maxsplit=1)[0].lower() != planned.lower():
        yield Finding(
            "identity.name_differs",
            Severity.MINOR,
            Sentence(
                "%(name)s s’appelle «\u00a0%(told)s\u00a0» au lieu de «\u00a0%(planned)s\u00a0»",
                name=subject.name,
                told=told,
                planned=planned,
            ),
            evidence={"observed": told, "intended": planned},
        )


@rule("firmware.mixed", "Versions de micrologiciel différentes", Use.AUDIT, Use.ACCEPTANCE)
def mixed_firmware(subject: Subject) -> Iterator[Finding]:
    """Find a device that runs another version than most of its model at the same site."""
    ours = subject.firmwares.get(subject.firmware or "", 0)
    if not ours:
        return
    usual, count = max(subject.firmwares.items(), key=lambda item: (item[1], item[0]))
    if usual == subject.firmware or count <= ours:
        return
    yield Finding(
        "firmware.mixed",
        Severity.MINOR,
        Sentence.counted(
            "%(name)s utilise la version %(firmware)s\u00a0; "
            "un équipement %(model)s du site utilise la version %(usual)s",
            "%(name)s utilise la version %(firmware)s\u00a0; "
            "%(num)s équipements %(model)s du site utilisent la version %(usual)s",
            count,
            name=subject.name,
            firmware=subject.firmware or "",
            model=subject.model or "",
            usual=usual,
        ),
        evidence={"observed": subject.firmware, "usual": usual, "count": count},
    )


@rule(
    "configuration.drift",
    "Configuration modifiée depuis le déploiement",
    Use.COMPLIANCE,
    Use.AUDIT,
    Use.ACCEPTANCE,
)
def drift(subject: Subject) -> Iterator[Finding]:
    """Find a device whose configuration is no longer the one that was pushed and verified."""
    if subject.config_matches_last_push is False:
        yield Finding(
            "configuration.drift",
            Severity.MAJOR,
            Sentence(
                "La configuration de %(name)s a changé depuis le dernier déploiement vérifié",
                name=subject.name,
            ),
        )


@rule("intent.contradiction", "Configuration prévue contradictoire", Use.COMPLIANCE, Use.AUDIT)
def contradiction(subject: Subject) -> Iterator[Finding]:
    """Find a device whose layers of intent contradict each other: nothing can be pushed to it."""
    if subject.intent_error is not None:
        yield Finding(
            "intent.contradiction",
            Severity.MAJOR,
            Sentence("Ce qui est prévu pour %(name)s se contredit", name=subject.name),
            evidence={"error": subject.intent_error},
        )


@rule("security.default_community", "Identifiants SNMP d’usine", Use.AUDIT, Use.ACCEPTANCE)
def default_community(subject: Subject) -> Iterator[Finding]:
    """Find a device that is read with a community that everyone knows."""
    if subject.default_community:
        yield Finding(
            "security.default_community",
            Severity.MAJOR,
            Sentence(
                "%(name)s est lu avec la communauté SNMP d’usine, connue de tous",
                name=subject.name,
            ),
        )


@rule("security.legacy_ssh", "Algorithmes SSH obsolètes acceptés", Use.AUDIT, Use.ACCEPTANCE)
def legacy_ssh(subject: Subject) -> Iterator[Finding]:
    """Find a device from which a person let us accept SHA-1 and CBC: it is to be updated."""
    if subject.legacy_ssh:
        yield Finding(
            "security.legacy_ssh",
            Severity.MINOR,
            Sentence(
                "Des algorithmes SSH obsolètes sont acceptés de %(name)s\u00a0; "
                "sa mise à jour ou son remplacement est à prévoir",
                name=subject.name,
            ),
        )
