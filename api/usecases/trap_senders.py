"""Who may send notifications: the devices' addresses and the credentials of their zones, in memory.

Judging a datagram by its source must cost nothing, so it is not asked of the database: what stands
there is read now and then, and looked up here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.targets import snmp_v3_user
from collectors.traps.reading import Credentials
from inventory.database import Database
from inventory.errors import PreauError
from inventory.models import Credential, CredentialKind, ManagementEndpoint, Protocol, Secret, Zone
from inventory.secrets import Vault, open_secret

log = structlog.get_logger()

_NOBODY = Credentials()


@dataclass(frozen=True, slots=True)
class KnownSenders:
    """What the database knew of devices, addresses and credentials at one moment."""

    devices: dict[tuple[int, str], int] = field(default_factory=dict, repr=False)
    zones_of: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    zone_names: dict[str, int] = field(default_factory=dict)
    of_zone: dict[int, Credentials] = field(default_factory=dict, repr=False)
    of_device: dict[int, Credentials] = field(default_factory=dict, repr=False)
    version: object = None

    def zones(self, listener_zone_id: int | None, host: str) -> Sequence[int]:
        """Return the zones that a datagram of `host` may come from."""
        if listener_zone_id is not None:
            return (listener_zone_id,)
        known = self.zones_of.get(host)
        if known is not None:
            return known
        # Behind a proxy an address is nobody's, and where there is one zone it is that one.
        return tuple(self.zone_names.values())

    def device(self, zone_id: int, host: str) -> int | None:
        """Return the device that has this address in the zone."""
        return self.devices.get((zone_id, host))

    def credentials(self, zone_id: int, device_id: int | None) -> Credentials:
        """Return what the device's zone accepts, and the device's own; None: any of the zone."""
        zone = self.of_zone.get(zone_id, _NOBODY)
        own = self.of_device.get(device_id) if device_id is not None else None
        if own is None:
            return zone
        return Credentials((*zone.communities, *own.communities), (*zone.users, *own.users))


class Senders:
    """The senders as last read; `refresh` reads them again where they changed."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._known = KnownSenders()
        self.refresh()

    def zones(self, listener_zone_id: int | None, host: str) -> Sequence[int]:
        """Return the zones that a datagram of `host` may come from."""
        return self._known.zones(listener_zone_id, host)

    def device(self, zone_id: int, host: str) -> int | None:
        """Return the device that has this address in the zone."""
        return self._known.device(zone_id, host)

    def credentials(self, zone_id: int, device_id: int | None) -> Credentials:
        """Return who may send there."""
        return self._known.credentials(zone_id, device_id)

    def zone_id(self, name: str) -> int | None:
        """Return the id of a zone by its name."""
        return self._known.zone_names.get(name)

    def refresh(self, *, whole: bool = True) -> None:
        """Read the senders again; without `whole`, only if what they hang on changed."""
        with self._database.read() as session:
            version = _version(session)
            if whole or version != self._known.version:
                self._known = known_senders(session, self._vault, version)


def known_senders(session: Session, vault: Vault, version: object = None) -> KnownSenders:
    """Return the devices that have an SNMP address, and who may send in their zones."""
    zones = session.exec(select(Zone).order_by(col(Zone.id))).all()
    opened = _Opened(session, vault)
    devices: dict[tuple[int, str], int] = {}
    zones_of: dict[str, list[int]] = {}
    of_device: dict[int, Credentials] = {}
    rows = session.exec(
        select(
            ManagementEndpoint.zone_id,
            ManagementEndpoint.host,
            ManagementEndpoint.device_id,
            ManagementEndpoint.credential_id,
        )
        .where(
            ManagementEndpoint.protocol == Protocol.SNMP,
            col(ManagementEndpoint.device_id).is_not(None),
        )
        .order_by(col(ManagementEndpoint.id))
    )
    for zone_id, host, device_id, credential_id in rows:
        if device_id is None:
            continue
        if (zone_id, host) not in devices:
            zones_of.setdefault(host, []).append(zone_id)
        devices[zone_id, host] = device_id
        if credential_id is not None:
            of_device[device_id] = opened.credentials(credential_id)
    return KnownSenders(
        devices,
        {host: tuple(ids) for host, ids in zones_of.items()},
        {zone.name: zone.id for zone in zones if zone.id is not None},
        {
            zone.id: opened.credentials(zone.snmp_credential_id)
            for zone in zones
            if zone.id is not None and zone.snmp_credential_id is not None
        },
        of_device,
        version,
    )


class _Opened:
    """Credentials with their secrets, each opened once."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._opened: dict[int, Credentials] = {}

    def credentials(self, credential_id: int) -> Credentials:
        if credential_id not in self._opened:
            self._opened[credential_id] = self._open(credential_id)
        return self._opened[credential_id]

    def _open(self, credential_id: int) -> Credentials:
        credential = self._session.get(Credential, credential_id)
        if credential is None:
            return _NOBODY
        try:
            if credential.kind is CredentialKind.SNMP_V3:
                return Credentials(users=(snmp_v3_user(self._session, self._vault, credential),))
            if credential.kind is CredentialKind.SNMP_COMMUNITY and credential.secret_name:
                community = open_secret(self._session, self._vault, credential.secret_name)
                return Credentials(communities=(community.encode(),) if community else ())
        except PreauError as error:
            # One secret that cannot be opened must not keep the others from being heard.
            log.warning("trap_credential", credential=credential.name, error=str(error))
        return _NOBODY


def _version(session: Session) -> object:
    """Return what differs as soon as an address, a zone, a credential or a secret does.

    An endpoint that changes in place is found when the whole is read again.
    """
    newest = select(func.max(ManagementEndpoint.id), func.count(col(ManagementEndpoint.device_id)))
    zones = select(Zone.id, Zone.name, Zone.snmp_credential_id).order_by(col(Zone.id))
    credentials = select(Credential).order_by(col(Credential.id))
    return (
        *session.exec(newest).one(),
        tuple(tuple(row) for row in session.exec(zones)),
        tuple(tuple(row.model_dump().values()) for row in session.exec(credentials)),
        session.exec(select(func.max(Secret.updated_at))).one(),
    )
