"""Which device answers at an address: one known before, wherever it was, or a new one."""

from sqlmodel import Session, col, select

from api.usecases.readings import role_of
from inventory.events import record_event
from inventory.models import (
    Device,
    DeviceRole,
    Lifecycle,
    ManagementEndpoint,
    Protocol,
    Zone,
)
from inventory.observation import Observation
from inventory.reconcile import Marks, marks, same_device


def identify(session: Session, zone: Zone, host: str, seen: Observation) -> tuple[Device, bool]:
    """Return the device that answered at `host` in `zone`, and whether it is new.

    By its serial, else by a port's address, else by the address where it tells neither; so the
    same device under a new address is the same one, and another device under a known address is
    another one. A new device stands at the zone's site. Its endpoints are brought to this address.
    """
    before = _at_address(session, zone, host)
    device = _known(session, marks(seen), before)
    new = device is None
    if device is None:
        device = Device(
            name=seen.identity.sysname or host,
            family=seen.identity.family,
            role=DeviceRole(role_of(seen.identity.family) or DeviceRole.OTHER),
            lifecycle=Lifecycle.ACTIVE,
        )
    if device.site_id is None:
        device.site_id = zone.site_id
    session.add(device)
    session.flush()
    _tell(session, zone, host, device, before, new=new)
    _bring_endpoints(session, zone, host, device)
    return device, new


def _at_address(session: Session, zone: Zone, host: str) -> Device | None:
    return session.exec(
        select(Device)
        .join(ManagementEndpoint, col(ManagementEndpoint.device_id) == Device.id)
        .where(
            ManagementEndpoint.zone_id == zone.id,
            ManagementEndpoint.host == host,
            ManagementEndpoint.protocol == Protocol.SNMP,
            ManagementEndpoint.port == zone.snmp_port,
        )
    ).first()


def _known(session: Session, seen: Marks, before: Device | None) -> Device | None:
    if seen.serial is not None:
        found = session.exec(select(Device).where(Device.serial == seen.serial)).first()
        if found is not None:
            return found
    if seen.macs:
        found = session.exec(
            select(Device)
            .where(col(Device.base_mac).in_(seen.macs))
            .order_by(col(Device.id))
            .limit(1)
        ).first()
        if found is not None:
            return found
    if before is None or same_device(seen, before.serial, before.base_mac) is False:
        return None
    return before


def _tell(
    session: Session,
    zone: Zone,
    host: str,
    device: Device,
    before: Device | None,
    *,
    new: bool,
) -> None:
    if new:
        _event(session, device, "device.discovered", f"{device.name} découvert à {host}")
    if before is not None and before.id != device.id:
        _event(
            session,
            before,
            "device.address_taken",
            f"À {host} répond désormais {device.name} au lieu de {before.name}",
            other_device_id=device.id,
        )
    if zone.site_id is not None and device.site_id != zone.site_id:
        # Where a device stands is a person's word; a reading that says otherwise is told.
        _event(
            session,
            device,
            "device.elsewhere",
            f"{device.name} répond dans la zone {zone.name}, qui n’est pas celle de son site",
            zone=zone.name,
        )


def _event(session: Session, device: Device, kind: str, message: str, **body: object) -> None:
    record_event(session, kind, message, site_id=device.site_id, device_id=device.id, body=body)


def _bring_endpoints(session: Session, zone: Zone, host: str, device: Device) -> None:
    _bring_endpoint(session, zone, host, device, protocol=Protocol.SNMP)
    if zone.ssh_credential_id is not None:
        _bring_endpoint(session, zone, host, device, protocol=Protocol.SSH)


def _bring_endpoint(
    session: Session, zone: Zone, host: str, device: Device, *, protocol: Protocol
) -> None:
    port = zone.snmp_port if protocol is Protocol.SNMP else zone.ssh_port
    row = session.exec(
        select(ManagementEndpoint).where(
            ManagementEndpoint.zone_id == zone.id,
            ManagementEndpoint.host == host,
            ManagementEndpoint.protocol == protocol,
            ManagementEndpoint.port == port,
        )
    ).first()
    if row is None:
        if zone.id is None:
            raise ValueError("the zone has no id yet; flush first")
        row = ManagementEndpoint(zone_id=zone.id, host=host, protocol=protocol, port=port)
    if row.device_id != device.id:
        row.device_id = device.id
        # The key belongs to the device, not to the address: it goes along when the device moves.
        row.host_key = _pinned_key(session, device, protocol)
    session.add(row)
    session.flush()


def _pinned_key(session: Session, device: Device, protocol: Protocol) -> str | None:
    return session.exec(
        select(ManagementEndpoint.host_key)
        .where(
            ManagementEndpoint.device_id == device.id,
            ManagementEndpoint.protocol == protocol,
            col(ManagementEndpoint.host_key).is_not(None),
        )
        .order_by(col(ManagementEndpoint.id).desc())
    ).first()
