"""Standards of configuration as kept, and what a device is judged by."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from inventory import clock
from inventory.errors import Conflict
from inventory.models import ConfigBackup, Device, StandardRow
from inventory.standards.standard import Standard, kept_standard
from inventory.vendors.family import families


def keep_standard(session: Session, standard: Standard, *, actor: str) -> bool:
    """Keep a version of a standard; return False where it is kept already.

    Raises Conflict for another text under a version that is kept: devices were judged by it. The
    way to change a standard is a new version.
    """
    body = standard.model_dump(mode="json")
    row = session.exec(
        select(StandardRow).where(
            StandardRow.name == standard.id, StandardRow.version == standard.version
        )
    ).first()
    if row is not None:
        if row.body == body:
            return False
        raise Conflict(
            f"version {standard.version} of {standard.id} is kept and says something else",
            todo=f"give it the version {standard.version + 1}",
        )
    session.add(
        StandardRow(
            name=standard.id,
            version=standard.version,
            starts_on=standard.starts_on,
            body=body,
            created_by=actor,
            created_at=clock.now(),
        )
    )
    session.flush()
    return True


def kept_standards(session: Session) -> list[Standard]:
    """Return every version of every standard."""
    rows = session.exec(
        select(StandardRow).order_by(StandardRow.name, col(StandardRow.version))
    ).all()
    return [kept_standard(row.body) for row in rows]


def standards_of(session: Session, today: date) -> tuple[tuple[Standard, ...], ...]:
    """Return, for each standard that has started, the versions that have."""
    by_id: dict[str, list[Standard]] = {}
    for standard in kept_standards(session):
        if standard.starts_on <= today:
            by_id.setdefault(standard.id, []).append(standard)
    return tuple(tuple(versions) for versions in by_id.values())


def newest_sections(
    session: Session, devices: Sequence[Device]
) -> dict[int, dict[str, Sequence[str]]]:
    """Return the sections of each device's newest kept configuration, secrets masked."""
    configurable = {
        device.id: known.configuration.grammar
        for device in devices
        if (known := families().get(device.family)) is not None and known.configuration is not None
    }
    rows = session.exec(
        select(ConfigBackup.device_id, ConfigBackup.scrubbed_text)
        .where(col(ConfigBackup.device_id).in_([each for each in configurable if each]))
        .order_by(col(ConfigBackup.last_read_at), col(ConfigBackup.id))
    )
    newest = dict(rows.all())  # in the order of reading: a later one takes the place
    return {
        device_id: dict(configurable[device_id].sections(text))
        for device_id, text in newest.items()
    }
