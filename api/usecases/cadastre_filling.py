"""Filling a response, field by field, over several sittings and by several people.

A write names single fields; the last writer of a field wins, and is told when somebody else changed
it since they looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from api.usecases.brussels import today
from api.usecases.cadastre_editions import questionnaire_of
from api.usecases.cadastre_observed import observed_at
from api.usecases.cadastre_responses import (
    CadastreRefused,
    Given,
    answers_of,
    find_response,
    last_answers,
)
from inventory import clock
from inventory.errors import Conflict, NotFound
from inventory.models import CadastreAnswer, CadastreEdition, CadastreResponse, Site
from inventory.programme.cadastre.judging import completeness
from inventory.programme.cadastre.observing import Source, prefill
from inventory.programme.cadastre.questionnaire import Questionnaire
from inventory.programme.cadastre.states import Act, ResponseState, after
from inventory.programme.cadastre.values import Problem, read_value
from inventory.sentences import Sentence


class UnreadableAnswers(CadastreRefused):
    """Values that cannot be read; nothing was written. `problems` says which and why."""


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """An answer to write. `base`: the response's version when its writer looked at the field."""

    field_id: str
    raw: Any
    base: int | None = None


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that somebody else changed since its writer looked; the writer's answer stands."""

    field_id: str
    by: str
    at: datetime
    value: Any


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a write: the fields that changed, conflicts, and what could not be read."""

    version: int
    changed: tuple[str, ...]
    conflicts: tuple[FieldConflict, ...]
    unread: tuple[Problem, ...] = ()


def write_fields(
    session: Session,
    edition: CadastreEdition,
    site_id: int,
    writes: Sequence[FieldWrite],
    *,
    actor: str,
    source: Source = Source.PERSON,
    expected_version: int | None = None,
    all_or_nothing: bool = True,
) -> Written:
    """Write single fields of a response, which begins with the first write.

    A draft keeps what can be read, even where it is out of bounds: it is told, and has to be right
    before it is sent. Raises UnreadableAnswers when a value cannot be read and `all_or_nothing`,
    otherwise those fields alone stay; CadastreRefused when the response may not be filled now,
    Conflict when it is no longer at `expected_version`, NotFound for a field that is not asked.
    """
    questionnaire = questionnaire_of(session, edition)
    reads = [
        (write, read_value(questionnaire.field(write.field_id), write.raw)) for write in writes
    ]
    unread = tuple(problem for _, read in reads if not read.keepable for problem in read.problems)
    if unread and all_or_nothing:
        raise UnreadableAnswers(
            Sentence("Des réponses ne peuvent pas être lues\u00a0; rien n’a été enregistré."),
            unread,
        )
    row = _row_to_fill(session, edition, site_id, actor, expected_version)
    kept = {each.field_id: each for each in answers_of(session, row)}
    changed: list[str] = []
    conflicts: list[FieldConflict] = []
    for write, read in reads:
        if not read.keepable:
            continue
        before = kept.get(write.field_id)
        if (before.value if before is not None else None) == read.value:
            continue
        if before is not None and write.base is not None and _overtaken(before, write.base, actor):
            conflicts.append(
                FieldConflict(write.field_id, before.changed_by, before.changed_at, before.value)
            )
        kept[write.field_id] = _set(
            session,
            row,
            before,
            field_id=write.field_id,
            value=read.value,
            given=Given(actor, clock.now(), source, row.version + 1),
        )
        changed.append(write.field_id)
    if changed:
        _touch(row, questionnaire, kept)
    session.flush()
    return Written(row.version, tuple(changed), tuple(conflicts), unread)


def refuse_unless(edition: CadastreEdition, state: ResponseState, act: Act) -> ResponseState:
    """Return the state after an act; raises CadastreRefused, also outside the edition's days."""
    reached = after(state, act)
    if isinstance(reached, Sentence):
        raise CadastreRefused(reached)
    day = today()
    if day < edition.opens_on:
        raise CadastreRefused(Sentence("L’édition ouvre le %(day)s.", day=edition.opens_on))
    # What was sent back is mended after the last day as well: the programme asks for it.
    if day > edition.closes_on and state is ResponseState.DRAFT:
        raise CadastreRefused(
            Sentence("L’édition est close depuis le %(day)s.", day=edition.closes_on)
        )
    return reached


def _row_to_fill(
    session: Session,
    edition: CadastreEdition,
    site_id: int,
    actor: str,
    expected_version: int | None,
) -> CadastreResponse:
    # Two people who begin at once wait for each other at the site's row.
    site = session.exec(select(Site).where(Site.id == site_id).with_for_update()).first()
    if site is None:
        raise NotFound(Sentence("Le site %(site_id)s n’existe pas", site_id=site_id))
    row = find_response(session, edition, site_id, lock=True)
    version = row.version if row is not None else 0
    if expected_version is not None and expected_version != version:
        raise Conflict(
            Sentence(
                "La réponse est à la version %(version)s, non plus à la %(expected)s",
                version=version,
                expected=expected_version,
            ),
            where=Sentence("site %(site_id)s", site_id=site_id),
            todo=Sentence("regardez de nouveau"),
        )
    refuse_unless(edition, row.state if row is not None else ResponseState.DRAFT, Act.FILL)
    return row if row is not None else _begin(session, edition, site_id, actor)


def _begin(
    session: Session, edition: CadastreEdition, site_id: int, actor: str
) -> CadastreResponse:
    assert edition.id is not None
    at = clock.now()
    row = CadastreResponse(
        edition_id=edition.id, site_id=site_id, started_at=at, updated_at=at, version=1
    )
    session.add(row)
    session.flush()
    questionnaire = questionnaire_of(session, edition)
    begun = prefill(
        questionnaire, last_answers(session, edition, site_id), observed_at(session, site_id)
    )
    for field_id, each in begun.items():
        _set(
            session,
            row,
            None,
            field_id=field_id,
            value=each.value,
            given=Given(actor, at, each.source, row.version),
        )
    row.percent = completeness(
        questionnaire, {field_id: each.value for field_id, each in begun.items()}
    ).percent
    session.flush()
    return row


def _overtaken(before: CadastreAnswer, base: int, actor: str) -> bool:
    return before.version > base and before.changed_by != actor


def _set(
    session: Session,
    row: CadastreResponse,
    before: CadastreAnswer | None,
    *,
    field_id: str,
    value: Any,
    given: Given,
) -> CadastreAnswer:
    assert row.id is not None
    told = {
        "value": value,
        "source": given.source,
        "version": given.version,
        "changed_by": given.by,
        "changed_at": given.at,
    }
    if before is None:
        answer = CadastreAnswer(response_id=row.id, field_id=field_id, **told)
        session.add(answer)
        return answer
    for name, each in told.items():
        setattr(before, name, each)
    return before


def _touch(
    row: CadastreResponse, questionnaire: Questionnaire, kept: Mapping[str, CadastreAnswer]
) -> None:
    answers = {field_id: each.value for field_id, each in kept.items() if each.value is not None}
    row.version += 1
    row.updated_at = clock.now()
    row.percent = completeness(questionnaire, answers).percent
