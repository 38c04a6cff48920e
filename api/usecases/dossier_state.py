"""What a dossier is at the moment: its row, documents and facts as the machine sees them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.errors import InvalidInput, NotFound
from inventory.models import (
    AcceptanceRun,
    DeployPlan,
    Device,
    DeviceRole,
    Dossier,
    Evidence,
    FundingSource,
    Lifecycle,
    Lot,
    OrderedDevice,
    PlanState,
    Prerequisite,
    Push,
    PushState,
    Reserve,
    ReserveSeverity,
    ScannedDevice,
    Upload,
    WorkKind,
    WorkOrder,
    WorkState,
)
from inventory.programme.dossier import (
    DossierState,
    EvidenceKind,
    Facts,
    Measure,
    Measured,
    Status,
    Track,
)
from inventory.sentences import Sentence

_CONFIGURED_ROLES = (DeviceRole.ACCESS_POINT, DeviceRole.SWITCH, DeviceRole.CONTROLLER)
_GONE = (Lifecycle.RETIRED, Lifecycle.RMA)
_MAX_EVIDENCE_BYTES = 50_000_000
NAMED_ROWS = {"lot", "funding_source"}
"""Facts that name a row: the dossier keeps the row's id, never the name."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A document handed in with a move: what it is, and the hash (hex) and size of its bytes."""

    kind: EvidenceKind
    file_name: str
    sha256: str
    size_bytes: int
    upload_id: int | None = None

    @classmethod
    def of_upload(cls, kind: EvidenceKind, upload: Upload) -> "EvidenceFile":
        """Return a file that was handed in, as the evidence that it is."""
        return cls(kind, upload.file_name, upload.sha256, upload.size_bytes, upload.id)


def read_evidence(path: Path, kind: EvidenceKind) -> EvidenceFile:
    """Return a file as evidence; raises InvalidInput when it is missing, empty or too large."""
    try:
        size = path.stat().st_size
        if not path.is_file() or not 0 < size <= _MAX_EVIDENCE_BYTES:
            raise InvalidInput(
                f"evidence is a file of 1 to {_MAX_EVIDENCE_BYTES:,} bytes", where=str(path)
            )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidInput(
            f"the evidence cannot be read: {error.strerror}", where=str(path)
        ) from error
    return EvidenceFile(kind, path.name, digest, size)


def dossier_of_site(session: Session, site_id: int, *, lock: bool = False) -> Dossier:
    """Return the dossier of a site; raises NotFound. `lock` keeps others from moving it."""
    query = select(Dossier).where(Dossier.site_id == site_id)
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise _no_dossier(site_id)
    return found


def _no_dossier(site_id: int) -> NotFound:
    return NotFound(Sentence("Le site n°%(id)s n’a pas encore de dossier", id=site_id))


@dataclass(frozen=True, slots=True)
class DossierNow:
    """A dossier as it was read once: its row, its documents, and both as the machine sees them."""

    row: Dossier
    documents: tuple[Evidence, ...]
    state: DossierState
    facts: Facts


def dossier_now(session: Session, site_id: int, *, lock: bool = False) -> DossierNow:
    """Return all that is kept of a site's dossier; raises NotFound. `lock` as `dossier_of_site`."""
    query = (
        select(Dossier, Lot.name, FundingSource.code)
        .outerjoin(Lot, col(Lot.id) == col(Dossier.lot_id))
        .outerjoin(FundingSource, col(FundingSource.id) == col(Dossier.funding_source_id))
        .where(Dossier.site_id == site_id)
    )
    found = session.exec(query.with_for_update(of=Dossier) if lock else query).first()
    if found is None:
        raise _no_dossier(site_id)
    row, lot, funding_source = found
    documents = tuple(documents_of(session, row))
    return DossierNow(row, documents, _state(row, documents), _facts(row, lot, funding_source))


def facts_of(session: Session, dossier: Dossier) -> Facts:
    """Return the facts that a dossier holds, its lot and funding source by their names."""
    lot = session.get(Lot, dossier.lot_id) if dossier.lot_id else None
    source = (
        session.get(FundingSource, dossier.funding_source_id) if dossier.funding_source_id else None
    )
    return _facts(dossier, lot.name if lot else None, source.code if source else None)


def _facts(dossier: Dossier, lot: str | None, funding_source: str | None) -> Facts:
    named = {"lot": lot, "funding_source": funding_source}
    return Facts.model_validate({**dossier.facts, **named})


def state_of(session: Session, dossier: Dossier) -> DossierState:
    """Return a dossier as the machine sees it."""
    return _state(dossier, documents_of(session, dossier))


