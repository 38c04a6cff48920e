"""The audit: judge every device by the rules and keep what they find.

A finding that is found again stays the same row; one that is no longer found is resolved; one that
comes back is opened again. A waiver keeps a finding from counting until it ends.
"""

import time
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import col, select

from api.usecases.audit_report import GRAVE
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.subjects import SubjectBuilder
from api.usecases.waivers import subject_key, waivers_in_force
from inventory import clock
from inventory.database import Database
from inventory.events import record_event
from inventory.findings.finding import Finding, Severity, Subject, Use, judge, rules
from inventory.leases import lease
from inventory.models import Device, FindingRow, Lifecycle
from inventory.secrets import open_vault
from inventory.sentences import Sentence, wording
from inventory.settings import Settings

_PAGE = 200
_LEASE_S = 3600.0
# The others are not expected to answer; what was found about them is no longer a fault.
_JUDGED = (Lifecycle.INSTALLED, Lifecycle.ACTIVE)

log = structlog.get_logger()


@dataclass
class AuditResult:
    """What one run found; `open` counts what is open and not waived, by severity."""

    judged: int = 0
    opened: int = 0
    reopened: int = 0
    resolved: int = 0
    waived: int = 0
    open: dict[str, int] = field(default_factory=lambda: {each.value: 0 for each in Severity})
    failed: list[str] = field(default_factory=list)
    duration_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {**self.__dict__, "duration_s": round(self.duration_s, 3)}


def run_audit(
    database: Database,
    settings: Settings,
    *,
    actor: str,
    site_ids: Sequence[int] | None = None,
    on_progress: Progress = quiet,
    wait_s: float = 0.0,
) -> AuditResult:
    """Judge the devices of all sites, or of `site_ids`, and keep what is found.

    Reads no device. Running it twice changes nothing but when findings were last seen. A device on
    which a rule fails is named in `failed` and keeps its findings. Raises Conflict while another
    audit runs that does not end within `wait_s`.
    """
    started = time.monotonic()
    vault = open_vault(settings)
    result = AuditResult()
    with lease(database, "audit", holder=actor, purpose="audit", ttl_s=_LEASE_S, wait_s=wait_s):
        with database.read() as session:
            total = len(session.exec(_devices(select(Device.id), site_ids)).all())
        progress = Counter(on_progress, "devices judged", total)
        last = 0
        while True:
            # One moment for a whole page: what a rule sees and what is kept of it belong together.
            with database.write(actor) as session:
                page = session.exec(
                    _devices(select(Device), site_ids)
                    .where(col(Device.id) > last)
                    .order_by(col(Device.id))
                    .limit(_PAGE)
                ).all()
                if not page:
                    break
                last = page[-1].id or 0
                builder = SubjectBuilder(session, vault, clock.now())
                _judge_page(builder, page, result, progress)
        result.duration_s = time.monotonic() - started
        _record_end(database, result, actor)
    return result


def check_compliance(
    database: Database, settings: Settings, device_ids: Sequence[int], *, actor: str
) -> AuditResult:
    """Judge devices by the rules of compliance alone, as after a push, and keep what is found.

    What other rules found stays as it is: it rests on readings, and nothing was read anew.
    """
    started = time.monotonic()
    vault = open_vault(settings)
    result = AuditResult()
    for first in range(0, len(device_ids), _PAGE):
        with database.write(actor) as session:
            page = session.exec(
                select(Device)
                .where(col(Device.id).in_(device_ids[first : first + _PAGE]))
                .order_by(col(Device.id))
            ).all()
            builder = SubjectBuilder(session, vault, clock.now())
            _judge_page(builder, page, result, Counter(quiet, "", len(page)), Use.COMPLIANCE)
    result.duration_s = time.monotonic() - started
    return result


def _devices(query: Any, site_ids: Sequence[int] | None) -> Any:
    return query if site_ids is None else query.where(col(Device.site_id).in_(site_ids))


def _judge_page(
    builder: SubjectBuilder,
    page: Sequence[Device],
    result: AuditResult,
    progress: Counter,
    use: Use = Use.AUDIT,
) -> None:
    session, now = builder.session, builder.now
    ids_of_rules = {rule.id for rule in rules().values() if use in rule.uses}
    subjects = builder.subjects([device for device in page if device.lifecycle in _JUDGED])
    ids = [device.id for device in page]
    kept: dict[int, dict[tuple[str, str], FindingRow]] = {}
    for row in session.exec(select(FindingRow).where(col(FindingRow.device_id).in_(ids))):
        if row.device_id is not None and (use is Use.AUDIT or row.rule_id in ids_of_rules):
            kept.setdefault(row.device_id, {})[row.rule_id, row.label] = row
    waivers = waivers_in_force(session, now, [subject_key(device) for device in page])
    for device in page:
        subject = subjects.get(device.id or 0)
        found = _found(subject, device, use) if subject is not None else []
        progress.one_more()
        if found is None:
            result.failed.append(device.name)
            continue
        result.judged += subject is not None
        rows = kept.get(device.id or 0, {})
        for row in _keep(device, found, rows, now, result):
            session.add(row)
            if row.resolved_at is not None:
                continue
            if (row.rule_id, row.subject) in waivers:
                result.waived += 1
            else:
                result.open[row.severity] += 1


def _found(subject: Subject, device: Device, use: Use) -> list[Finding] | None:
    try:
        return list(judge(subject, use))
    except Exception:
        # A rule is our code; a defect in one must not take the night's audit from 3,000 schools.
        log.exception("rule_failed", device_id=device.id)
        return None


def _keep(
    device: Device,
    found: Iterable[Finding],
    kept: Mapping[tuple[str, str], FindingRow],
    now: datetime,
    result: AuditResult,
) -> list[FindingRow]:
    """Return the rows to write: one for each finding, and those that are resolved now."""
    rows: dict[tuple[str, str], FindingRow] = {}
    for finding in found:
        key = (finding.rule_id, finding.label)
        row = rows.get(key) or kept.get(key)
        if row is None:
            result.opened += 1
            row = FindingRow(
                rule_id=finding.rule_id,
                subject=subject_key(device),
                label=finding.label,
                device_id=device.id,
                severity=finding.severity,
                message=finding.message,
                first_seen_at=now,
                last_seen_at=now,
            )
        elif row.resolved_at is not None:
            result.reopened += 1
        row.site_id = device.site_id
        row.severity = finding.severity
        row.message, row.wording = str(finding.message), wording(finding.message)
        row.evidence = finding.evidence
        row.last_seen_at = now
        row.resolved_at = None
        rows[key] = row
    gone = [row for key, row in kept.items() if key not in rows and row.resolved_at is None]
    for row in gone:
        row.resolved_at = now
    result.resolved += len(gone)
    return [*rows.values(), *gone]


def _record_end(database: Database, result: AuditResult, actor: str) -> None:
    tally = Tally(result.open)
    grave = sum(tally[severity] for severity in GRAVE)
    with database.write(actor) as session:
        record_event(
            session,
            "audit.finished",
            Sentence(
                "Audit terminé\u00a0: équipements contrôlés\u00a0: %(judged)s, "
                "constats graves ouverts\u00a0: %(grave)s",
                judged=result.judged,
                grave=grave,
            ),
            body={"judged": result.judged, "open": result.open, "resolved": result.resolved},
        )
