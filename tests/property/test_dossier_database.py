"""Hypothesis walks dossiers in a database, as many people would, against the programme's text."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import func, select

from api.usecases.dossier_state import EvidenceFile, dossier_of_site, facts_of, state_of
from api.usecases.dossiers import MoveRefused, advance, history, open_dossiers, possible_moves
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, NotAllowed
from inventory.models import (
    DeployPlan,
    Device,
    DeviceRole,
    DossierTransition,
    FundingSource,
    Lot,
    PlanState,
    Push,
    PushState,
    Site,
)
from inventory.programme.dossier import (
    EDGES,
    TOLD_BY,
    EvidenceKind,
    Measure,
    Role,
    Status,
    Track,
)
from inventory.programme.eligibility import Eligibility, Verdict
from tests.property.dossier_text import (
    ACTIVE,
    DAY_OF_START,
    EVERY_DOCUMENT,
    EVERY_ROLE,
    EVERY_STATUS,
    PRE_ORDER,
    WAYS,
    Attempt,
    Text,
    everything,
)

ASIDE = {"on_hold", "declined", "ineligible"}


def test_the_text_and_the_machine_name_the_same_things() -> None:
    assert set(EVERY_STATUS) == {status.value for status in Status}
    assert set(EVERY_ROLE) == {role.value for role in Role}
    assert {kind.value for kind in EvidenceKind} == EVERY_DOCUMENT
    tracks = {(a, "cabling") for a in ("ordered", "cabling", "delivered")}
    resumes = {("on_hold", status) for status in ACTIVE}
    assert {(edge.origin.value, edge.to.value) for edge in EDGES} == (
        {(way.origin, way.to) for way in WAYS} | tracks | resumes
    )


def test_a_walk_in_the_database_is_as_the_text_says(database: Database) -> None:
    """Each example is a site of its own in one database."""
    with database.write("tester") as session:
        session.add_all([Lot(name="3"), FundingSource(code="PRR", name="Plan de relance")])

    class Walk(DatabaseWalk):
        here = database

    profile = settings.default
    assert profile is not None
    try:
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=min(profile.max_examples, 20),
                stateful_step_count=8,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                # A shorter example would cost minutes of database.
                phases=[Phase.explicit, Phase.reuse, Phase.generate],
            ),
        )
    finally:
        clock.set_source(None)


class DatabaseWalk(RuleBasedStateMachine):
    """One dossier: `self.text` is what the text says of it, the row what the product made of it."""

    here: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.database = self.here
        self.today = DAY_OF_START
        self.steps = 0
        self.sets_date(self.today)

    def sets_date(self, day: date) -> None:
        """Move the one clock to nine o'clock (UTC) of a day."""
        self.today = day
        clock.set_source(lambda: datetime.combine(day, time(9), UTC))

    @initialize(equipment_only=st.booleans(), verified=st.booleans())
    def begin(self, *, equipment_only: bool, verified: bool) -> None:
        """Open a dossier at a site with one device."""
        yes = Eligibility(Verdict.ELIGIBLE, "Primaire ordinaire en Wallonie.", "2026-1")
        with self.database.write("tester") as session:
            site = Site(name="École", search_key="ecole")
            session.add(site)
            session.flush()
            assert site.id is not None
            self.site_id = site.id
            open_dossiers(session, [(self.site_id, yes)])
            device = Device(site_id=self.site_id, name="ap1", role=DeviceRole.ACCESS_POINT)
            plan = DeployPlan(created_at=clock.now(), created_by="tester", selection={})
            plan.state = PlanState.DONE
            session.add_all([device, plan])
            session.flush()
            assert plan.id is not None
            assert device.id is not None
            state = PushState.VERIFIED if verified else PushState.IN_DOUBT
            session.add(Push(plan_id=plan.id, device_id=device.id, state=state))
        measure = Measure.EQUIPMENT if equipment_only else Measure.CONNECTIVITY
        self.text = Text(measure.value, verified=verified)

    @rule(data=st.data(), days=st.lists(st.integers(0, 40), min_size=1, max_size=14))
    def walk_on(self, data: st.DataObject, days: list[int]) -> None:
        """Go on, way after way, with all that each asks for."""
        for each in days:
            self.sets_date(self.today + timedelta(days=each))
            ways = [way for way in self.text.ways() if way.to not in ASIDE]
            if not ways:
                return
            way = data.draw(st.sampled_from(ways))
            works = 2 if "works_open" in way.told else 0
            drawn_up, guarantee = 0, 400
            if way.origin == "in_service":
                drawn_up, guarantee = data.draw(
                    st.sampled_from([(0, 0), (-3, 0), (-3, -3), (0, -10), (-16, 0), (0, 15)])
                )
            self.attempt(
                Attempt(
                    way.to,
                    data.draw(st.sampled_from(sorted(way.who))),
                    everything(self.today, works=works, drawn_up=drawn_up, guarantee=guarantee),
                    way.documents,
                    "motif",
                    self.today,
                )
            )

    @rule(data=st.data())
    def leave_one_thing_out(self, data: st.DataObject) -> None:
        """Take a way without one of the things that it asks for, or as somebody else."""
        ways = self.text.ways()
        if not ways:
            return
        way = data.draw(st.sampled_from(ways))
        told = everything(self.today, works=0, drawn_up=0, guarantee=400)
        for name in data.draw(st.sets(st.sampled_from(sorted(told)), max_size=len(told))):
            told[name] = ""
        documents = set(way.documents)
        for kind in sorted(way.documents):
            if data.draw(st.booleans()):
                documents.discard(kind)
        role = data.draw(st.sampled_from(sorted(way.who)) | st.sampled_from(EVERY_ROLE))
        reason = data.draw(st.sampled_from(["motif", "", "   "]))
        self.attempt(Attempt(way.to, role, told, frozenset(documents), reason, self.today))

    @rule(to=st.sampled_from(EVERY_STATUS), role=st.sampled_from(EVERY_ROLE))
    def try_anything(self, to: str, role: str) -> None:
        """Ask for any move with every document and fact there is."""
        told = everything(self.today, works=0, drawn_up=0, guarantee=0)
        self.attempt(Attempt(to, role, told, EVERY_DOCUMENT, "motif", self.today))

    @precondition(lambda self: self.text.status in ACTIVE)
    @rule(days=st.integers(0, 200), elsewhere=st.sampled_from(EVERY_STATUS))
    def hold_and_resume(self, days: int, elsewhere: str) -> None:
        """A dossier on hold goes back to where it was, whatever the time, and nowhere else."""
        before = self.text.status
        self.attempt(Attempt("on_hold", "adviser", {}, frozenset(), "travaux", self.today))
        self.sets_date(self.today + timedelta(days=days))
        if elsewhere != before:
            tried = Attempt(elsewhere, "adviser", {}, EVERY_DOCUMENT, "x", self.today)
            self.attempt(tried)
        self.attempt(Attempt(before, "adviser", {}, frozenset(), "", self.today))
        assert self.text.status == before

    @precondition(lambda self: self.text.status in PRE_ORDER and self.text.version > 6)
    @rule()
    def decline(self) -> None:
        """A school withdraws before the order; then nothing more happens."""
        self.attempt(Attempt("declined", "school_head", {}, frozenset(), "Non merci", self.today))
        assert self.text.ways() == []

    @rule(behind=st.integers(1, 3), to=st.sampled_from(EVERY_STATUS))
    def write_on_an_old_version(self, behind: int, to: str) -> None:
        """Who looked at an older version changes nothing, whatever they ask for."""
        told = everything(self.today, works=0, drawn_up=0, guarantee=0)
        tried = Attempt(to, "programme_manager", told, EVERY_DOCUMENT, "motif", self.today)
        assert self._ask(tried, self.text.version - behind) == "version"

    def attempt(self, tried: Attempt) -> None:
        """Try it in the database; the text must have said what comes of it.

        Nobody tells what another role answers for; `test_dossier_usecase` has who does.
        """
        own = {name: said for name, said in tried.told.items() if tried.role in TOLD_BY[name]}
        tried = replace(tried, told=own)
        expected, late = self.text.verdict(tried), False
        if expected == "moved":
            late = self.text.late(tried)
        assert self._ask(tried, self.text.version) == expected
        if expected != "moved":
            return
        before = self.text.status
        self.text.move(tried)
        self.steps += 1
        with self.database.read() as session:
            step = history(session, self.site_id)[-1]
        row = step.transition
        assert (row.from_status, row.to_status, row.late) == (before, tried.to, late)
        assert (row.actor, row.role, row.at) == (f"user:{tried.role}", tried.role, clock.now())
        assert row.reason == (tried.reason.strip() or None)
        assert {each.kind for each in step.evidence} == tried.documents

    def _ask(self, tried: Attempt, version: int) -> str:
        equipment = {Measure.EQUIPMENT} if self.text.measure == Measure.EQUIPMENT else None
        chosen = tried.to == "enrolment_requested" and self.text.status == "cadastre_validated"
        try:
            with self.database.write("tester") as session:
                advance(
                    session,
                    self.site_id,
                    Status(tried.to),
                    actor=f"user:{tried.role}",
                    role=Role(tried.role),
                    version=version,
                    reason=tried.reason,
                    facts=tried.told,
                    evidence=[
                        EvidenceFile(EvidenceKind(kind), f"{kind}.pdf", "ab" * 32, 9)
                        for kind in sorted(tried.documents)
                    ],
                    measures=frozenset(equipment) if equipment and chosen else None,
                )
        except MoveRefused as refused:
            said = all(str(sentence).endswith(".") for sentence in refused.missing)
            return "refused" if refused.missing and said else "refused without a sentence"
        except NotAllowed:
            return "role"
        except Conflict:
            return "version"
        return "moved"

    @invariant()
    def the_row_is_as_the_text_says(self) -> None:
        """Nothing of a refused attempt is kept, everything of one that was made is."""
        if not hasattr(self, "text"):
            return
        with self.database.read() as session:
            dossier = dossier_of_site(session, self.site_id)
            state, facts = state_of(session, dossier), facts_of(session, dossier)
            ways = {move.to.value for move in possible_moves(session, self.site_id)}
            steps = session.exec(
                select(func.count())
                .select_from(DossierTransition)
                .where(DossierTransition.dossier_id == dossier.id)
            ).one()
        text = self.text
        assert (state.status, state.version) == (text.status, text.version)
        assert (state.before_hold or "") == text.held_from
        assert (state.cabling, state.delivered) == (Track(text.cabling), text.delivered)
        assert state.evidence == text.documents
        assert ways == {way.to for way in text.ways()}
        assert (steps, dossier.version) == (self.steps, self.steps + 1)
        told = set(facts.model_dump(exclude_none=True, exclude={"eligibility"}))
        assert told == {name for name, value in text.told.items() if value}
