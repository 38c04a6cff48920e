"""What the audit left open, with the names that a person knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.waivers import waivers_in_force
from inventory import clock
from inventory.findings.finding import Severity
from inventory.models import Device, FindingRow, Site

GRAVE = (Severity.BLOCKING, Severity.MAJOR)


@dataclass(frozen=True)
class OpenFinding:
    """An open finding with the names that a person knows. `waiver` is the reason, where waived."""

    row: FindingRow
    device: str | None
    site: str | None
    waiver: str | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "rule": self.row.rule_id,
            "severity": self.row.severity,
            "site": self.site,
            "device": self.device,
            "label": self.row.label,
            "message": self.row.message,
            "evidence": self.row.evidence,
            "first_seen_at": self.row.first_seen_at.isoformat(),
            "last_seen_at": self.row.last_seen_at.isoformat(),
            "waiver": self.waiver,
        }


def open_findings(
    session: Session, *, site_ids: Sequence[int] | None = None, limit: int | None = None
) -> list[OpenFinding]:
    """Return the open findings of all sites or of `site_ids`, by site, then the gravest first."""
    query = (
        select(FindingRow, Device.name, Site.name)
        .join(Device, col(Device.id) == FindingRow.device_id, isouter=True)
        .join(Site, col(Site.id) == FindingRow.site_id, isouter=True)
        .where(col(FindingRow.resolved_at).is_(None))
        .order_by(col(FindingRow.site_id), col(FindingRow.id))
    )
    if site_ids is not None:
        query = query.where(col(FindingRow.site_id).in_(site_ids))
    if limit is not None:
        query = query.limit(limit)
    found = session.exec(query).all()
    # Of a few sites, theirs; of all, all that are in force: those are few, findings are not.
    subjects = [row.subject for row, _, _ in found] if site_ids is not None else None
    waivers = waivers_in_force(session, clock.now(), subjects)
    order = {severity.value: place for place, severity in enumerate(Severity)}
    listed = [
        OpenFinding(
            row,
            device,
            site,
            waiver.reason if (waiver := waivers.get((row.rule_id, row.subject))) else None,
        )
        for row, device, site in found
    ]
    return sorted(listed, key=lambda each: (each.site or "", order[each.row.severity]))


def count_grave(findings: Iterable[OpenFinding]) -> int:
    """Return how many are blocking or major and not waived."""
    return sum(each.row.severity in GRAVE and each.waiver is None for each in findings)
