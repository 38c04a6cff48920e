"""The devices that are polled: which they are, where each answers, and asking them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.progress import Counter
from api.usecases.targets import snmp_target
from collectors.outcome import Outcome
from collectors.target import SnmpTarget
from inventory.database import Database
from inventory.errors import DeviceError, PreauError
from inventory.models import (
    Credential,
    Device,
    Lifecycle,
    ManagementEndpoint,
    Protocol,
    Secret,
    Zone,
)
from inventory.observation import Observation
from inventory.reconcile import marks, same_device
from inventory.secrets import Vault
from inventory.settings import Settings

LEASE_S = 900.0
_PAGE = 1000
_KEYS_AT_ONCE = 500  # databases count the parameters of a statement
_POLLED = (Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY)

Reading = Outcome[SnmpTarget, Observation]
OnDone = Callable[[Reading], None]


@dataclass(frozen=True)
class Polled:
    """A device with its addresses, the newest first; or why it cannot be asked."""

    device_id: int
    name: str
    family: str
    targets: tuple[SnmpTarget, ...] = ()
    error: DeviceError | None = None


# Asks devices at these targets; returns what came of each, in their order.
Ask = Callable[[Sequence[Polled], Sequence[SnmpTarget], OnDone | None], list[Reading]]


def selected(site_ids: Sequence[int] | None) -> Any:
    """Return the clause for the installed devices with an SNMP endpoint, of all sites or some."""
    with_endpoint = select(ManagementEndpoint.device_id).where(
        ManagementEndpoint.device_id == Device.id, ManagementEndpoint.protocol == Protocol.SNMP
    )
    clause = col(Device.lifecycle).in_(_POLLED) & with_endpoint.exists()
    return clause if site_ids is None else clause & col(Device.site_id).in_(site_ids)


def count(session: Session, site_ids: Sequence[int] | None) -> int:
    """Return how many devices are polled."""
    return len(session.exec(select(Device.id).where(selected(site_ids))).all())


def pages(
    database: Database,
    vault: Vault,
    settings: Settings,
    site_ids: Sequence[int] | None,
    *,
    at_once: int = _PAGE,
) -> Iterator[list[Polled]]:
    """Yield the devices that are polled, some at a time, as they are when it is their turn."""
    last = 0
    while True:
        with database.read() as session:
            devices = session.exec(
                select(Device)
                .where(selected(site_ids), col(Device.id) > last)
                .order_by(col(Device.id))
                .limit(at_once)
            ).all()
            page = to_poll(session, vault, settings, devices)
        if not page:
            return
        last = page[-1].device_id
        yield page


def to_poll(
    session: Session, vault: Vault, settings: Settings, devices: Sequence[Device]
) -> list[Polled]:
    """Return where each device is asked."""
    endpoints: dict[int, list[ManagementEndpoint]] = {}
    for some in _parted([device.id for device in devices]):
        for row in session.exec(
            select(ManagementEndpoint)
            .where(
                col(ManagementEndpoint.device_id).in_(some),
                ManagementEndpoint.protocol == Protocol.SNMP,
            )
            .order_by(col(ManagementEndpoint.id).desc())
        ):
            endpoints.setdefault(row.device_id or 0, []).append(row)
    held = _held(session, [row for rows in endpoints.values() for row in rows])
    found = [
        _polled(session, vault, settings, device, endpoints.get(device.id or 0, ()))
        for device in devices
    ]
    held.clear()
    return found


def _held(session: Session, endpoints: Sequence[ManagementEndpoint]) -> list[Any]:
    """Return the rows that the targets of a page are made of, asked for together.

    As long as they are held, the session knows them and asks for none of them again.
    """
    held: list[Any] = []
    for some in _parted({row.zone_id for row in endpoints}):
        held += session.exec(select(Zone).where(col(Zone.id).in_(some)))
    ids = {row.snmp_credential_id for row in held} | {row.credential_id for row in endpoints}
    credentials: list[Credential] = []
    for some in _parted(ids - {None}):
        credentials += session.exec(select(Credential).where(col(Credential.id).in_(some)))
    names = {name for row in credentials for name in (row.secret_name, row.priv_secret_name)}
    for some in _parted(names - {None}):
        held += session.exec(select(Secret).where(col(Secret.name).in_(some)))
    return held + credentials


def _parted(keys: Iterable[Any]) -> Iterator[list[Any]]:
    listed = list(keys)
    for first in range(0, len(listed), _KEYS_AT_ONCE):
        yield listed[first : first + _KEYS_AT_ONCE]


def _polled(
    session: Session,
    vault: Vault,
    settings: Settings,
    device: Device,
    endpoints: Sequence[ManagementEndpoint],
) -> Polled:
    if device.id is None:  # it came from the database
        raise ValueError(device.name)
    try:
        targets = tuple(snmp_target(session, vault, settings, each) for each in endpoints)
    except PreauError as error:
        # Without a credential nothing is asked; for the device that is a failure as any other.
        return Polled(device.id, device.name, device.family, error=DeviceError(str(error)))
    return Polled(device.id, device.name, device.family, targets)


def read_first(devices: Sequence[Polled], ask: Ask, progress: Counter) -> dict[int, Reading | None]:
    """Return the reading of each device by its id, from the first of its addresses to answer."""
    readings: dict[int, Reading | None] = {}
    waiting = [device for device in devices if device.targets]
    attempt = 0
    while waiting:
        outcomes = ask(
            waiting,
            [device.targets[attempt] for device in waiting],
            progress.one_more if attempt == 0 else None,
        )
        readings |= {
            device.device_id: outcome for device, outcome in zip(waiting, outcomes, strict=True)
        }
        attempt += 1
        waiting = [
            device
            for device, outcome in zip(waiting, outcomes, strict=True)
            if outcome.error is not None and len(device.targets) > attempt
        ]
    return readings


def is_itself(device: Device, reading: Reading) -> Observation:
    """Return what was read; raises DeviceError where nothing was, or another device answered."""
    seen = reading.unwrap()
    if same_device(marks(seen), device.serial, device.base_mac) is False:
        # Recording it would be a false reading of the device that stood there.
        raise DeviceError(
            f"another device answers, {seen.identity.sysname or 'without a name'}"
            f" (serial {seen.identity.serial or 'not told'})",
            where=str(reading.key),
            todo="run: preau discover",
        )
    return seen
