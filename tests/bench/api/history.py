"""Three years of dossiers, made up: steps that the machine allows, clocks, documents, changes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from inventory.models import (
    Change,
    Contractor,
    DeadlineClock,
    Dossier,
    DossierTransition,
    Event,
    Evidence,
    FundingSource,
    Lot,
)
from inventory.programme.deadlines.terms import load_terms
from inventory.programme.dossier import (
    DossierState,
    EvidenceKind,
    Measure,
    Role,
    Status,
    Track,
    possible_edges,
    replay,
)
from tests.bench.api.bulk import Loader
from tests.bench.api.territory import MadeSite

_S = Status
_WAY = (
    _S.IDENTIFIED,
    _S.CADASTRE_PENDING,
    _S.CADASTRE_SUBMITTED,
    _S.CADASTRE_VALIDATED,
    _S.ENROLMENT_REQUESTED,
    _S.SCHEDULED,
    _S.PRESTUDY,
    _S.SITE_SURVEY,
    _S.DESIGN_APPROVED,
    _S.ORDERED,
    _S.CABLING,
    _S.CABLING,
    _S.DELIVERED,
    _S.INSTALLING,
    _S.CONFIGURED,
    _S.ACCEPTANCE_TESTING,
    _S.PROVISIONALLY_ACCEPTED,
    _S.IN_SERVICE,
    _S.FINALLY_ACCEPTED,
    _S.MAINTAINED,
)
_MEASURES = frozenset({Measure.CONNECTIVITY})
_EVERY_NTH_WAITS = 6
DAYS = 3 * 365


@dataclass
class MadeDossier:
    """A dossier with its steps, as rows are made of it."""

    site: MadeSite
    steps: list[tuple[datetime, Status, Status]] = field(default_factory=list)
    state: DossierState = field(default_factory=DossierState)


def make_dossiers(
    sites: list[MadeSite], transitions: int, now: datetime, chance: random.Random
) -> list[MadeDossier]:
    """Return a dossier for each site; together they made about `transitions` steps in three years.

    One in six waits to be scheduled, its notification in hand: those are moved by the load.
    """
    made = []
    for number, site in enumerate(sites):
        waits = number % _EVERY_NTH_WAITS == 0
        last = 4 if waits else chance.choices(range(1, len(_WAY)), range(6, len(_WAY) + 5))[0]
        moves = _with_holds(_WAY[: last + 1], transitions / len(sites), chance, at_end=not waits)
        moments = sorted(chance.randrange(DAYS * 86_400) for _ in moves)
        state = replay(moves, _MEASURES)
        assert state is not None, moves
        made.append(
            MadeDossier(
                site,
                [
                    (now - timedelta(days=DAYS) + timedelta(seconds=at), origin, to)
                    for at, (origin, to) in zip(moments, moves, strict=True)
                ],
                state,
            )
        )
    return made


def _with_holds(
    way: Sequence[Status], steps: float, chance: random.Random, *, at_end: bool
) -> list[tuple[Status, Status]]:
    """Return the steps of a way, with holds in between until there are as many as wanted."""
    holds = [0] * len(way)
    held_last = at_end and chance.random() < 0.05
    while len(way) - 1 + 2 * sum(holds) < steps - chance.random() * 2:
        holds[chance.randrange(len(way))] += 1
    moves: list[tuple[Status, Status]] = []
    for place, status in enumerate(way):
        moves += [(status, _S.ON_HOLD), (_S.ON_HOLD, status)] * holds[place]
        if place + 1 < len(way):
            moves.append((status, way[place + 1]))
    return [*moves, (way[-1], _S.ON_HOLD)] if held_last else moves


def load_dossiers(loader: Loader, made: list[MadeDossier], chance: random.Random) -> int:
    """Write the dossiers with their history, documents and clocks; return how many steps."""
    loader.load(Contractor, ("id", "name"), ((n, f"Réseaux du Pays {n}") for n in range(1, 7)))
    loader.load(
        Lot,
        ("id", "name", "contractor_id", "sites_per_year"),
        ((n, f"Lot {n}", n, 100) for n in range(1, 7)),
    )
    loader.load(
        FundingSource,
        ("id", "code", "name"),
        ((n, code, code) for n, code in enumerate(("PRR", "FEDER", "RW"), 1)),
    )
    loader.load(
        Dossier,
        (
            "id",
            "site_id",
            "status",
            "status_before_hold",
            "measures",
            "cabling_started",
            "cabling_done",
            "delivery_done",
            "lot_id",
            "funding_source_id",
            "facts",
            "version",
            "updated_at",
        ),
        (_dossier(n, each, chance) for n, each in enumerate(made, 1)),
    )
    steps = [(n, *step) for n, each in enumerate(made, 1) for step in each.steps]
    steps.sort(key=lambda step: step[1])
    loader.load(
        DossierTransition,
        (
            "id",
            "dossier_id",
            "at",
            "actor",
            "role",
            "from_status",
            "to_status",
            "reason",
            "late",
        ),
        (
            (
                n,
                dossier,
                at,
                f"user:p{dossier % 97}",
                _role(origin, to),
                origin.value,
                to.value,
                "Chantier reporté." if to is _S.ON_HOLD else None,
                False,
            )
            for n, (dossier, at, origin, to) in enumerate(steps, 1)
        ),
    )
    loader.load(
        Evidence,
        (
            "dossier_id",
            "transition_id",
            "kind",
            "file_name",
            "sha256",
            "size_bytes",
            "added_by",
            "added_at",
        ),
        _documents(steps),
    )
    loader.load(
        Event,
        ("at", "kind", "site_id", "message", "body"),
        (
            (
                at,
                "dossier.moved",
                made[dossier - 1].site.id,
                f"« {origin.label} » → « {to.label} »",
                {"to": to.value},
            )
            for dossier, at, origin, to in steps
        ),
    )
    loader.load(
        DeadlineClock,
        ("dossier_id", "term_id", "ball", "started_on", "due_on", "held_on", "closed_on"),
        _clocks(made, steps),
    )
    return len(steps)


def load_changes(loader: Loader, count: int, *, devices: int, dossiers: int, now: datetime) -> int:
    """Write `count` change records of three years, oldest first."""
    chance = random.Random(count)
    begun = now - timedelta(days=DAYS)
    step = timedelta(days=DAYS) / count
    actions = ("update",) * 17 + ("create",) * 2 + ("read",)
    states = ('{"health": "ok"}', '{"health": "down"}', '{"firmware": "10.2"}', '{"room_id": 4}')

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(count):
            pick = int(chance.random() * 20)
            action = actions[pick]
            table, row = ("device", devices) if pick % 3 else ("dossier", dossiers)
            created = action == "create"
            yield (
                begun + step * number,
                f"user:p{pick * 5}" if pick % 4 else "jobs:poll",
                table,
                str(int(chance.random() * row) + 1),
                action,
                None,
                None if created else states[pick % 4],
                states[(pick + 1) % 4],
            )

    columns = ("at", "actor", "table_name", "row_key", "action", "via", "before", "after")
    return loader.load(Change, columns, rows())


def _dossier(number: int, each: MadeDossier, chance: random.Random) -> tuple[Any, ...]:
    state = each.state
    far = len(each.steps) and state.status is not _S.ENROLMENT_REQUESTED
    facts = {
        "priority_score": round(chance.uniform(10, 95), 1),
        "eligibility": {"verdict": "eligible", "reason": "Éligible.", "rule_set": "2026-1"},
    }
    if far:
        facts |= {"floor_plans_received_on": "2025-03-01", "visit_on": "2025-04-01"}
    return (
        number,
        each.site.id,
        state.status.value,
        state.before_hold.value if state.before_hold else None,
        ["connectivity"],
        state.cabling is not Track.WAITING,
        state.cabling is Track.CLOSED,
        state.delivered,
        number % 6 + 1 if far else None,
        number % 3 + 1 if far else None,
        facts,
        state.version,
        each.steps[-1][0],
    )


def _role(origin: Status, to: Status) -> str:
    edges = [each for each in possible_edges(DossierState(origin)) if each.to is to]
    return min(edges[0].roles) if edges else Role.PROGRAMME_MANAGER


def _documents(steps: list[tuple[int, datetime, Status, Status]]) -> Iterator[tuple[Any, ...]]:
    kinds = {
        _S.CADASTRE_SUBMITTED: (EvidenceKind.CADASTRE_RESPONSE,),
        _S.CADASTRE_VALIDATED: (EvidenceKind.CADASTRE_VALIDATION,),
        _S.ENROLMENT_REQUESTED: (EvidenceKind.ENROLMENT_FORM, EvidenceKind.NOTIFICATION),
        _S.SITE_SURVEY: (EvidenceKind.PRESTUDY,),
        _S.DESIGN_APPROVED: (EvidenceKind.VISIT_REPORT, EvidenceKind.DESIGN_PLAN),
        _S.ORDERED: (EvidenceKind.PURCHASE_ORDER, EvidenceKind.SPECIFICATIONS),
        _S.DELIVERED: (EvidenceKind.DELIVERY_NOTE,),
        _S.CONFIGURED: (EvidenceKind.AS_BUILT, EvidenceKind.INSTALLATION_PHOTOS),
        _S.PROVISIONALLY_ACCEPTED: (EvidenceKind.PROVISIONAL_ACCEPTANCE,),
    }
    for number, (dossier, at, origin, to) in enumerate(steps, 1):
        for kind in kinds.get(to, ()) if origin is not _S.ON_HOLD else ():
            name = f"{kind.value}-{dossier}.pdf"
            yield dossier, number, kind.value, name, f"{number:064x}", 120_000, "user:p1", at


def _clocks(
    made: list[MadeDossier], steps: list[tuple[int, datetime, Status, Status]]
) -> Iterator[tuple[Any, ...]]:
    terms = load_terms().terms
    for dossier, at, origin, to in steps:
        for term in terms:
            if origin in term.statuses and to is not _S.ON_HOLD:
                due, done = at.date() + timedelta(days=term.days), at.date()
                yield dossier, term.id, term.ball.value, at.date(), due, None, done
    for dossier, each in enumerate(made, 1):
        since: date = each.steps[-1][0].date()
        held = since if each.state.status is _S.ON_HOLD else None
        for term in terms:
            if term.runs(each.state):
                due = since + timedelta(days=term.days)
                yield dossier, term.id, term.ball.value, since, due, held, None
