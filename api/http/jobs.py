"""/api/v1/jobs: ask for a poll or an audit, and see what came of it."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.answers import JobAnswer, JobListAnswer, job_address
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.jobs.requests import JobRequest, list_jobs, request_job, visible_job
from api.usecases.scope import Right

router = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[Needs(Right.SEE)])


class JobWanted(BaseModel):
    """A job for one site; without `site_id`, for every site."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["audit", "poll"]
    site_id: int | None = Field(None, ge=1, le=MAX_ROW_ID)


@router.post("", status_code=HTTPStatus.ACCEPTED, dependencies=[Needs(Right.RUN_JOBS)])
def post_job(
    here: Here, viewer: ApiViewer, speech: Speech, wanted: JobWanted, response: Response
) -> JobAnswer:
    """Queue a job, or return the same one that already waits."""
    with here.database.write(viewer.actor) as session:
        job = request_job(session, viewer, JobRequest(wanted.kind, wanted.site_id))
        answer = JobAnswer.of(job, speech)
    response.headers["Location"] = job_address(answer)
    return answer


@router.get("")
def get_jobs(
    session: Reading,
    viewer: ApiViewer,
    speech: Speech,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> JobListAnswer:
    """List the caller's jobs and those of the sites it may see, newest first."""
    rows = list_jobs(session, viewer, before=read_id_cursor(after), limit=limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return JobListAnswer(
        jobs=[JobAnswer.of(row, speech) for row in rows[:limit]], next=id_cursor(more)
    )


@router.get("/{job_id}")
def get_job(session: Reading, viewer: ApiViewer, speech: Speech, job_id: RowId) -> JobAnswer:
    """Return one job."""
    return JobAnswer.of(visible_job(session, viewer, job_id), speech)
