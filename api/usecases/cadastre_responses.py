"""What a site answers to an edition, with who gave each field when, and from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.cadastre_editions import edition_before, questionnaire_of
from api.usecases.cadastre_observed import observed_at
from api.usecases.scope import Right, Viewer, sites_within
from inventory.errors import Conflict, NotAllowed, NotFound
from inventory.models import (
    CadastreAnswer,
    CadastreEdition,
    CadastreRemark,
    CadastreResponse,
    CadastreSubmission,
    Site,
)
from inventory.programme.cadastre.comparison import Filled
from inventory.programme.cadastre.judging import (
    Completeness,
    asked,
    completeness,
    judge,
    shown,
)
from inventory.programme.cadastre.observing import Prefilled, Source, prefill
from inventory.programme.cadastre.questionnaire import Questionnaire
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.cadastre.values import Problem
from inventory.sentences import Sentence


class CadastreRefused(Conflict):
    """Something that cannot be done with a response now; the sentence says why, in French."""

    def __init__(self, sentence: Sentence, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Given:
    """Who gave an answer, when and from where; `version` is the response's at that write."""

    by: str
    at: datetime
    source: Source
    version: int


@dataclass(frozen=True, slots=True)
class ResponseForm:
    """A response as it stands; before its first write, what it would begin with.

    `given` tells of the answers that somebody wrote, `begun` of those that are only proposed.
    """

    edition: CadastreEdition
    questionnaire: Questionnaire
    site: Site
    row: CadastreResponse | None
    answers: Mapping[str, Any]
    given: Mapping[str, Given]
    begun: Mapping[str, Prefilled]
    problems: tuple[Problem, ...]
    completeness: Completeness
    remarks: tuple[CadastreRemark, ...]
    submissions: tuple[CadastreSubmission, ...]

    @property
    def state(self) -> ResponseState:
        """Where it is; a response that nobody wrote yet is a draft."""
        return self.row.state if self.row is not None else ResponseState.DRAFT

    @property
    def version(self) -> int:
        """Its version; 0 before the first write."""
        return self.row.version if self.row is not None else 0

    @property
    def sent(self) -> Mapping[str, Any]:
        """What is sent: the answers to what is asked."""
        return asked(self.questionnaire, self.answers)

    @property
    def shown(self) -> tuple[str, ...]:
        """The fields that are asked, given these answers."""
        return tuple(
            field.id for field in self.questionnaire.all_fields() if shown(field, self.answers)
        )

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What keeps it from being submitted."""
        return tuple(problem for problem in self.problems if not problem.warns)

    @property
    def open_remarks(self) -> tuple[CadastreRemark, ...]:
        """The remarks that nobody settled."""
        return tuple(remark for remark in self.remarks if remark.settled_at is None)


def site_for(session: Session, viewer: Viewer, site_id: int, right: Right) -> Site:
    """Return a site where `viewer` has a right over the cadastre.

    Raises NotFound where its cadastre may not be seen, NotAllowed where it may only be seen.
    """
    here = select(Site).where(Site.id == site_id)
    site = session.exec(here.where(sites_within(viewer, Right.SEE_CADASTRE))).first()
    if site is None:
        raise NotFound(Sentence("Le site %(site_id)s n’existe pas", site_id=site_id))
    if session.exec(here.where(sites_within(viewer, right))).first() is None:
        raise NotAllowed(
            Sentence("Votre rôle ne le permet pas ici"),
            todo=Sentence("demandez à qui remplit ce cadastre"),
        )
    return site


def has_right(session: Session, viewer: Viewer, site_id: int, right: Right) -> bool:
    """Return whether `viewer` has a right at a site."""
    found = select(Site.id).where(Site.id == site_id, sites_within(viewer, right))
    return session.exec(found).first() is not None


def read_form(session: Session, edition: CadastreEdition, site_id: int) -> ResponseForm:
    """Return the response of a site to an edition; raises NotFound for an unknown site."""
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound(Sentence("Le site %(site_id)s n’existe pas", site_id=site_id))
    questionnaire = questionnaire_of(session, edition)
    row = find_response(session, edition, site_id)
    kept = answers_of(session, row) if row is not None else []
    begun = (
        prefill(
            questionnaire, last_answers(session, edition, site_id), observed_at(session, site_id)
        )
        if row is None
        else {}
    )
    answers = {each.field_id: each.value for each in kept if each.value is not None}
    answers |= {field_id: each.value for field_id, each in begun.items()}
    return ResponseForm(
        edition=edition,
        questionnaire=questionnaire,
        site=site,
        row=row,
        answers=answers,
        given={
            each.field_id: Given(each.changed_by, each.changed_at, each.source, each.version)
            for each in kept
        },
        begun=begun,
        problems=judge(questionnaire, answers),
        completeness=completeness(questionnaire, answers),
        remarks=remarks_of(session, row),
        submissions=submissions_of(session, row),
    )


def find_response(
    session: Session, edition: CadastreEdition, site_id: int, *, lock: bool = False
) -> CadastreResponse | None:
    """Return the response of a site, None before its first write; `lock` keeps others waiting."""
    query = select(CadastreResponse).where(
        CadastreResponse.edition_id == edition.id, CadastreResponse.site_id == site_id
    )
    return session.exec(query.with_for_update() if lock else query).first()


def answers_of(session: Session, row: CadastreResponse) -> Sequence[CadastreAnswer]:
    """Return the answers of a response with who gave each."""
    return session.exec(select(CadastreAnswer).where(CadastreAnswer.response_id == row.id)).all()


def last_answers(session: Session, edition: CadastreEdition, site_id: int) -> Filled | None:
    """Return what the site answered in the edition before; None where it did not."""
    before = edition_before(session, edition)
    row = find_response(session, before, site_id) if before is not None else None
    if before is None or row is None:
        return None
    answers = {
        each.field_id: each.value for each in answers_of(session, row) if each.value is not None
    }
    return Filled(questionnaire_of(session, before), answers)


def remarks_of(session: Session, row: CadastreResponse | None) -> tuple[CadastreRemark, ...]:
    """Return the remarks on a response, the oldest first."""
    if row is None:
        return ()
    query = select(CadastreRemark).where(CadastreRemark.response_id == row.id)
    return tuple(session.exec(query.order_by(col(CadastreRemark.id))).all())


def submissions_of(
    session: Session, row: CadastreResponse | None
) -> tuple[CadastreSubmission, ...]:
    """Return what was signed of a response, the oldest first."""
    if row is None:
        return ()
    query = select(CadastreSubmission).where(CadastreSubmission.response_id == row.id)
    return tuple(session.exec(query.order_by(col(CadastreSubmission.id))).all())
