"""What the inventory counts at a site of what the cadastre asks for."""

from sqlmodel import Session

from api.usecases.site_detail import devices, last_readings
from inventory.models import Device, DeviceRole, Lifecycle
from inventory.programme.cadastre.observing import Observed

_STANDING = frozenset({Lifecycle.INSTALLED, Lifecycle.ACTIVE, Lifecycle.FAULTY})


def observed_at(session: Session, site_id: int) -> Observed:
    """Return what stands at a site, as far as collectors read any of it.

    A device counts once something was read of it; a switch feeds by the cable when its last
    observation tells a power budget.
    """
    seen = [
        device
        for device in devices(session, site_id)
        if device.lifecycle in _STANDING and device.last_seen_at is not None
    ]
    if not seen:
        return Observed()
    switches = _of(seen, DeviceRole.SWITCH)
    points = _of(seen, DeviceRole.ACCESS_POINT)
    # Nothing seen is not "there are none": collectors may not reach that part of the school.
    return Observed(
        access_points=len(points) or None,
        switches=len(switches) or None,
        poe_switches=_feeding(session, switches),
        wifi_brands=tuple(sorted({each.vendor for each in points if each.vendor})),
    )


def _feeding(session: Session, switches: list[Device]) -> int | None:
    # A switch that tells of no power may feed all the same: its family does not tell, or not so.
    readings = last_readings(session, [each.id for each in switches if each.id is not None])
    return sum(1 for each in readings.values() if each.observation.poe is not None) or None


def _of(found: list[Device], role: DeviceRole) -> list[Device]:
    return [device for device in found if device.role is role]
