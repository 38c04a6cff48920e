"""/api/v1/cadastre: editions, what they ask, how far they are; who answered what is elsewhere."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer, JobAnswer, job_address
from api.http.cursor import MAX_CURSOR_CHARACTERS, read_site_cursor, site_cursor
from api.http.dependencies import ApiViewer, Here, Reading, Speech
from api.http.needs import Needs
from api.jobs.campaign_requests import request_opening
from api.usecases.cadastre_editions import (
    edition_of,
    list_editions,
    questionnaire_of,
)
from api.usecases.cadastre_lists import (
    STATES,
    Grouping,
    GroupProgress,
    ResponseFilter,
    list_responses,
    progress,
    total,
)
from api.usecases.cadastre_opening import open_edition, waiting_sites
from api.usecases.scope import Right, sites_within
from inventory.errors import InvalidInput
from inventory.sentences import Sentence

router = APIRouter(prefix="/cadastre", tags=["cadastre"], dependencies=[Needs(Right.SEE_CADASTRE)])

Code = Annotated[str, Path(max_length=40, pattern=r"^[A-Z0-9_-]+$", description="as INCOR26")]
Text = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
MAX_OPENED = 500
_DECIDE = [Needs(Right.DECIDE_CADASTRE)]


class EditionAnswer(Answer):
    """A campaign; schools submit from `opens_on` to `closes_on`, both included."""

    code: str
    title: str
    opens_on: date
    closes_on: date
    questionnaire_version: str


class EditionListAnswer(Answer):
    """Every edition, the newest first."""

    editions: list[EditionAnswer]


class QuestionnaireAnswer(Answer):
    """What an edition asks, as data: sections, fields, conditions, words in French and German."""

    version: str
    questionnaire: dict[str, Any]


class ResponseLineAnswer(Answer):
    """One site of an edition; `percent` is of the questions that need an answer."""

    site_id: int
    site: str
    commune: str | None
    province: str | None
    state: str = Field(description=", ".join(STATES))
    percent: int
    version: int
    updated_at: AwareDatetime | None
    dossier_status: str | None


class ResponseListAnswer(Answer):
    """One page of sites; `next` is the cursor of the following one, null at the end."""

    responses: list[ResponseLineAnswer]
    next: str | None


class ProgressAnswer(Answer):
    """How many sites of one group are where; `name` is null where it is not told."""

    name: str | None
    total: int
    sent: int = Field(description="submitted or validated")
    counts: Mapping[str, int]

    @classmethod
    def of(cls, line: GroupProgress) -> Self:
        """Return the answer that tells `line`."""
        return cls(name=line.name, total=line.total, sent=line.sent, counts=line.counts)


class ProgressListAnswer(Answer):
    """The progress of an edition by group; a site with schools of two networks is in both."""

    by: Grouping
    groups: list[ProgressAnswer]
    total: ProgressAnswer


class WaitingAnswer(Answer):
    """The sites that wait to be asked; `digest` stands for exactly these, as they are now."""

    sites: int
    digest: str


class Seen(BaseModel):
    """The digest of the sites that were shown."""

    model_config = ConfigDict(extra="forbid")

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


class Opening(BaseModel):
    """How many of the waiting sites to ask now."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(200, ge=1, le=MAX_OPENED)


class OpenedAnswer(Answer):
    """What became of one site; `refused` is empty when its cadastre is now awaited."""

    site_id: int
    site: str
    refused: list[str]


class OpenedListAnswer(Answer):
    """What became of each site; `remaining` wait for the next call."""

    sites: list[OpenedAnswer]
    remaining: int


@router.get("/editions")
def get_editions(session: Reading) -> EditionListAnswer:
    """List the editions."""
    return EditionListAnswer(
        editions=[EditionAnswer.model_validate(each) for each in list_editions(session)]
    )


@router.get("/editions/{code}")
def get_edition(session: Reading, code: Code) -> EditionAnswer:
    """Return one edition."""
    return EditionAnswer.model_validate(edition_of(session, code))


@router.get("/editions/{code}/questionnaire")
def get_questionnaire(session: Reading, code: Code) -> QuestionnaireAnswer:
    """Return what an edition asks."""
    questionnaire = questionnaire_of(session, edition_of(session, code))
    return QuestionnaireAnswer(
        version=questionnaire.version, questionnaire=questionnaire.model_dump(mode="json")
    )


@router.get("/editions/{code}/responses")
def get_edition_responses(
    session: Reading,
    viewer: ApiViewer,
    code: Code,
    *,
    q: Text = "",
    state: Annotated[str | None, Query(max_length=20, description=", ".join(STATES))] = None,
    province: Text = "",
    education_network: Text = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> ResponseListAnswer:
    """List the sites that an edition asks; `after` is the `next` of the page before."""
    if state is not None and state not in STATES:
        raise InvalidInput(
            Sentence("Cet état n’existe pas"),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(STATES)),
        )
    wanted = ResponseFilter(state, province or None, education_network or None, q)
    found = list_responses(
        session,
        viewer,
        edition_of(session, code),
        wanted,
        after=read_site_cursor(after),
        limit=limit,
    )
    return ResponseListAnswer(
        responses=[ResponseLineAnswer.model_validate(line) for line in found.lines],
        next=site_cursor(found.next),
    )


@router.get("/editions/{code}/progress")
def get_edition_progress(
    session: Reading, viewer: ApiViewer, code: Code, *, by: Grouping = Grouping.PROVINCE
) -> ProgressListAnswer:
    """Return how far an edition is, by province or by education network."""
    lines = progress(session, viewer, edition_of(session, code), by)
    return ProgressListAnswer(
        by=by,
        groups=[ProgressAnswer.of(line) for line in lines],
        total=ProgressAnswer.of(total(lines)),
    )


@router.get("/editions/{code}/opening", dependencies=_DECIDE)
def get_opening(session: Reading, viewer: ApiViewer, code: Code) -> WaitingAnswer:
    """Return how many sites opening an edition would ask now, and what stands for them."""
    edition_of(session, code)
    waiting = waiting_sites(session, sites_within(viewer, Right.DECIDE_CADASTRE))
    return WaitingAnswer(sites=len(waiting.versions), digest=waiting.digest)


@router.post("/editions/{code}/opening", status_code=HTTPStatus.ACCEPTED, dependencies=_DECIDE)
def post_opening(
    here: Here, viewer: ApiViewer, speech: Speech, response: Response, *, code: Code, seen: Seen
) -> JobAnswer:
    """Ask the sites that were shown for their cadastre, in the background."""
    with here.database.write(viewer.actor) as session:
        answer = JobAnswer.of(request_opening(session, viewer, code, seen.digest), speech)
    response.headers["Location"] = job_address(answer)
    return answer


@router.post("/editions/{code}/open", dependencies=_DECIDE)
def post_open(
    here: Here, viewer: ApiViewer, speech: Speech, code: Code, wanted: Opening | None = None
) -> OpenedListAnswer:
    """Ask some identified sites for their cadastre at once; each site's outcome is told."""
    done, remaining = open_edition(
        here.database,
        code,
        actor=viewer.actor,
        within=sites_within(viewer, Right.DECIDE_CADASTRE),
        limit=(wanted or Opening()).limit,
    )
    return OpenedListAnswer(
        sites=[
            OpenedAnswer(
                site_id=each.site_id,
                site=each.site,
                refused=[speech.say(said) for said in each.refused],
            )
            for each in done
        ],
        remaining=remaining,
    )
