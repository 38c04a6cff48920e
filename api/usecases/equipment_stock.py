"""The equipment that was delivered to a school by serial number, beside what it should hold."""

from sqlmodel import Session, col, func, select

from api.usecases.site_priorities import facts_of_sites
from inventory.models import DeviceRole, Dossier, ScannedDevice
from inventory.programme.dossier import Measure
from inventory.programme.equipment import Stock, load_equipment_rules, stock


def stock_of(session: Session, site_id: int) -> Stock | None:
    """Return the stock of a site; None where its dossier asks for no equipment.

    What was scanned and is neither an access point nor of the network counts; the pupils are those
    of the newest validated cadastre, else those that the administration told.
    """
    dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
    if dossier is None or Measure.EQUIPMENT not in dossier.measures:
        return None
    held = session.exec(
        select(func.count(col(ScannedDevice.id))).where(
            ScannedDevice.site_id == site_id, ScannedDevice.role == DeviceRole.OTHER
        )
    ).one()
    pupils = facts_of_sites(session, [site_id])[site_id].pupils
    return stock(held, pupils, load_equipment_rules())
