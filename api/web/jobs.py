"""One job as it goes: how far it is, what came of it, or why it did not end well."""

from fastapi import APIRouter, Request, Response

from api.http.dependencies import Browser, Reading, RowId
from api.http.needs import Needs
from api.jobs.requests import visible_job
from api.usecases.scope import Right
from api.web import texts
from api.web.templating import page
from inventory.models import JobState
from inventory.sentences import worded

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])


@router.get("/travaux/{job_id}")
def job_page(request: Request, browser: Browser, session: Reading, job_id: RowId) -> Response:
    """Show one job; while it waits or runs, that part of the page loads itself again."""
    job = visible_job(session, browser.viewer, job_id)
    return page(
        request,
        "job.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        job=job,
        kind=texts.JOB_KIND.get(job.kind, job.kind),
        active=job.state in {JobState.QUEUED, JobState.RUNNING},
        why=worded(job.error, job.error_wording) if job.error_wording and job.error else None,
        worded=lambda each: worded(each.get("text", ""), each),
    )
