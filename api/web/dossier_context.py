"""What the page of a site shows of its dossier beside the status: terms, papers, prerequisites."""

from typing import Any

from sqlmodel import Session

from api.usecases.brussels import today
from api.usecases.deadlines import clocks_of
from api.usecases.dossier_state import documents_of
from api.usecases.equipment_stock import stock_of
from api.usecases.prerequisites import prerequisites_of
from inventory.models import Dossier, Evidence
from inventory.programme.deadlines.labels import LABELS
from inventory.programme.dossier import EvidenceKind, Role
from inventory.programme.equipment import load_equipment_rules


def dossier_parts(session: Session, site_id: int, dossier: Dossier | None) -> dict[str, Any]:
    """Return the clocks that run, the documents by step, and how many works are to be done."""
    papers: dict[int, list[Evidence]] = {}
    for row in documents_of(session, dossier) if dossier is not None else ():
        papers.setdefault(row.transition_id, []).append(row)
    return {
        "clocks": clocks_of(session, site_id),
        "today": today(),
        "papers": papers,
        "paper_labels": {kind.value: kind.label for kind in EvidenceKind},
        "term_labels": LABELS,
        "ball_labels": {role.value: role.label for role in Role},
        "stock": stock_of(session, site_id),
        "stock_share": f"{load_equipment_rules().share_of_pupils * 100:.0f}",
        "open_prerequisites": sum(
            each.lifted_at is None for each in prerequisites_of(session, site_id)
        ),
    }
