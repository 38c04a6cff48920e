"""Whether a device can be read at all, and how it does when it can."""

from collections.abc import Iterator
from datetime import timedelta

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.sentences import Sentence

_STALE_AFTER = timedelta(hours=24)
_BUSY_PERCENT = 90.0


@rule(
    "reachability.silent",
    "Équipement injoignable",
    Use.HEALTH,
    Use.AUDIT,
    Use.ACCEPTANCE,
)
def silent(subject: Subject) -> Iterator[Finding]:
    """Find a device that did not answer last time; behind a silent switch is a whole wing.

    What is silent because of another device is told too, as nobody can vouch for it, but it is the
    other one that someone must go to.
    """
    if subject.last_error_kind != "Unreachable":
        return
    if subject.shadowed:
        yield Finding(
            "reachability.silent",
            Severity.INFO,
            Sentence("%(name)s est injoignable à cause d’un autre équipement", name=subject.name),
        )
        return
    seen = subject.last_seen_at
    yield Finding(
        "reachability.silent",
        Severity.BLOCKING if subject.role == "switch" else Severity.MAJOR,
        Sentence("%(name)s ne répond plus", name=subject.name)
        if seen
        else Sentence("%(name)s n’a jamais répondu depuis son inscription", name=subject.name),
        evidence={
            "last_seen_at": seen.isoformat() if seen else None,
            "error": subject.last_error,
        },
    )


@rule("reachability.unreadable", "Équipement illisible", Use.HEALTH, Use.AUDIT, Use.ACCEPTANCE)
def unreadable(subject: Subject) -> Iterator[Finding]:
    """Find a device that answers and refuses us, or says what cannot be understood."""
    if subject.last_error_kind in (None, "Unreachable"):
        return
    refused = subject.last_error_kind == "Refused"
    yield Finding(
        "reachability.unreadable",
        Severity.MAJOR,
        Sentence("%(name)s refuse nos identifiants", name=subject.name)
        if refused
        else Sentence("%(name)s répond, mais sa lecture échoue", name=subject.name),
        evidence={"kind": subject.last_error_kind, "error": subject.last_error},
    )


@rule("reachability.stale", "Relevé trop ancien", Use.HEALTH, Use.AUDIT)
def stale(subject: Subject) -> Iterator[Finding]:
    """Find a device that nobody read for a day: what is shown of it may no longer be true."""
    if subject.last_error_kind is not None:
        return
    if subject.last_seen_at is None:
        yield Finding(
            "reachability.stale",
            Severity.MINOR,
            Sentence("%(name)s n’a encore jamais été relevé", name=subject.name),
        )
    elif subject.now - subject.last_seen_at > _STALE_AFTER:
        hours = int((subject.now - subject.last_seen_at).total_seconds() // 3600)
        yield Finding(
            "reachability.stale",
            Severity.MINOR,
            Sentence(
                "Le dernier relevé de %(name)s date d’il y a %(hours)s\u00a0h",
                name=subject.name,
                hours=hours,
            ),
            evidence={"hours": hours},
        )


@rule("load.busy", "Équipement surchargé", Use.HEALTH, Use.AUDIT)
def busy(subject: Subject) -> Iterator[Finding]:
    """Find a device whose processor or memory is nearly used up."""
    names = {
        "cpu_percent": Sentence("processeur"),
        "memory_percent": Sentence("mémoire"),
    }
    highest: dict[str, float] = {}
    for metric in subject.observation.metrics if subject.observation else ():
        if metric.name in names:
            highest[metric.name] = max(metric.value, highest.get(metric.name, 0.0))
    for name, value in highest.items():
        if value >= _BUSY_PERCENT:
            yield Finding(
                "load.busy",
                Severity.MINOR,
                Sentence(
                    "%(name)s\u00a0: %(what)s à %(used)s\u00a0%% (limite\u00a0: %(limit)s\u00a0%%)",
                    name=subject.name,
                    what=names[name],
                    used=round(value),
                    limit=round(_BUSY_PERCENT),
                ),
                label=name,
                evidence={"percent": value, "limit_percent": _BUSY_PERCENT},
            )
