"""What is known of one device, beside its row: its ports, whom it hears, its findings and events.

The shell has seen to it that the asker may see the device.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from api.usecases.site_detail import OpenFinding
from api.usecases.waivers import waivers_in_force
from inventory import clock
from inventory.findings.finding import Severity
from inventory.models import (
    Device,
    Event,
    FindingRow,
    Incident,
    Link,
    ManagementEndpoint,
    Zone,
)
from inventory.naming import natural_order


@dataclass(frozen=True, slots=True)
class HeardNeighbour:
    """Who is heard on a port. `device` is that device where it is one of the site's."""

    link: Link
    device: Device | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How a device is reached: protocol, address and port, in a zone."""

    protocol: str
    host: str
    port: int
    zone: str


def neighbours(session: Session, device_id: int) -> list[HeardNeighbour]:
    """Return whom a device hears, in the order of its ports."""
    rows = session.exec(
        select(Link, Device)
        .outerjoin(Device, col(Device.id) == col(Link.remote_device_id))
        .where(Link.device_id == device_id)
    ).all()
    heard = [HeardNeighbour(link, device) for link, device in rows]
    return sorted(heard, key=lambda each: natural_order(each.link.local_interface))


def endpoints(session: Session, device_id: int) -> list[Endpoint]:
    """Return how a device is reached, the newest address first."""
    rows = session.exec(
        select(ManagementEndpoint, Zone.name)
        .join(Zone, col(Zone.id) == col(ManagementEndpoint.zone_id))
        .where(ManagementEndpoint.device_id == device_id)
        .order_by(col(ManagementEndpoint.id).desc())
    ).all()
    return [Endpoint(row.protocol.value, row.host, row.port, zone) for row, zone in rows]


def findings(session: Session, device: Device) -> list[OpenFinding]:
    """Return the open findings of a device, the gravest first and those accepted last."""
    rows = session.exec(
        select(FindingRow).where(
            FindingRow.device_id == device.id, col(FindingRow.resolved_at).is_(None)
        )
    ).all()
    gravity = {severity.value: place for place, severity in enumerate(Severity)}
    waivers = waivers_in_force(session, clock.now(), [row.subject for row in rows])
    found = [OpenFinding(row, None, waivers.get((row.rule_id, row.subject))) for row in rows]
    return sorted(
        found,
        key=lambda each: (
            each.waiver is not None,
            gravity.get(each.row.severity, len(gravity)),
            each.row.rule_id,
        ),
    )


def incidents(session: Session, device_id: int, *, last: timedelta) -> Sequence[Incident]:
    """Return the incidents that a device caused: the open one, and those of late, newest first."""
    after = clock.now() - last
    return session.exec(
        select(Incident)
        .where(
            Incident.device_id == device_id,
            col(Incident.closed_at).is_(None) | (col(Incident.closed_at) > after),
        )
        .order_by(col(Incident.opened_at).desc())
    ).all()


def events(session: Session, device_id: int, *, limit: int = 20) -> Sequence[Event]:
    """Return the last events of a device, newest first."""
    query = select(Event).where(Event.device_id == device_id)
    return session.exec(query.order_by(col(Event.id).desc()).limit(limit)).all()
