"""/api/v1/plans: deployment plans, and one of them live as server-sent events."""

import json
import time
from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.http.answers import PlanAnswer, PlanListAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import (
    ApiViewer,
    Here,
    Installation,
    Reading,
    RowId,
    asking,
    who_asks,
)
from api.http.live import TooManyStreams, Watching
from api.http.needs import Need, Needs
from api.http.problems import PROBLEM_RESPONSE
from api.usecases.plans import (
    ENDED,
    FOLLOWED,
    DeviceProgress,
    PlanProgress,
    list_plans,
    plan_line,
    visible_pushes,
    waves_of,
)
from api.usecases.scope import Right, Viewer
from api.web import texts
from api.web.language import Tongue, language_of, tongue
from api.web.push_texts import PUSH_STEP
from inventory.sentences import Sentence

router = APIRouter(prefix="/plans", tags=["plans"])

MAX_STREAMS = 200
HEARTBEAT_S = 15.0
# Then the browser comes again by itself, and is asked again who it is and what it may see.
STREAM_LASTS_S = 600.0
_RETRY_MS = 3000
EVENT_STREAM = "text/event-stream"
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string", "enum": ["device", "plan", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
    },
}


@router.get("", dependencies=[Needs(Right.SEE)])
def get_plans(
    session: Reading,
    viewer: ApiViewer,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> PlanListAnswer:
    """List deployment plans, newest first; `after` is the `next` of the page before."""
    found = list_plans(session, viewer, before=read_id_cursor(after), limit=limit)
    return PlanListAnswer(
        plans=[PlanAnswer.of(line) for line in found.plans], next=id_cursor(found.next)
    )


@router.get("/{plan_id}", dependencies=[Needs(Right.SEE)])
def get_plan(session: Reading, viewer: ApiViewer, plan_id: RowId) -> PlanAnswer:
    """Return one plan and how many of its devices are in each state."""
    return PlanAnswer.of(plan_line(session, viewer, plan_id))


@router.get(
    "/{plan_id}/events",
    response_class=StreamingResponse,
    dependencies=[Needs(Right.SEE, within=True)],
    responses={
        200: {"content": {EVENT_STREAM: {"schema": _EVENT}}},
        503: PROBLEM_RESPONSE | {"description": "As many follow plans as can be served."},
    },
)
async def get_plan_events(
    request: Request,
    here: Here,
    plan_id: RowId,
    last_event_id: Annotated[str, Header(max_length=50)] = "",
) -> StreamingResponse:
    """Follow a plan: `device` for each device that moved, `plan` for the whole, `end` at its end.

    Server-sent events (HTML Living Standard, 9.2). A client that comes again with Last-Event-ID is
    told what moved since.
    """
    # Not by dependencies: theirs would hold a database session as long as the stream lasts.
    viewer, pushes = await run_in_threadpool(_may_follow, here, request, plan_id)
    watching: Watching = request.app.state.watching
    if watching.watchers >= MAX_STREAMS:
        raise TooManyStreams(
            Sentence("Trop de personnes suivent des plans en direct"),
            todo=Sentence("réessayez dans une minute"),
        )
    speech = tongue(language_of(request, viewer))
    stream = _stream(watching, plan_id, pushes, speech, _read_mark(last_event_id))
    headers = {"X-Accel-Buffering": "no"}  # nginx would keep events back
    return StreamingResponse(stream, media_type=EVENT_STREAM, headers=headers)


def _may_follow(
    here: Installation, request: Request, plan_id: int
) -> tuple[Viewer, frozenset[int]]:
    with here.database.read() as session:
        viewer = asking(request, who_asks(request, session))
        Need(Right.SEE).check(viewer)
        return viewer, visible_pushes(session, viewer, plan_id)


async def _stream(
    watching: Watching,
    plan_id: int,
    pushes: frozenset[int],
    speech: Tongue,
    mark: tuple[int, int] | None,
) -> AsyncIterator[str]:
    """Yield the events of one plan for one reader, until the plan or the stream's time ends."""
    ends = time.monotonic() + STREAM_LASTS_S
    seen: PlanProgress | None = None
    told: dict[int, DeviceProgress] = {}
    async with watching.watch(plan_id):
        yield f"retry: {_RETRY_MS}\n\n"
        while time.monotonic() < ends:
            progress = await watching.after(plan_id, seen, at_most_s=HEARTBEAT_S)
            if progress is None:
                yield ": still there\n\n"
                continue
            seen = progress
            devices = {each: p for each, p in progress.devices.items() if each in pushes}
            moved = [p for each, p in devices.items() if told.get(each) != p]
            if mark is not None:
                moved = _since(mark, moved, devices.values())
                mark = None
            for device in moved:
                yield _event("device", _device(device, speech))
            told = devices
            plan = _plan(progress, devices.values(), speech)
            yield _event("plan", plan, _mark(devices.values()))
            if progress.state not in FOLLOWED:
                yield _event("end", {"state": progress.state})
                return


def _mark(devices: Iterable[DeviceProgress]) -> tuple[int, int]:
    """Return the id of an event: the last step in any journal, and how many devices ended."""
    known = list(devices)
    steps = max((each.step_id for each in known), default=0)
    return steps, sum(each.state in ENDED for each in known)


def _since(
    mark: tuple[int, int], moved: list[DeviceProgress], devices: Iterable[DeviceProgress]
) -> list[DeviceProgress]:
    """Return those that moved after `mark`; one too many rather than one too few."""
    steps, ended = mark
    others_ended = _mark(devices)[1] != ended
    return [
        each for each in moved if each.step_id > steps or (others_ended and each.state in ENDED)
    ]


def _read_mark(text: str) -> tuple[int, int] | None:
    steps, _, ended = text.partition("-")
    digits = steps.isascii() and ended.isascii() and steps.isdigit() and ended.isdigit()
    return (int(steps), int(ended)) if digits else None


def _device(device: DeviceProgress, speech: Tongue) -> dict[str, Any]:
    label = texts.push_label(device.state, device.finished_at)
    step = PUSH_STEP.get(device.step or "", device.step)
    return {
        "push": device.push_id,
        "state": device.state,
        "label": speech.say(label.text),
        "tone": label.tone,
        "step": speech.say(step) if step and device.state not in ENDED else "",
    }


def _plan(
    progress: PlanProgress, devices: Iterable[DeviceProgress], speech: Tongue
) -> dict[str, Any]:
    known = list(devices)
    label = texts.PLAN_STATE[progress.state]
    return {
        "state": progress.state,
        "label": speech.say(label.text),
        "tone": label.tone,
        "ended": sum(each.state in ENDED for each in known),
        "total": len(known),
        "waves": [[each.wave, each.ended, each.total] for each in waves_of(known)],
    }


def _event(name: str, data: dict[str, Any], mark: tuple[int, int] | None = None) -> str:
    told = f"id: {mark[0]}-{mark[1]}\n" if mark is not None else ""
    return f"{told}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
