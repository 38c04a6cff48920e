"""The forms of what the API tells of a response to the cadastre, and of what it is given."""

from typing import Annotated, Any, Self

from fastapi import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http.answers import Answer
from api.usecases.cadastre_comparison import Beside
from api.usecases.cadastre_decisions import document_of
from api.usecases.cadastre_filling import Written
from api.usecases.cadastre_responses import ResponseForm
from inventory.programme.cadastre.documents import sha256_of
from inventory.programme.cadastre.observing import Source
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.cadastre.values import Problem
from inventory.sentences import FRENCH

Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class ProblemAnswer(Answer):
    """Something wrong at `path` (rows count from 1); a warning stops nothing."""

    path: str
    kind: str
    message: str
    warns: bool

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the answer that tells `problem`, in French."""
        return cls(
            path=problem.path,
            kind=problem.kind,
            message=problem.words.fr if problem.words else problem.sentence.said(FRENCH),
            warns=problem.warns,
        )


class FieldAnswer(Answer):
    """An answer in its canonical form; `by` is null where it is only proposed, not yet kept."""

    value: Any
    source: Source
    by: str | None
    at: AwareDatetime | None
    version: int


class RemarkAnswer(Answer):
    """What a cadastre manager asks of a field, a section, or (both null) the whole."""

    id: int
    field_id: str | None
    section_id: str | None
    text: str
    made_by: str
    made_at: AwareDatetime
    settled_at: AwareDatetime | None


class SubmissionAnswer(Answer):
    """A signature, with the hash of the canonical text that was signed."""

    signed_by: str
    signed_name: str
    signed_at: AwareDatetime
    sha256: str
    decided_by: str | None
    decided_at: AwareDatetime | None


class ResponseAnswer(Answer):
    """A response. `document_sha256` is what submitting now would sign."""

    edition: str
    site_id: int
    state: ResponseState
    version: int
    percent: int
    fields: dict[str, FieldAnswer]
    problems: list[ProblemAnswer]
    remarks: list[RemarkAnswer]
    submissions: list[SubmissionAnswer]
    document_sha256: str


class BesideAnswer(Answer):
    """One field: declared now, declared in the edition before, and seen by collectors."""

    field: str
    declared: Any
    before: Any
    change: str | None = Field(description="against the edition before; null without one")
    renamed_from: str | None
    difference: str | None = Field(description="declared minus before, of numbers")
    observed: Any
    agrees: bool = Field(description="false where collectors see something else")


class ComparisonAnswer(Answer):
    """What is declared beside the edition before (null: none was answered) and the inventory."""

    edition_before: str | None
    fields: list[BesideAnswer]


# A pattern also refuses what is no Unicode text, which no answer could tell back.
_FieldId = Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")]


class FieldGiven(BaseModel):
    """An answer; null takes it back. `base`: the version of the response that was looked at."""

    model_config = ConfigDict(extra="forbid")

    value: Any = None
    base: int | None = Field(None, ge=0, le=2**31 - 1)


class FieldsGiven(BaseModel):
    """Single fields to write, by their id."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[_FieldId, FieldGiven] = Field(min_length=1, max_length=200)


class ConflictAnswer(Answer):
    """A field that another person changed since it was looked at: what was overwritten."""

    field: str
    by: str
    at: AwareDatetime
    value: Any


class WrittenAnswer(Answer):
    """What a write did; the last writer of a field wins, and is told of the other."""

    version: int
    state: ResponseState
    percent: int
    changed: list[str]
    conflicts: list[ConflictAnswer]
    problems: list[ProblemAnswer] = Field(description="of the whole response")
    shown: list[str] = Field(description="the fields that are asked, given these answers")


class Signature(BaseModel):
    """The hash of what the signer was shown: `document_sha256`."""

    model_config = ConfigDict(extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class RemarkGiven(BaseModel):
    """A remark on a field, a section, or the whole."""

    model_config = ConfigDict(extra="forbid")

    text: Words = Field(min_length=1)
    field_id: str | None = Field(None, max_length=60)
    section_id: str | None = Field(None, max_length=60)


class Reason(BaseModel):
    """Why; may be empty where remarks say it."""

    model_config = ConfigDict(extra="forbid")

    reason: Words = ""


def response_answer(session: Session, form: ResponseForm, response: Response) -> ResponseAnswer:
    """Return the answer that tells a response, and set its ETag."""
    response.headers["ETag"] = f'"{form.version}"'
    return ResponseAnswer(
        edition=form.edition.code,
        site_id=form.site.id or 0,
        state=form.state,
        version=form.version,
        percent=form.completeness.percent,
        fields=_fields(form),
        problems=[ProblemAnswer.of(each) for each in form.problems],
        remarks=[RemarkAnswer.model_validate(each) for each in form.remarks],
        submissions=[SubmissionAnswer.model_validate(each) for each in form.submissions],
        document_sha256=sha256_of(document_of(session, form)),
    )


def _fields(form: ResponseForm) -> dict[str, FieldAnswer]:
    fields = {
        name: FieldAnswer(value=each.value, source=each.source, by=None, at=None, version=0)
        for name, each in form.begun.items()
    }
    for name, given in form.given.items():
        fields[name] = FieldAnswer(
            value=form.answers.get(name),
            source=given.source,
            by=given.by,
            at=given.at,
            version=given.version,
        )
    return fields


def written_answer(form: ResponseForm, written: Written) -> WrittenAnswer:
    """Return the answer that tells what a write did to a response."""
    return WrittenAnswer(
        version=form.version,
        state=form.state,
        percent=form.completeness.percent,
        changed=list(written.changed),
        conflicts=[
            ConflictAnswer(field=each.field_id, by=each.by, at=each.at, value=each.value)
            for each in written.conflicts
        ],
        problems=[ProblemAnswer.of(each) for each in form.problems],
        shown=list(form.shown),
    )


def beside_answer(line: Beside) -> BesideAnswer:
    """Return the answer that tells one field beside what it is compared with."""
    compared, seen = line.compared, line.seen
    return BesideAnswer(
        field=line.field.id,
        declared=line.declared,
        before=compared.before if compared else None,
        change=compared.change.value if compared else None,
        renamed_from=compared.renamed_from if compared else None,
        difference=str(compared.difference) if compared and compared.difference else None,
        observed=seen.observed if seen else None,
        agrees=seen.agrees if seen else True,
    )
