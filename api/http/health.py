"""/healthz: whether the installation works, for a load balancer; nothing else is told."""

from http import HTTPStatus
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.http.dependencies import Here
from api.http.needs import Anybody
from api.usecases.status import jobs_process_alive

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)

Answer = Literal["ok", "failing"]


class HealthAnswer(BaseModel):
    """`status` is ok when every part is."""

    status: Answer
    database: Answer
    jobs: Answer


@router.get("/healthz", dependencies=[Anybody("whether it works, nothing else")])
def healthz(here: Here, response: Response) -> HealthAnswer:
    """Return 200 when the database answers and a jobs process gives signs of life, else 503."""
    try:
        with here.database.read() as session:
            jobs = jobs_process_alive(session)
        database = True
    except SQLAlchemyError:
        log.exception("healthz_database_failed")
        database = jobs = False
    if not (database and jobs):
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthAnswer(
        status=_word(well=database and jobs), database=_word(well=database), jobs=_word(well=jobs)
    )


def _word(*, well: bool) -> Answer:
    return "ok" if well else "failing"
