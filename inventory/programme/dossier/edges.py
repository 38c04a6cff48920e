"""Every edge of the dossier's machine, as data."""

from collections.abc import Iterable

from inventory.programme.dossier.after_order import acceptance, life, works
from inventory.programme.dossier.before_order import administrative, study
from inventory.programme.dossier.edge import Edge, Step
from inventory.programme.dossier.status import ACTIVE, PRE_ORDER, Role, Status

_HOLDERS = frozenset(
    {Role.PROGRAMME_MANAGER, Role.ORGANISING_AUTHORITY, Role.CONTRACT_OFFICER, Role.ADVISER}
)


def _anywhere() -> Iterable[Edge]:
    for status in Status:
        if status in PRE_ORDER:
            yield Edge(
                status,
                Status.DECLINED,
                "Se désister",
                frozenset({Role.SCHOOL_HEAD, Role.ORGANISING_AUTHORITY, Role.PROGRAMME_MANAGER}),
                reason_needed=True,
            )
        if status in ACTIVE:
            yield Edge(
                status,
                Status.ON_HOLD,
                "Mettre en suspens",
                _HOLDERS,
                reason_needed=True,
                step=Step.HOLD,
            )
            yield Edge(Status.ON_HOLD, status, "Reprendre", _HOLDERS, step=Step.RESUME)


EDGES: tuple[Edge, ...] = (
    *administrative(),
    *study(),
    *works(),
    *acceptance(),
    *life(),
    *_anywhere(),
)
