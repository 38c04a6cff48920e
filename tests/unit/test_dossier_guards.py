"""What each guard of the dossier asks for, and what it says when that is missing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from inventory.models import UserRole
from inventory.programme.dossier import (
    DossierState,
    EligibilityFact,
    EvidenceKind,
    Facts,
    Measure,
    Measured,
    Move,
    Refusal,
    Role,
    Status,
    Track,
    Why,
    decide,
)
from inventory.programme.eligibility import Offer, Verdict, judge_site, rule_set

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ALL = frozenset(EvidenceKind)


def _ask(
    origin: Status,
    to: Status,
    role: Role,
    *,
    at: datetime = NOON,
    state: dict[str, Any] | None = None,
    measured: Measured | None = None,
    reason: str | None = None,
    evidence: frozenset[EvidenceKind] = ALL,
    **facts: Any,
) -> Move | Refusal:
    return decide(
        DossierState(status=origin, **(state or {})),
        to,
        role,
        Facts(**facts),
        at,
        measured=lambda: measured or Measured(),
        reason=reason,
        evidence=evidence,
    )


def _missing(outcome: Move | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    return " ".join(outcome.missing)


def test_every_role_of_the_programme_is_a_role_of_the_machine() -> None:
    assert {role.value for role in UserRole} | {"rules"} == {role.value for role in Role}


def test_an_illegal_move_says_where_one_can_go() -> None:
    refusal = _ask(Status.IDENTIFIED, Status.IN_SERVICE, Role.PROGRAMME_MANAGER)
    assert isinstance(refusal, Refusal)
    assert refusal.why is Why.NO_SUCH_EDGE
    assert "Cadastre attendu" in _missing(refusal)


def test_another_role_is_told_whose_move_it_is() -> None:
    refusal = _ask(Status.DESIGN_APPROVED, Status.ORDERED, Role.SCHOOL_HEAD)
    assert isinstance(refusal, Refusal)
    assert refusal.why is Why.ROLE
    assert "fonctionnaire dirigeant" in _missing(refusal)


def test_all_that_is_missing_is_said_at_once() -> None:
    refusal = _ask(
        Status.ENROLMENT_REQUESTED,
        Status.SCHEDULED,
        Role.PROGRAMME_MANAGER,
        evidence=frozenset(),
        lot="3",
    )
    assert isinstance(refusal, Refusal)
    assert refusal.missing == (
        "Le score de priorité manque.",
        "La source de financement manque.",
        "Il manque la notification au pouvoir organisateur.",
    )


def test_a_score_of_nothing_is_told() -> None:
    ask = (Status.ENROLMENT_REQUESTED, Status.SCHEDULED, Role.PROGRAMME_MANAGER)
    scheduled = _ask(*ask, lot="3", funding_source="PRR", priority_score=0.0)
    assert isinstance(scheduled, Move)


def test_a_document_handed_in_before_still_counts() -> None:
    held = {"evidence": frozenset({EvidenceKind.CADASTRE_RESPONSE})}
    ask = (Status.CADASTRE_PENDING, Status.CADASTRE_SUBMITTED, Role.SCHOOL_HEAD)
    assert isinstance(_ask(*ask, state=held, evidence=frozenset()), Move)
    assert isinstance(_ask(*ask, evidence=frozenset()), Refusal)


def test_a_cadastre_sent_back_needs_a_new_response() -> None:
    sent_back = _ask(
        Status.CADASTRE_SUBMITTED, Status.CADASTRE_PENDING, Role.CADASTRE_MANAGER, reason="Plans ?"
    )
    assert isinstance(sent_back, Move)
    assert EvidenceKind.CADASTRE_RESPONSE not in sent_back.after.evidence


def test_a_refused_design_needs_new_plans_and_new_signatures() -> None:
    refused = _ask(
        Status.DESIGN_APPROVED, Status.SITE_SURVEY, Role.ORGANISING_AUTHORITY, reason="Aile B"
    )
    assert isinstance(refused, Move)
    assert EvidenceKind.DESIGN_PLAN not in refused.after.evidence
    assert "programme_signed_on" in refused.edge.forgets


def test_an_ineligible_site_cannot_ask_to_take_part() -> None:
    no = EligibilityFact(verdict=Verdict.INELIGIBLE, reason="Hors de Wallonie.", rule_set="x")
    refusal = _ask(
        Status.CADASTRE_VALIDATED,
        Status.ENROLMENT_REQUESTED,
        Role.ORGANISING_AUTHORITY,
        eligibility=no,
    )
    assert "Hors de Wallonie." in _missing(refusal)


@pytest.mark.parametrize(
    ("cabling", "delivered", "sentences"),
    [
        (Track.WAITING, False, 2),
        (Track.RUNNING, True, 1),
        (Track.CLOSED, False, 1),
        (Track.CLOSED, True, 0),
    ],
)
def test_installation_waits_for_both_tracks(
    cabling: Track, delivered: bool, sentences: int
) -> None:
    outcome = _ask(
        Status.CABLING,
        Status.INSTALLING,
        Role.INSTALLER,
        state={"cabling": cabling, "delivered": delivered},
    )
    assert len(outcome.missing if isinstance(outcome, Refusal) else ()) == sentences


@pytest.mark.parametrize("delivery_first", [True, False])
def test_the_tracks_close_in_any_order(delivery_first: bool) -> None:
    state = DossierState(status=Status.ORDERED)
    facts = Facts(
        works_from=date(2027, 3, 1),
        works_until=date(2027, 3, 12),
        serials_expected=10,
        serials_scanned=10,
    )
    steps = [Status.CABLING, Status.CABLING, Status.DELIVERED]
    for to in reversed(steps) if delivery_first else steps:
        outcome = decide(state, to, Role.CONTRACTOR, facts, NOON, evidence=ALL)
        assert isinstance(outcome, Move)
        state = outcome.after
    assert (state.cabling, state.delivered, state.version) == (Track.CLOSED, True, 4)


def test_the_cabling_closes_with_its_tests_only() -> None:
    running = {"cabling": Track.RUNNING}
    ask = (Status.CABLING, Status.CABLING, Role.CONTRACTOR)
    assert "tests de câblage" in _missing(_ask(*ask, state=running, evidence=frozenset()))


def test_delivered_means_every_serial_scanned() -> None:
    refusal = _ask(
        Status.ORDERED,
        Status.DELIVERED,
        Role.INSTALLER,
        serials_expected=10,
        serials_scanned=8,
    )
    assert "2 numéros de série sur 10" in _missing(refusal)


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        (Measured(), "Aucun équipement"),
        (Measured(3, ("ap2",)), "Un équipement sur 3 est sans configuration"),
    ],
)
def test_configured_means_read_back(measured: Measured, sentence: str) -> None:
    ask = (Status.INSTALLING, Status.CONFIGURED, Role.CONTRACTOR)
    refusal = _ask(*ask, measured=measured, access_points_placed=True)
    assert sentence in _missing(refusal)
    assert isinstance(_ask(*ask, measured=Measured(3), access_points_placed=True), Move)


def test_a_blocking_reserve_stops_the_provisional_acceptance() -> None:
    ask = (Status.RESERVES_OPEN, Status.PROVISIONALLY_ACCEPTED, Role.CONTRACT_OFFICER)
    assert "Une réserve bloquante" in _missing(_ask(*ask, blocking_reserves=1))
    assert "n’est pas connu" in _missing(_ask(*ask))
    assert isinstance(_ask(*ask, blocking_reserves=0, open_reserves=4), Move)


def test_a_refusal_pv_reopens_the_reserves_and_voids_the_acceptance() -> None:
    ask = (Status.PROVISIONALLY_ACCEPTED, Status.RESERVES_OPEN, Role.CONTRACT_OFFICER)
    assert "motif" in _missing(_ask(*ask))
    outcome = _ask(*ask, reason="Couverture insuffisante")
    assert isinstance(outcome, Move)
    assert EvidenceKind.PROVISIONAL_ACCEPTANCE not in outcome.after.evidence


@pytest.mark.parametrize(
    ("today", "sentence", "late"),
    [
        (date(2028, 2, 28), "plus de 15 jours avant", None),
        (date(2028, 2, 29), None, False),
        (date(2028, 3, 15), None, False),
        (date(2028, 3, 16), None, True),
    ],
)
def test_a_refused_final_acceptance_stays_in_service(
    today: date, sentence: str | None, late: bool | None
) -> None:
    outcome = _ask(
        Status.IN_SERVICE,
        Status.IN_SERVICE,
        Role.CONTRACT_OFFICER,
        at=datetime(today.year, today.month, today.day, 9, tzinfo=UTC),
        reason="Deux bornes en panne",
        guarantee_ends_on=date(2028, 3, 15),
    )
    if sentence is not None:
        assert sentence in _missing(outcome)
        return
    assert isinstance(outcome, Move)
    assert (outcome.after.status, outcome.after.version) == (Status.IN_SERVICE, 2)
    assert outcome.late is late


def test_failed_machine_checks_are_no_obstacle_to_the_tests_but_their_reserves() -> None:
    ask = (Status.CONFIGURED, Status.ACCEPTANCE_TESTING, Role.CONTRACTOR)
    day = date(2027, 3, 1)
    assert "contrôles automatiques" in _missing(_ask(*ask, validation_survey_on=day))
    done = _ask(*ask, validation_survey_on=day, machine_checks_passed=False)
    assert isinstance(done, Move)


def test_the_maintenance_begins_with_an_audit_report() -> None:
    ask = (Status.FINALLY_ACCEPTED, Status.MAINTAINED, Role.CONTRACT_OFFICER)
    assert "rapport d’audit" in _missing(_ask(*ask, evidence=frozenset()))
    assert isinstance(_ask(*ask), Move)


def test_what_the_product_counts_is_not_told_otherwise() -> None:
    counted = Measured(
        3, (), open_prerequisites=1, serials_expected=9, serials_scanned=8,
        access_points_unplaced=("ap7",),
    )  # fmt: skip
    for ask, sentence in (
        ((Status.DESIGN_APPROVED, Status.ORDERED, Role.CONTRACT_OFFICER), "Un prérequis"),
        ((Status.ORDERED, Status.DELIVERED, Role.INSTALLER), "Un numéro de série sur 9"),
        ((Status.INSTALLING, Status.CONFIGURED, Role.INSTALLER), "Une borne scannée"),
    ):
        outcome = _ask(
            *ask,
            measured=counted,
            open_prerequisites=0,
            serials_expected=5,
            serials_scanned=5,
            access_points_placed=True,
        )
        assert sentence in _missing(outcome)


@pytest.mark.parametrize(
    ("today", "drawn_up", "sentence", "late"),
    [
        (date(2028, 3, 14), date(2028, 3, 10), "court jusqu’au 15/03/2028", None),
        (date(2028, 3, 15), date(2028, 2, 28), "plus de 15 jours avant", None),
        (date(2028, 3, 15), date(2028, 2, 29), None, False),
        (date(2028, 3, 15), date(2028, 3, 15), None, False),
        (date(2028, 5, 2), date(2028, 5, 1), None, True),
        (date(2028, 5, 2), date(2028, 5, 3), "est à venir", None),
        (date(2028, 5, 2), None, "n’est pas connue", None),
    ],
)
def test_final_acceptance_has_its_window(
    today: date, drawn_up: date | None, sentence: str | None, late: bool | None
) -> None:
    outcome = _ask(
        Status.IN_SERVICE,
        Status.FINALLY_ACCEPTED,
        Role.CONTRACT_OFFICER,
        at=datetime(today.year, today.month, today.day, 9, tzinfo=UTC),
        guarantee_ends_on=date(2028, 3, 15),
        final_acceptance_drawn_up_on=drawn_up,
    )
    if sentence is None:
        assert isinstance(outcome, Move)
        assert outcome.late is late
    else:
        assert sentence in _missing(outcome)


def test_the_guarantee_ends_at_midnight_in_brussels() -> None:
    outcome = _ask(
        Status.IN_SERVICE,
        Status.FINALLY_ACCEPTED,
        Role.CONTRACT_OFFICER,
        at=datetime(2028, 6, 14, 22, 30, tzinfo=UTC),
        guarantee_ends_on=date(2028, 6, 15),
        final_acceptance_drawn_up_on=date(2028, 6, 10),
    )
    assert isinstance(outcome, Move)


def test_equipment_alone_takes_the_short_path() -> None:
    state = DossierState(
        status=Status.CADASTRE_VALIDATED, measures=frozenset({Measure.EQUIPMENT}), evidence=ALL
    )
    facts = Facts(
        funding_source="FWB",
        serials_expected=5,
        serials_scanned=5,
        loan_convention_signed_on=date(2027, 2, 1),
    )
    for to, role in (
        (Status.ENROLMENT_REQUESTED, Role.ORGANISING_AUTHORITY),
        (Status.ORDERED, Role.CONTRACT_OFFICER),
        (Status.DELIVERED, Role.ADVISER),
        (Status.IN_SERVICE, Role.PROGRAMME_MANAGER),
    ):
        outcome = decide(state, to, role, facts, NOON)
        assert isinstance(outcome, Move), outcome
        state = outcome.after
    without = facts.model_copy(update={"loan_convention_signed_on": None})
    delivered = DossierState(
        status=Status.DELIVERED, measures=frozenset({Measure.EQUIPMENT}), evidence=ALL
    )
    refusal = decide(delivered, Status.IN_SERVICE, Role.PROGRAMME_MANAGER, without, NOON)
    assert "convention de prêt" in _missing(refusal)


@pytest.mark.parametrize(
    "status", [Status.ORDERED, Status.IN_SERVICE, Status.INELIGIBLE, Status.ON_HOLD]
)
def test_a_school_declines_before_the_order_only(status: Status) -> None:
    state = {"before_hold": Status.CABLING} if status is Status.ON_HOLD else None
    refusal = _ask(status, Status.DECLINED, Role.SCHOOL_HEAD, reason="Non", state=state)
    assert isinstance(refusal, Refusal)
    assert isinstance(
        _ask(Status.DESIGN_APPROVED, Status.DECLINED, Role.SCHOOL_HEAD, reason="Non"), Move
    )


@pytest.mark.parametrize(
    ("commune", "basin", "offers", "verdict"),
    [
        ("Namur", None, [("Primaire ordinaire", "Fondamental")], Verdict.ELIGIBLE),
        ("Namur", None, [("Haute École", "Supérieur")], Verdict.INELIGIBLE),
        (
            "Namur",
            None,
            [("Haute École", "Supérieur"), ("Secondaire CEFA", "Secondaire")],
            Verdict.ELIGIBLE,
        ),
        ("Ixelles", None, [("Primaire ordinaire", "Fondamental")], Verdict.INELIGIBLE),
        (None, "Bruxelles", [("Primaire ordinaire", "Fondamental")], Verdict.INELIGIBLE),
        ("Atlantis", "Namur", [("Primaire ordinaire", "Fondamental")], Verdict.UNDECIDED),
        ("Namur", None, [], Verdict.UNDECIDED),
        ("Namur", None, [("Tout nouveau", "Secondaire")], Verdict.ELIGIBLE),
        ("Namur", None, [("Tout nouveau", None)], Verdict.UNDECIDED),
    ],
)
def test_eligibility_answers_with_a_reason(
    commune: str | None, basin: str | None, offers: list[tuple[str, str | None]], verdict: Verdict
) -> None:
    answer = judge_site(
        rule_set("2026-1"), commune=commune, basin=basin, offers=[Offer(*each) for each in offers]
    )
    assert (answer.verdict, answer.rule_set) == (verdict, "2026-1")
    assert answer.reason.endswith(".")


def test_the_two_readings_of_adult_education_stand_side_by_side() -> None:
    offers = [Offer("Promotion sociale supérieur", "Supérieur")]
    answers = [
        judge_site(rule_set(version), commune="Mons", basin=None, offers=offers).verdict
        for version in ("2026-1", "2026-1-adultes-secondaire")
    ]
    assert answers == [Verdict.ELIGIBLE, Verdict.INELIGIBLE]
