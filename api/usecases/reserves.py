"""Reserves: opened and lifted by what a run proves, or by a person with evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, func, select

from api.usecases.brussels import today
from api.usecases.dossier_state import EvidenceFile
from api.usecases.due_days import follow_reserves
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import AcceptanceRun, Reserve, ReserveSeverity, Site
from inventory.sentences import Sentence
from site_surveys.acceptance.outcome import Outcome, State
from site_surveys.profile import AcceptanceProfile

UNPROVED = "non prouvé"
"""The subject of the one reserve of a check that stands for all that nothing proved."""

_NBSP = "\u00a0"
_MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Defect:
    """What a run found wanting: the reserve that it is."""

    check_id: str
    subject: str
    severity: ReserveSeverity
    message: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same defect in the next run."""
        return self.check_id, self.subject


def defects(outcomes: Iterable[Outcome]) -> list[Defect]:
    """Return what outcomes find wanting: each failure, and once a check what it leaves unproved.

    Two subjects of one name, as two devices may have, are one defect: nobody could tell them apart.
    """
    found: list[Defect] = []
    for outcome in outcomes:
        check = outcome.check
        found += [
            Defect(
                check.id,
                result.subject,
                ReserveSeverity(check.severity),
                f"{check.title}{_NBSP}: "
                + (f"{result.subject}, " if result.subject else "")
                + result.found,
            )
            for result in outcome.of(State.FAILED)
        ]
        unproved = outcome.of(State.NOT_PROVED)
        if unproved and check.unproved is not None:
            found.append(
                Defect(
                    check.id,
                    UNPROVED,
                    ReserveSeverity(check.unproved),
                    f"{check.title}{_NBSP}: non prouvé"
                    + (f" pour {len(unproved)} éléments" if len(unproved) > 1 else "")
                    + f" ({unproved[0].found})",
                )
            )
    first = {defect.key: defect for defect in reversed(found)}
    return [defect for defect in found if first[defect.key] is defect]


def settle(
    session: Session,
    run: AcceptanceRun,
    outcomes: Sequence[Outcome],
    profile: AcceptanceProfile,
) -> list[Reserve]:
    """Open the reserves of what a run found, lift those that it proves removed; return both kinds.

    What the run says nothing about any more (a device that is gone, a check that the profile no
    longer has) stays open: only a proof or a person lifts a reserve. Returns every reserve that was
    open before or is open now, by number.
    """
    before = open_reserves(session, run.site_id)
    known = {(each.check_id, each.subject): each for each in before}
    found = defects(outcomes)
    wanting = {defect.key for defect in found}
    proved = _proved(outcomes)
    for key, reserve in known.items():
        if key in proved and key not in wanting:
            reserve.lifted_at = run.at
            reserve.lifted_by = run.actor
            reserve.lifted_by_run_id = run.id
            reserve.lifted_note = f"prouvé par la recette n° {run.id}".replace("° ", f"°{_NBSP}")
            session.add(reserve)
    number = _last_number(session, run.site_id)
    opened = []
    for defect in found:
        if defect.key in known:
            continue
        number += 1
        terms = profile.terms[defect.severity.value]
        opened.append(
            Reserve(
                site_id=run.site_id,
                number=number,
                check_id=defect.check_id,
                subject=defect.subject,
                severity=defect.severity,
                message=defect.message[:_MOST_TEXT],
                responsible=terms.responsible,
                due_on=today() + timedelta(days=terms.days),
                opened_at=run.at,
                opened_by=run.actor,
                opened_by_run_id=run.id,
            )
        )
    session.add_all(opened)
    session.flush()
    follow_reserves(session, [*before, *opened])
    return sorted([*before, *opened], key=lambda each: each.number)


def _proved(outcomes: Iterable[Outcome]) -> set[tuple[str, str]]:
    """Return what is proved to be well: subjects, and checks of which nothing is left unproved."""
    proved = set()
    for outcome in outcomes:
        for result in outcome.results:
            # A waiver accepts a defect for a while: it proves nothing.
            if result.state in (State.PASSED, State.NOT_APPLICABLE):
                proved.add((outcome.check.id, result.subject))
        if not outcome.of(State.NOT_PROVED):
            proved.add((outcome.check.id, UNPROVED))
    return proved


