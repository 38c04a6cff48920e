"""How devices do, before and after a wave changes them: read anew, and judged by the rules."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from api.usecases.audit_report import GRAVE
from api.usecases.polling import read_some
from api.usecases.subjects import SubjectBuilder
from deploy.gates import Vitals
from inventory import clock
from inventory.database import Database
from inventory.findings.finding import Subject, Use, judge
from inventory.models import Device, DeviceRole, Link
from inventory.observation import Observation
from inventory.secrets import Vault
from inventory.settings import Settings

_LEADING = (DeviceRole.SWITCH, DeviceRole.ROUTER, DeviceRole.CONTROLLER)


def measure(
    database: Database,
    vault: Vault,
    settings: Settings,
    device_ids: Sequence[int],
    *,
    actor: str,
) -> dict[int, Vitals]:
    """Read the devices, and those on the cables of switches among them, and return how each does.

    What a device does not tell, or cannot be asked, is None in its vitals.
    """
    with database.read() as session:
        behind = _behind(session, device_ids)
    everyone = {*device_ids, *(each for those in behind.values() for each in those)}
    asked = read_some(database, vault, settings, sorted(everyone), actor=actor)
    with database.read() as session:
        devices = session.exec(select(Device).where(col(Device.id).in_(everyone))).all()
        answered = {d.id for d in devices if d.id in asked and d.last_error is None}
        subjects = SubjectBuilder(session, vault, clock.now()).subjects(
            [device for device in devices if device.id in device_ids]
        )
    return {
        device_id: Vitals(
            answers=device_id in answered if device_id in asked else None,
            behind=_answering(behind.get(device_id), asked, answered),
            clients=_clients(subject.observation) if device_id in answered else None,
            grave=_grave(subject) if device_id in asked else frozenset(),
        )
        for device_id, subject in subjects.items()
    }


def _grave(subject: Subject) -> frozenset[str]:
    found = judge(subject, Use.AUDIT)
    return frozenset(finding.rule_id for finding in found if finding.severity in GRAVE)


def _answering(
    behind: Collection[int] | None, asked: Collection[int], answered: Collection[int | None]
) -> frozenset[int] | None:
    if behind is None or not any(each in asked for each in behind):
        return None
    return frozenset(each for each in behind if each in answered)


def _behind(session: Session, device_ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
    """Return the known devices on the cables of each switch among the devices."""
    found: dict[int, set[int]] = {}
    rows = session.exec(
        select(Link.device_id, Link.remote_device_id)
        .join(Device, col(Device.id) == Link.device_id)
        .where(
            col(Link.device_id).in_(device_ids),
            col(Device.role).in_(_LEADING),
            col(Link.remote_device_id).is_not(None),
        )
    )
    for device_id, remote_id in rows:
        if remote_id is not None:
            found.setdefault(device_id, set()).add(remote_id)
    return {device_id: frozenset(those) for device_id, those in found.items()}


def _clients(observation: Observation | None) -> int | None:
    """Return how many clients a device tells of, by its networks or else by its radios."""
    if observation is None:
        return None
    for told in (observation.wlans, observation.radios):
        counts = [each.clients for each in told if each.clients is not None]
        if counts:
            return sum(counts)
    return None
