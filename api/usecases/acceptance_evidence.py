"""What is known of a site for its acceptance: read in one session, then mapped outside of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.subjects import SubjectBuilder
from api.usecases.surveys import KeptSurvey, keep_of_row
from api.usecases.waivers import subject_key, waivers_in_force
from inventory.findings.finding import Subject
from inventory.models import (
    AcceptanceWord,
    Device,
    DeviceRole,
    Dossier,
    Lifecycle,
    Link,
    ObservationRecord,
    OrderedDevice,
    Push,
    PushState,
    Site,
    Survey,
)
from inventory.models import (
    Evidence as DossierDocument,
)
from inventory.naming import natural_order
from inventory.secrets import Vault
from site_surveys.acceptance.evidence import (
    DeviceEvidence,
    Dispensation,
    Document,
    Ordered,
    PortOf,
    Word,
)
from site_surveys.acceptance.wiring import documented_ports
from site_surveys.profile import AcceptanceProfile

_GONE = (Lifecycle.RETIRED, Lifecycle.RMA)
_ENDED = (PushState.VERIFIED, PushState.UNCHANGED, PushState.ROLLED_BACK, PushState.FAILED,
          PushState.IN_DOUBT)  # fmt: skip
_ROLES = {"controller": 0, "router": 1, "switch": 2, "access_point": 3}


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """What one session told; `rows` are the devices as kept, in the order of `devices`."""

    now: datetime
    site: Site
    rows: tuple[Device, ...]
    devices: tuple[DeviceEvidence, ...]
    surveys: tuple[tuple[KeptSurvey, str], ...]
    """The newest survey of each plan, with its hash."""
    ordered: tuple[Ordered, ...]
    words: Mapping[str, Word]
    documents: tuple[Document, ...]
    serials_expected: int | None


def gather(
    session: Session, vault: Vault, site: Site, profile: AcceptanceProfile, now: datetime
) -> SiteEvidence:
    """Return what is known of `site` at `now`; computes no map."""
    assert site.id is not None
    rows = tuple(
        sorted(
            session.exec(
                select(Device).where(Device.site_id == site.id, col(Device.lifecycle).not_in(_GONE))
            ).all(),
            key=lambda row: (_ROLES.get(row.role, 4), natural_order(row.name)),
        )
    )
    dossier = session.exec(select(Dossier).where(Dossier.site_id == site.id)).first()
    expected = dossier.facts.get("serials_expected") if dossier is not None else None
    return SiteEvidence(
        now=now,
        site=site,
        rows=rows,
        devices=_devices(session, vault, rows, profile, now),
        surveys=_surveys(session, site),
        ordered=tuple(
            Ordered(row.serial, row.role, row.name, row.model)
            for row in session.exec(
                select(OrderedDevice)
                .where(OrderedDevice.site_id == site.id)
                .order_by(col(OrderedDevice.id))
            )
        ),
        words=_words(session, site.id),
        documents=_documents(session, dossier),
        serials_expected=int(expected) if expected is not None else None,
    )


def _devices(
    session: Session,
    vault: Vault,
    rows: Sequence[Device],
    profile: AcceptanceProfile,
    now: datetime,
) -> tuple[DeviceEvidence, ...]:
    subjects = SubjectBuilder(session, vault, now).subjects(rows)
    waivers = waivers_in_force(session, now, [subject_key(row) for row in rows])
    readings = _readings(session, rows)
    pushes, verified = _pushes(session, rows), _last_verified(session, rows)
    since = now - timedelta(hours=profile.read_within_h)
    seen = _seen_on(session, rows, since)
    points = [row.name for row in rows if row.role is DeviceRole.ACCESS_POINT]
    documented = documented_ports(
        {
            row.name: intent
            for row in rows
            if row.role is DeviceRole.SWITCH
            and (intent := subjects[row.id or 0].intent) is not None
        },
        points,
    )
    found = []
    for row in rows:
        assert row.id is not None
        last = pushes.get(row.id)
        found.append(
            DeviceEvidence(
                id=row.id,
                subject=_fresh(subjects[row.id], since),
                read_at=row.last_seen_at,
                observation_id=readings.get(row.id),
                dispensations={
                    rule_id: Dispensation(waiver.reason, waiver.granted_by, waiver.ends_at)
                    for (rule_id, subject), waiver in waivers.items()
                    if subject == subject_key(row)
                },
                push_id=last.id if last is not None else None,
                push_verified=(
                    None
                    if last is None
                    else last.state in (PushState.VERIFIED, PushState.UNCHANGED)
                ),
                push_finished_at=verified.get(row.id),
                seen_on=seen.get(row.id),
                documented_on=documented.get(row.name),
            )
        )
    return tuple(found)


def _fresh(subject: Subject, since: datetime) -> Subject:
    """Return the subject without a reading that is too old, or that a failure came after.

    What a device said last week proves nothing today.
    """
    stale = subject.last_seen_at is None or subject.last_seen_at < since
    if stale or subject.last_error_kind is not None:
        return replace(subject, observation=None)
    return subject


def _readings(session: Session, rows: Sequence[Device]) -> dict[int, int]:
    found = session.exec(
        select(ObservationRecord.device_id, func.max(ObservationRecord.id))
        .where(col(ObservationRecord.device_id).in_([row.id for row in rows]))
        .group_by(col(ObservationRecord.device_id))
    )
    return {device_id: newest for device_id, newest in found if newest is not None}


def _pushes(session: Session, rows: Sequence[Device]) -> dict[int, Push]:
    """Return the last push of each device that came to an end."""
    found = session.exec(
        select(Push)
        .where(col(Push.device_id).in_([row.id for row in rows]), col(Push.state).in_(_ENDED))
        .order_by(col(Push.id))
    )
    return {push.device_id: push for push in found}


def _last_verified(session: Session, rows: Sequence[Device]) -> dict[int, datetime]:
    """Return when each device was last changed by a push that was read back as intended."""
    found = session.exec(
        select(Push.device_id, func.max(Push.finished_at))
        .where(col(Push.device_id).in_([row.id for row in rows]), Push.state == PushState.VERIFIED)
        .group_by(col(Push.device_id))
    )
    return {device_id: at for device_id, at in found if at is not None}


def _seen_on(session: Session, rows: Sequence[Device], since: datetime) -> dict[int, PortOf]:
    """Return the switch port of each access point, by what the switches, else the points, hear."""
    names = {row.id: row.name for row in rows if row.role is DeviceRole.SWITCH}
    points = {row.id for row in rows if row.role is DeviceRole.ACCESS_POINT}
    links = session.exec(
        select(Link)
        .where(
            col(Link.device_id).in_([*names, *points]),
            col(Link.remote_device_id).in_([*names, *points]),
            col(Link.last_seen_at) >= since,
        )
        .order_by(col(Link.last_seen_at))
    ).all()
    seen: dict[int, PortOf] = {}
    for link in links:
        if link.device_id in points and link.remote_device_id in names and link.remote_port:
            seen[link.device_id] = PortOf(names[link.remote_device_id], link.remote_port)
    for link in links:
        if link.device_id in names and link.remote_device_id in points:
            assert link.remote_device_id is not None
            seen[link.remote_device_id] = PortOf(names[link.device_id], link.local_interface)
    return seen


def _surveys(session: Session, site: Site) -> tuple[tuple[KeptSurvey, str], ...]:
    """Return the newest survey of each plan: two wings of one floor may have one each."""
    newest = (
        select(func.max(Survey.id))
        .where(Survey.site_id == site.id)
        .group_by(col(Survey.building), col(Survey.floor), col(Survey.name))
    )
    found = session.exec(
        select(Survey)
        .where(col(Survey.id).in_(newest))
        .order_by(col(Survey.building), col(Survey.floor), col(Survey.name))
    ).all()
    return tuple((keep_of_row(session, site, row), row.sha256) for row in found)


def _words(session: Session, site_id: int) -> dict[str, Word]:
    found = session.exec(
        select(AcceptanceWord)
        .where(AcceptanceWord.site_id == site_id)
        .order_by(col(AcceptanceWord.id))
    )
    return {row.check_id: _word(row) for row in found}


def _word(row: AcceptanceWord) -> Word:
    values: dict[str, Any] = row.model_dump(exclude={"site_id"})
    return Word(**values)


def _documents(session: Session, dossier: Dossier | None) -> tuple[Document, ...]:
    if dossier is None:
        return ()
    found = session.exec(
        select(DossierDocument)
        .where(DossierDocument.dossier_id == dossier.id, col(DossierDocument.voided_at).is_(None))
        .order_by(col(DossierDocument.id))
    )
    return tuple(Document(row.kind, row.file_name, row.sha256) for row in found)
