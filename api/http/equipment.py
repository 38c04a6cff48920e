"""/api/v1/sites/…/equipment: what a school holds to lend, beside what it should hold."""

from decimal import Decimal

from fastapi import APIRouter
from pydantic import Field

from api.http.answers import Answer
from api.http.dependencies import ApiViewer, Reading, RowId
from api.http.needs import Needs
from api.usecases.equipment_stock import stock_of
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from inventory.programme.equipment import load_equipment_rules

router = APIRouter(prefix="/sites/{site_id}/equipment", tags=["dossiers"])


class EquipmentAnswer(Answer):
    """The stock of one school; everything is null where its dossier asks for no equipment."""

    held: int | None = Field(description="devices that were scanned at their delivery")
    pupils: int | None = Field(description="null: not told")
    target: int | None = Field(description="the share of the pupils, rounded up")
    missing: int | None
    share_of_pupils: Decimal
    source: str


@router.get("", dependencies=[Needs(Right.SEE)])
def get_site_equipment(session: Reading, viewer: ApiViewer, site_id: RowId) -> EquipmentAnswer:
    """Return what a school holds to lend."""
    visible_site(session, viewer, site_id)
    found, rules = stock_of(session, site_id), load_equipment_rules()
    return EquipmentAnswer(
        held=found.held if found else None,
        pupils=found.pupils if found else None,
        target=found.target if found else None,
        missing=found.missing if found else None,
        share_of_pupils=rules.share_of_pupils,
        source=rules.source,
    )
