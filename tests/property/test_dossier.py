"""Hypothesis walks the dossier's machine as people would, with and without what is needed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inventory.programme.dossier import (
    EDGES,
    DossierState,
    Edge,
    EvidenceKind,
    Facts,
    Measure,
    Measured,
    Move,
    Refusal,
    Role,
    Status,
    Track,
    decide,
    possible_edges,
    replay,
)
from inventory.programme.dossier.status import ACTIVE, PRE_ORDER

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# Every edge of DOMAIN §4, written out here by hand: a mistake in the table must not check itself.
WAYS = {
    "identified": "ineligible cadastre_pending",
    "ineligible": "cadastre_pending",
    "cadastre_pending": "cadastre_submitted",
    "cadastre_submitted": "cadastre_pending cadastre_validated",
    "cadastre_validated": "ineligible enrolment_requested",
    "enrolment_requested": "scheduled ordered",
    "scheduled": "prestudy",
    "prestudy": "site_survey",
    "site_survey": "awaiting_prerequisites design_approved",
    "awaiting_prerequisites": "site_survey design_approved",
    "design_approved": "site_survey awaiting_prerequisites ordered",
    "ordered": "cabling delivered",
    "cabling": "cabling delivered installing",
    "delivered": "cabling installing in_service",
    "installing": "configured",
    "configured": "acceptance_testing",
    "acceptance_testing": "reserves_open provisionally_accepted",
    "reserves_open": "acceptance_testing provisionally_accepted",
    "provisionally_accepted": "reserves_open in_service",
    "in_service": "in_service finally_accepted decommissioned",
    "finally_accepted": "maintained",
    "maintained": "decommissioned",
}
LEGAL = {(Status(a), Status(b)) for a, all_b in WAYS.items() for b in all_b.split()}
LEGAL |= {(status, Status.DECLINED) for status in PRE_ORDER}
LEGAL |= {(status, Status.ON_HOLD) for status in ACTIVE}
LEGAL |= {(Status.ON_HOLD, status) for status in ACTIVE}
# Where a walk that wants to get on does not go of itself; the other rules go there.
ASIDE = {Status.DECLINED, Status.ON_HOLD, Status.INELIGIBLE}


def test_the_table_holds_exactly_the_edges_of_the_programme() -> None:
    assert {(edge.origin, edge.to) for edge in EDGES} == LEGAL


def _all_told(now: datetime) -> dict[str, Any]:
    today = now.date()
    return {
        "priority_score": 7.5,
        "funding_source": "PRR",
        "lot": "3",
        "floor_plans_received_on": today,
        "visit_on": today,
        "open_prerequisites": 0,
        "organising_authority_signed_on": today,
        "programme_signed_on": today,
        "works_from": today,
        "works_until": today + timedelta(days=10),
        "serials_expected": 10,
        "serials_scanned": 10,
        "access_points_placed": True,
        "validation_survey_on": today,
        "machine_checks_passed": True,
        "open_reserves": 1,
        "blocking_reserves": 0,
        "guarantee_ends_on": today + timedelta(days=365),
        "loan_convention_signed_on": today,
    }


class DossierWalk(RuleBasedStateMachine):
    """One dossier, moved by anyone anywhere, mostly along its edges and with what they ask for."""

    @initialize(equipment_only=st.booleans())
    def begin(self, *, equipment_only: bool) -> None:
        measure = Measure.EQUIPMENT if equipment_only else Measure.CONNECTIVITY
        self.measures = frozenset({measure})
        self.state = DossierState(measures=self.measures)
        self.now = START
        self.moves: list[tuple[Status, Status]] = []
        self.held_from: Status | None = None
        self.guarantee_ends = None

    def _move(self, to: Status, role: Role, **given: Any) -> Move | Refusal:
        before = self.state
        outcome = decide(before, to, role, given.pop("facts"), self.now, **given)
        if isinstance(outcome, Refusal):
            assert outcome.missing
            assert all(sentence.endswith(".") for sentence in outcome.missing)
            return outcome
        assert (before.status, to) in LEGAL
        assert outcome.after.version == before.version + 1
        assert outcome.after.status is to
        if before.status is Status.ON_HOLD:
            assert to is self.held_from
        if to is Status.ON_HOLD:
            self.held_from = before.status
        if to is Status.INSTALLING:
            assert before.status is Status.ON_HOLD or before.delivered
            assert before.status is Status.ON_HOLD or before.cabling is Track.CLOSED
        self.state = outcome.after
        self.moves.append((before.status, to))
        return outcome

    @rule(data=st.data(), days=st.lists(st.integers(0, 30), min_size=1, max_size=15))
    def walk_on(self, data: st.DataObject, days: list[int]) -> None:
        """Take edge after edge with all that each asks for."""
        for day in days:
            self.now += timedelta(days=day)
            edges = [e for e in possible_edges(self.state) if e.to not in ASIDE]
            if edges:
                self._take(data.draw(st.sampled_from(edges)), data)

    def _take(self, edge: Edge, data: st.DataObject) -> None:
        told = _all_told(self.now)
        if edge.to is Status.AWAITING_PREREQUISITES:
            told["open_prerequisites"] = 2
        if edge.origin is Status.IN_SERVICE:  # accepted or refused: both have the same days
            told["guarantee_ends_on"] = told["final_acceptance_drawn_up_on"] = self.now.date()
        outcome = self._move(
            edge.to,
            data.draw(st.sampled_from(sorted(edge.roles))),
            facts=Facts(**told),
            measured=lambda: Measured(devices=3),
            reason="motif",
            evidence=frozenset(EvidenceKind),
        )
        if isinstance(outcome, Refusal):
            assert edge.to is Status.INSTALLING
            assert not (self.state.delivered and self.state.cabling is Track.CLOSED)

    @rule(
        to=st.sampled_from(Status),
        role=st.sampled_from(Role),
        told=st.booleans(),
        evidence=st.booleans(),
        reason=st.none() | st.sampled_from(["", "  ", "motif"]),
    )
    def try_anything(
        self, to: Status, role: Role, *, told: bool, evidence: bool, reason: str | None
    ) -> None:
        """Ask for any move, in any role, with or without what it needs."""
        outcome = self._move(
            to,
            role,
            facts=Facts(**_all_told(self.now)) if told else Facts(),
            measured=lambda: Measured(1, () if told else ("ap1",)),
            reason=reason,
            evidence=frozenset(EvidenceKind) if evidence else frozenset(),
        )
        if isinstance(outcome, Move):
            assert role in outcome.edge.roles
            assert not outcome.edge.reason_needed or (reason and reason.strip())
            assert evidence or set(outcome.edge.evidence) <= self.state.evidence

    @precondition(lambda self: self.state.status in ACTIVE)
    @rule(reason=st.sampled_from(["travaux", ""]))
    def hold_and_resume(self, reason: str) -> None:
        """Being on hold changes nothing but the version."""
        before = self.state
        held = self._move(Status.ON_HOLD, Role.ADVISER, facts=Facts(), reason=reason)
        if isinstance(held, Refusal):
            assert reason == ""
            return
        for elsewhere in ACTIVE - {before.status}:
            refused = decide(self.state, elsewhere, Role.ADVISER, Facts(), self.now, reason="x")
            assert isinstance(refused, Refusal)
        self._move(before.status, Role.ADVISER, facts=Facts())
        assert self.state == DossierState(
            status=before.status,
            version=before.version + 2,
            cabling=before.cabling,
            delivered=before.delivered,
            measures=before.measures,
            evidence=before.evidence,
        )

    @invariant()
    def history_replays_to_the_state(self) -> None:
        replayed = replay(self.moves, self.measures)
        assert replayed is not None
        same = ("status", "version", "before_hold", "cabling", "delivered", "measures")
        assert [getattr(replayed, n) for n in same] == [getattr(self.state, n) for n in same]

    @invariant()
    def on_hold_and_only_then_it_remembers(self) -> None:
        assert (self.state.before_hold is not None) == (self.state.status is Status.ON_HOLD)

    @invariant()
    def past_the_works_both_tracks_are_closed(self) -> None:
        status = self.state.before_hold or self.state.status
        late = {Status.INSTALLING, Status.CONFIGURED, Status.ACCEPTANCE_TESTING}
        late |= {Status.RESERVES_OPEN, Status.PROVISIONALLY_ACCEPTED, Status.FINALLY_ACCEPTED}
        if status in late:
            assert self.state.delivered
            assert self.state.cabling is Track.CLOSED

    @invariant()
    def equipment_alone_never_enters_the_works(self) -> None:
        if self.state.equipment_only:
            assert self.state.cabling is Track.WAITING
            assert self.state.status not in {Status.SCHEDULED, Status.CABLING, Status.INSTALLING}


DossierWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestDossierWalk = DossierWalk.TestCase
