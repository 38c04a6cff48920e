"""/api/v1/devices: one device, its last observation and its last events."""

from fastapi import APIRouter

from api.http.answers import DeviceAnswer, EventAnswer, ObservationAnswer
from api.http.dependencies import ApiViewer, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases import device_detail, site_detail
from api.usecases.scope import Right
from inventory.errors import NotFound
from inventory.sentences import Sentence

router = APIRouter(prefix="/devices", tags=["devices"], dependencies=[Needs(Right.SEE)])


@router.get("/{device_id}")
def get_device(session: Reading, viewer: ApiViewer, device_id: RowId) -> DeviceAnswer:
    """Return one device as last observed."""
    return DeviceAnswer.model_validate(site_detail.visible_device(session, viewer, device_id))


@router.get("/{device_id}/observation")
def get_observation(session: Reading, viewer: ApiViewer, device_id: RowId) -> ObservationAnswer:
    """Return what a device last said of itself."""
    site_detail.visible_device(session, viewer, device_id)
    reading = site_detail.last_readings(session, [device_id]).get(device_id)
    if reading is None:
        raise NotFound(Sentence("L’équipement n°%(id)s n’a jamais été lu", id=device_id))
    return ObservationAnswer(device_id=device_id, at=reading.at, observation=reading.body)


@router.get("/{device_id}/events")
def get_events(
    session: Reading, viewer: ApiViewer, speech: Speech, device_id: RowId
) -> list[EventAnswer]:
    """Return the last hundred things that happened at a device, traps among them, newest first."""
    site_detail.visible_device(session, viewer, device_id)
    told = device_detail.events(session, device_id, limit=100)
    return [EventAnswer.of(event, speech) for event in told]