def _state(dossier: Dossier, documents: Sequence[Evidence]) -> DossierState:
    kinds = {row.kind for row in documents if row.voided_at is None}
    running = Track.RUNNING if dossier.cabling_started else Track.WAITING
    return DossierState(
        status=Status(dossier.status),
        version=dossier.version,
        before_hold=Status(dossier.status_before_hold) if dossier.status_before_hold else None,
        cabling=Track.CLOSED if dossier.cabling_done else running,
        delivered=dossier.delivery_done,
        measures=frozenset(Measure(each) for each in dossier.measures),
        evidence=frozenset(EvidenceKind(kind) for kind in kinds),
    )


def measure(session: Session, site_id: int) -> Measured:
    """Return what the product counts of a site: its devices, and those not verified by reading.

    Its reserves are counted once it was judged, its prerequisites once one was written down. A
    device is verified when its last push, of a plan that was not cancelled, was read back as
    intended or had nothing to change.
    """
    devices = session.exec(
        select(Device)
        .where(Device.site_id == site_id, col(Device.role).in_(_CONFIGURED_ROLES))
        .where(col(Device.lifecycle).not_in(_GONE))
        .order_by(col(Device.name))
    ).all()
    last = (
        select(func.max(Push.id))
        .join(DeployPlan, col(DeployPlan.id) == col(Push.plan_id))
        .where(DeployPlan.state != PlanState.CANCELLED)
        .where(col(Push.device_id).in_([device.id for device in devices]))
        .group_by(col(Push.device_id))
    )
    verified = set(
        session.exec(
            select(Push.device_id)
            .where(col(Push.id).in_(last))
            .where(col(Push.state).in_((PushState.VERIFIED, PushState.UNCHANGED)))
        )
    )
    open_ones, blocking = _reserves(session, site_id)
    return Measured(
        devices=len(devices),
        unverified_devices=tuple(d.name for d in devices if d.id not in verified),
        open_reserves=open_ones,
        blocking_reserves=blocking,
        open_prerequisites=_prerequisites(session, site_id),
        **_scanned(session, site_id),
    )


def _scanned(session: Session, site_id: int) -> dict[str, Any]:
    """Return what installers scanned and placed; nothing where no order asks for it."""
    kinds = set(
        session.exec(
            select(WorkOrder.kind).where(
                WorkOrder.site_id == site_id, WorkOrder.state != WorkState.CANCELLED
            )
        )
    )
    if not kinds & {WorkKind.DELIVERY, WorkKind.SWITCH, WorkKind.MOUNTING}:
        return {}
    rows = session.exec(
        select(ScannedDevice)
        .where(ScannedDevice.site_id == site_id)
        .order_by(col(ScannedDevice.id))
    ).all()
    ordered = set(
        session.exec(select(OrderedDevice.serial).where(OrderedDevice.site_id == site_id))
    )
    points = [each for each in rows if each.role is DeviceRole.ACCESS_POINT]
    unplaced = tuple(each.name or each.serial for each in points if each.room is None)
    return {
        "serials_expected": len(ordered) or None,
        "serials_scanned": sum(each.expected for each in rows) if ordered else len(rows),
        "access_points_unplaced": unplaced if WorkKind.MOUNTING in kinds and points else None,
    }


def _prerequisites(session: Session, site_id: int) -> int | None:
    """Return how many prerequisites are to be lifted; None where none was ever written down."""
    lifted = session.exec(
        select(Prerequisite.lifted_at).where(Prerequisite.site_id == site_id)
    ).all()
    return sum(each is None for each in lifted) if lifted else None


def _reserves(session: Session, site_id: int) -> tuple[int | None, int | None]:
    """Return how many reserves are open and how many of them block; None before any acceptance."""
    kept = session.exec(
        select(Reserve.severity, Reserve.lifted_at).where(Reserve.site_id == site_id)
    ).all()
    judged = select(AcceptanceRun.id).where(AcceptanceRun.site_id == site_id).limit(1)
    if not kept and session.exec(judged).first() is None:
        return None, None
    still_open = [severity for severity, lifted_at in kept if lifted_at is None]
    return len(still_open), still_open.count(ReserveSeverity.BLOCKING)


def documents_of(session: Session, dossier: Dossier) -> Sequence[Evidence]:
    """Return the documents of a dossier, oldest first, voided ones too."""
    return session.exec(
        select(Evidence).where(Evidence.dossier_id == dossier.id).order_by(col(Evidence.id))
    ).all()
