"""The header Idempotency-Key: a write that is sent again is answered as it was, and not done again.

@router.post("/…", responses=ONCE_RESPONSES)
def post_thing(here: Here, once: Once, …) -> …:
with here.database.write(viewer.actor) as session:
…
once.keep(session, answer, HTTPStatus.CREATED, {"Location": …})
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.http.dependencies import ApiViewer, Here
from api.http.problems import PROBLEM_RESPONSE
from api.usecases.idempotency import StoredAnswer, begin, give_up, keep_answer

ONCE_RESPONSES: dict[int | str, dict[str, Any]] = {
    409: PROBLEM_RESPONSE | {"description": "Its state forbids it, or the key is in use."},
}
_REPLAYED = {"Idempotent-Replayed": "true"}


class AlreadyAnswered(Exception):
    """The request was answered before: the same answer is sent again."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer

    def response(self) -> Response:
        """Return what was answered."""
        headers = {**self.answer.headers, **_REPLAYED}
        return Response(self.answer.body, self.answer.status, headers, "application/json")


@dataclass
class OneWrite:
    """A write that is done once; without a key it is done as often as it is sent."""

    user_id: int
    key: str | None
    kept: bool = False

    def keep(
        self,
        session: Session,
        answer: BaseModel,
        status: HTTPStatus = HTTPStatus.OK,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Keep what is answered, in the transaction of the write."""
        if self.key is not None:
            told = StoredAnswer(status, answer.model_dump_json(), headers or {})
            keep_answer(session, self.user_id, self.key, told)
            self.kept = True


async def one_write(
    request: Request,
    here: Here,
    viewer: ApiViewer,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="the same for a write that is sent again; kept for a day",
        ),
    ] = None,
) -> AsyncIterator[OneWrite]:
    """Yield the write; raises AlreadyAnswered, NotTheSameRequest and Conflict."""
    key = idempotency_key.strip('"') if idempotency_key else None
    write = OneWrite(viewer.user_id, key or None)
    if write.key is not None:
        digest = await _digest(request)
        answer = await run_in_threadpool(begin, here.database, write.user_id, write.key, digest)
        if answer is not None:
            raise AlreadyAnswered(answer)
    try:
        yield write
    finally:
        if write.key is not None and not write.kept:
            await run_in_threadpool(give_up, here.database, write.user_id, write.key)


Once = Annotated[OneWrite, Depends(one_write)]


async def _digest(request: Request) -> str:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n"
    condition = request.headers.get("if-match", "")
    return hashlib.sha256(asked.encode() + condition.encode() + await request.body()).hexdigest()