def open_reserves(session: Session, site_id: int) -> list[Reserve]:
    """Return the open reserves of a site, by number."""
    return [each for each in reserves_of(session, site_id) if each.lifted_at is None]


def reserves_of(session: Session, site_id: int) -> list[Reserve]:
    """Return every reserve of a site, by number."""
    found = select(Reserve).where(Reserve.site_id == site_id).order_by(col(Reserve.number))
    return list(session.exec(found))


def open_by_hand(
    session: Session,
    site_id: int,
    message: str,
    *,
    severity: ReserveSeverity,
    actor: str,
    responsible: str | None = None,
    due_on: date | None = None,
) -> Reserve:
    """Open the reserve of a defect that a person saw; raises InvalidInput for an empty text."""
    if not message.strip() or len(message) > _MOST_TEXT:
        raise InvalidInput(
            Sentence(
                "Une réserve dit ce qui ne va pas, en 1 à %(most)s caractères", most=_MOST_TEXT
            )
        )
    number = _last_number(session, site_id) + 1
    reserve = Reserve(
        site_id=site_id,
        number=number,
        check_id="",
        subject=f"n° {number}",
        severity=severity,
        message=message.strip(),
        responsible=responsible,
        due_on=due_on,
        opened_at=clock.now(),
        opened_by=actor,
    )
    session.add(reserve)
    session.flush()
    follow_reserves(session, [reserve])
    record_event(
        session,
        "reserve.opened",
        Sentence("Réserve n° %(number)s ouverte\u00a0: %(what)s", number=number, what=message),
        site_id=site_id,
    )
    return reserve


def assign(
    session: Session,
    site_id: int,
    number: int,
    *,
    responsible: str | None = None,
    due_on: date | None = None,
    severity: ReserveSeverity | None = None,
) -> Reserve:
    """Say who removes an open reserve, until when, or how grave it is; None leaves it as it is.

    Raises NotFound, or Conflict for one that is lifted.
    """
    reserve = _open(session, site_id, number)
    reserve.responsible = responsible or reserve.responsible
    reserve.due_on = due_on or reserve.due_on
    reserve.severity = severity or reserve.severity
    session.add(reserve)
    session.flush()
    follow_reserves(session, [reserve])
    return reserve


def lift(
    session: Session,
    site_id: int,
    number: int,
    *,
    note: str,
    evidence: EvidenceFile | None,
    actor: str,
) -> Reserve:
    """Lift a reserve on a person's word, with what they rest it on.

    A run that finds the defect again opens a new reserve. Raises NotFound, Conflict for one that is
    lifted already, InvalidInput when neither a document nor a reason of some length is given.
    """
    if not note.strip() or (evidence is None and len(note.strip()) < 10):
        raise InvalidInput(
            Sentence("Une réserve se lève avec une preuve"),
            where=Sentence("réserve %(number)s", number=number),
            todo=Sentence("donnez un document, ou dites ce qui a été vu et par qui"),
        )
    reserve = _open(session, site_id, number)
    reserve.lifted_at = clock.now()
    reserve.lifted_by = actor
    reserve.lifted_note = note.strip()[:_MOST_TEXT]
    reserve.lifted_evidence_name = evidence.file_name if evidence else None
    reserve.lifted_evidence_sha256 = evidence.sha256 if evidence else None
    session.add(reserve)
    session.flush()
    follow_reserves(session, [reserve])
    record_event(
        session,
        "reserve.lifted",
        Sentence("Réserve n° %(number)s levée\u00a0: %(note)s", number=number, note=note.strip()),
        site_id=site_id,
    )
    return reserve


def _open(session: Session, site_id: int, number: int) -> Reserve:
    reserve = session.exec(
        select(Reserve).where(Reserve.site_id == site_id, Reserve.number == number)
    ).first()
    if reserve is None:
        raise NotFound(Sentence("Ce site n’a pas de réserve %(number)s", number=number))
    if reserve.lifted_at is not None:
        raise Conflict(Sentence("La réserve %(number)s est déjà levée", number=number))
    return reserve


def _last_number(session: Session, site_id: int) -> int:
    """Return the last number given at a site, which nobody else takes the next of meanwhile."""
    session.exec(select(Site.id).where(Site.id == site_id).with_for_update()).first()
    found = select(func.max(Reserve.number)).where(Reserve.site_id == site_id)
    return session.exec(found).one() or 0
