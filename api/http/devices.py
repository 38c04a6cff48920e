"""/api/v1/devices: devices found and edited, one with its last observation and its last events."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.http.answers import DeviceAnswer, DevicePageAnswer, EventAnswer, ObservationAnswer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases import device_detail, site_detail
from api.usecases.device_list import DeviceEdit, DeviceFilter, edit_device, list_devices, lock_of
from api.usecases.scope import Right
from inventory.errors import NotFound
from inventory.models import DeviceRole, Health, Lifecycle
from inventory.sentences import Sentence

router = APIRouter(prefix="/devices", tags=["devices"], dependencies=[Needs(Right.SEE)])

Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]


class DeviceChange(BaseModel):
    """What is changed of a device; what is not named is left as it is."""

    model_config = ConfigDict(extra="forbid")

    lifecycle: Lifecycle = Lifecycle.ACTIVE
    room_id: Annotated[int, Field(ge=1, le=MAX_ROW_ID)] | None = None
    tags: list[Annotated[str, Field(pattern=r"^[\w.:-]{1,60}$")]] = Field(
        default_factory=list, max_length=50
    )


@router.get("")
def get_devices(
    session: Reading,
    viewer: ApiViewer,
    *,
    q: Annotated[str, Query(max_length=200, description="begins a name or a serial")] = "",
    site_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    province: Word = None,
    family: Word = None,
    role: DeviceRole | None = None,
    lifecycle: Lifecycle | None = None,
    health: Health | None = None,
    tag: Word = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> DevicePageAnswer:
    """List devices in the order of their ids; `after` is the `next` of the page before."""
    wanted = DeviceFilter(
        q.replace("\0", ""), site_id, province, family, role, lifecycle, health, tag
    )
    found = list_devices(session, viewer, wanted, after=read_id_cursor(after), limit=limit)
    return DevicePageAnswer(
        devices=[DeviceAnswer.model_validate(each) for each in found.devices],
        next=id_cursor(found.next),
    )


@router.get("/{device_id}", responses=READ_RESPONSES)
def get_device(session: Reading, viewer: ApiViewer, reads: Reads, device_id: RowId) -> DeviceAnswer:
    """Return one device as last observed."""
    device = site_detail.visible_device(session, viewer, device_id)
    answer = DeviceAnswer.model_validate(device)
    reads.about(lock_of(device))
    return answer


@router.patch("/{device_id}", dependencies=[Needs(Right.ACCEPT_DEVICES)], responses=WRITE_RESPONSES)
def patch_device(
    here: Here, viewer: ApiViewer, writes: Writes, device_id: RowId, change: DeviceChange
) -> DeviceAnswer:
    """Change a device's lifecycle, room or tags; a poll meanwhile does not stand against it."""
    with here.database.write(viewer.actor) as session:
        device = site_detail.visible_device(session, viewer, device_id)
        writes.demand(
            session,
            device,
            lock=lock_of,
            now=DeviceAnswer.model_validate,
            what=Sentence("Cet équipement a été modifié depuis que vous l’avez lu"),
        )
        edit_device(session, viewer, device, DeviceEdit(change.model_dump(exclude_unset=True)))
        return DeviceAnswer.model_validate(device)


@router.get("/{device_id}/observation")
def get_device_observation(
    session: Reading, viewer: ApiViewer, device_id: RowId
) -> ObservationAnswer:
    """Return what a device last said of itself."""
    site_detail.visible_device(session, viewer, device_id)
    reading = site_detail.last_readings(session, [device_id]).get(device_id)
    if reading is None:
        raise NotFound(Sentence("L’équipement n°%(id)s n’a jamais été lu", id=device_id))
    return ObservationAnswer(device_id=device_id, at=reading.at, observation=reading.body)


@router.get("/{device_id}/events")
def get_device_events(
    session: Reading, viewer: ApiViewer, speech: Speech, device_id: RowId
) -> list[EventAnswer]:
    """Return the last hundred things that happened at a device, traps among them, newest first."""
    site_detail.visible_device(session, viewer, device_id)
    told = device_detail.events(session, device_id, limit=100)
    return [EventAnswer.of(event, speech) for event in told]
