"""The dossier of a site: its status, who may move it where, and what must be true for that.

`status` names things, `facts` is what the guards read, `edges` is the whole machine as data
(`before_order`, `after_order`), `machine` decides. Nothing a device does moves a dossier.
"""

from inventory.programme.dossier.edge import Edge
from inventory.programme.dossier.edges import EDGES
from inventory.programme.dossier.facts import EligibilityFact, Facts, Measured
from inventory.programme.dossier.machine import (
    DossierState,
    Move,
    Refusal,
    Why,
    decide,
    possible_edges,
    replay,
)
from inventory.programme.dossier.status import EvidenceKind, Measure, Role, Status, Track
from inventory.programme.dossier.telling import TOLD_BY

__all__ = [
    "EDGES",
    "TOLD_BY",
    "DossierState",
    "Edge",
    "EligibilityFact",
    "EvidenceKind",
    "Facts",
    "Measure",
    "Measured",
    "Move",
    "Refusal",
    "Role",
    "Status",
    "Track",
    "Why",
    "decide",
    "possible_edges",
    "replay",
]
