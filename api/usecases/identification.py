"""Which known device something found is, and where it answers now."""

from sqlmodel import Session, col, select

from inventory.events import record_event
from inventory.models import Device, Interface, ManagementEndpoint, Protocol, Zone
from inventory.proposals import Found
from inventory.reconcile import Marks, same_device
from inventory.sentences import Sentence

_LOCAL_BIT = 0x02  # IEEE 802-2014, 8.2: an address that its own software chose tells no device


def known_device(session: Session, zone: Zone, found: Found) -> Device | None:
    """Return the device that `found` is, wherever it was known before; None: no known one.

    By its serial, else by an address of a port, else by where it answers. What did not answer
    itself is also known by the address of any port, and by its name among the devices of the site
    where it is seen.
    """
    before = _at_address(session, zone, found.host) if found.host else None
    if found.answered:
        return _by_marks(session, found.marks) or _unless_another(found.marks, before)
    return (
        _by_marks(session, found.marks)
        or _by_any_port(session, found.marks)
        or _unless_another(found.marks, before)
        or _by_name(session, found)
    )


def bring_here(
    session: Session, zone: Zone, device: Device, host: str, *, new: bool = False
) -> None:
    """Let `device` be what answers at `host`: its endpoints are brought there, and it is told.

    A device that stands at no site stands at the zone's. The device needs an id.
    """
    before = _at_address(session, zone, host)
    if device.site_id is None:
        device.site_id = zone.site_id
    session.add(device)
    session.flush()
    _tell(session, zone, host, device, before, new=new)
    _bring_endpoint(session, zone, host, device, protocol=Protocol.SNMP)
    if zone.ssh_credential_id is not None:
        _bring_endpoint(session, zone, host, device, protocol=Protocol.SSH)


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


def _by_marks(session: Session, seen: Marks) -> Device | None:
    if seen.serial is not None:
        found = session.exec(select(Device).where(Device.serial == seen.serial)).first()
        if found is not None:
            return found
    if not seen.macs:
        return None
    return session.exec(
        select(Device).where(col(Device.base_mac).in_(seen.macs)).order_by(col(Device.id)).limit(1)
    ).first()


def _by_any_port(session: Session, seen: Marks) -> Device | None:
    """Return the one device that has such a port, unless its serial says that it is another."""
    macs = [mac for mac in seen.macs if not int(mac[:2], 16) & _LOCAL_BIT]
    if not macs:
        return None
    query = select(Device).join(Interface).where(col(Interface.mac).in_(macs)).distinct()
    devices = session.exec(query.limit(2)).all()
    if len(devices) != 1:
        return None
    (device,) = devices
    other = seen.serial is not None and device.serial not in (None, seen.serial)
    return None if other else device


def _unless_another(seen: Marks, before: Device | None) -> Device | None:
    if before is None or same_device(seen, before.serial, before.base_mac) is False:
        return None
    return before


def _by_name(session: Session, found: Found) -> Device | None:
    """Return the device of that name at the site where something is seen that tells no mark."""
    if found.marks.macs or found.marks.serial or found.place.site_id is None:
        return None
    # CDP says sw1.school.example where the device calls itself sw1.
    names = {found.name, found.name.split(".", maxsplit=1)[0]}
    devices = session.exec(
        select(Device)
        .where(Device.site_id == found.place.site_id, col(Device.name).in_(names))
        .limit(2)
    ).all()
    return devices[0] if len(devices) == 1 else None


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
        _event(
            session,
            device,
            "device.discovered",
            Sentence("%(device)s découvert à %(host)s", device=device.name, host=host),
        )
    if before is not None and before.id != device.id:
        _event(
            session,
            before,
            "device.address_taken",
            Sentence(
                "À %(host)s répond désormais %(device)s au lieu de %(before)s",
                host=host,
                device=device.name,
                before=before.name,
            ),
            other_device_id=device.id,
        )
    if zone.site_id is not None and device.site_id != zone.site_id:
        # Where a device stands is a person's word; a reading that says otherwise is told.
        _event(
            session,
            device,
            "device.elsewhere",
            Sentence(
                "%(device)s répond dans la zone %(zone)s, qui n’est pas celle de son site",
                device=device.name,
                zone=zone.name,
            ),
            zone=zone.name,
        )


def _event(session: Session, device: Device, kind: str, message: str, **body: object) -> None:
    record_event(session, kind, message, site_id=device.site_id, device_id=device.id, body=body)


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
