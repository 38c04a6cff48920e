"""Compliance: the running configuration follows the standards that are in force."""

from collections.abc import Iterator

from inventory.findings.finding import Finding, Subject, Use, rule
from inventory.sentences import N_, Sentence
from inventory.standards.judging import Deviation, Wrong, deviations, in_force
from inventory.standards.standard import Standard

_MESSAGES = {
    Wrong.MISSING: N_("%(name)s, %(title)s\u00a0: «\u00a0%(line)s\u00a0» manque %(place)s"),
    Wrong.FORBIDDEN: N_("%(name)s, %(title)s\u00a0: «\u00a0%(line)s\u00a0» est interdit %(place)s"),
    Wrong.DISORDERED: N_(
        "%(name)s, %(title)s\u00a0: «\u00a0%(line)s\u00a0» n’est pas à sa place %(place)s"
    ),
    Wrong.ABSENT: N_("%(name)s, %(title)s\u00a0: aucune section «\u00a0%(line)s\u00a0»"),
}


@rule(
    "configuration.standard",
    "La configuration ne suit pas le standard",
    Use.COMPLIANCE,
    Use.AUDIT,
    Use.ACCEPTANCE,
)
def standard(subject: Subject) -> Iterator[Finding]:
    """Judge the newest kept configuration by each standard in force; in grace, two versions do."""
    if subject.sections is None:
        return
    for versions in subject.standards:
        newest, before = in_force(versions, subject.now.date())
        found = _deviations(newest, subject)
        if found and before is not None and not _deviations(before, subject):
            continue
        for deviation in found:
            yield _finding(subject.name, newest, deviation)


def _deviations(standard: Standard, subject: Subject) -> list[Deviation]:
    return list(
        deviations(
            standard,
            subject.sections or {},
            role=subject.role,
            family=subject.family,
            tags=subject.tags,
        )
    )


def _finding(name: str, standard: Standard, deviation: Deviation) -> Finding:
    check, header = deviation.check, deviation.header
    place = (
        Sentence("dans «\u00a0%(header)s\u00a0»", header=header)
        if header
        else Sentence("dans la configuration")
    )
    return Finding(
        "configuration.standard",
        check.severity,
        Sentence(
            _MESSAGES[deviation.wrong],
            name=name,
            title=check.title,
            line=deviation.line,
            place=place,
        ),
        label=f"{standard.id}/{check.id}/{header}/{deviation.line}"[:500],
        evidence={"standard": standard.id, "version": standard.version, "check": check.id},
    )
