"""/api/v1/work-orders: what installers are to do at schools, and what they report from there.

What is reported carries a `client_id` of the sender's own: sent again, it is one record.
"""

from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http.answers import Answer
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.uploads import content_path, visible_upload
from api.usecases.work_orders import (
    Appointment,
    cancel_order,
    change_order,
    devices_of_site,
    finish_order,
    list_orders,
    order_to_work_on,
    plan_order,
    still_to_do,
    visible_order,
)
from api.usecases.work_steps import (
    answer_item,
    keep_photo,
    links_of,
    place_device,
    scan_device,
    take_cable_tests,
    take_reserve,
)
from api.web.language import Tongue
from inventory.models import (
    CableLink,
    DeviceRole,
    ReserveSeverity,
    ScannedDevice,
    WorkAnswer,
    WorkKind,
    WorkOrder,
    WorkState,
)
from inventory.sentences import worded

router = APIRouter(prefix="/work-orders", tags=["work orders"], dependencies=[Needs(Right.SEE)])
_Text = Annotated[str, Field(max_length=2000, pattern="^[^\\x00]*$")]
_Short = Annotated[str, Field(max_length=120, pattern="^[^\\x00]*$")]
_ClientId = Annotated[str, Field(min_length=1, max_length=80, pattern="^[!-~]+$")]
_Id = Annotated[int, Field(ge=1, le=MAX_ROW_ID)]
_PLANS, _WORKS = [Needs(Right.PLAN_WORK)], [Needs(Right.DO_WORK)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VisitWanted(_Body):
    """Who comes, when, and how the school lets them in; null: not fixed."""

    installer: _Short | None = Field(None, description="login")
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    access_note: _Text | None = None

    @property
    def appointment(self) -> Appointment:
        """Return the appointment."""
        return Appointment(self.starts_at, self.ends_at, self.access_note)


class OrderWanted(VisitWanted):
    """An order at a site."""

    site_id: _Id
    kind: WorkKind


class Checked(_Body):
    """What is said of a point of the checklist."""

    item_id: _Short
    answer: WorkAnswer
    note: _Text = ""


class Scanned(_Body):
    """A serial number as its label shows it. The role counts where it was not ordered by serial."""

    client_id: _ClientId
    serial: _Short
    role: DeviceRole = DeviceRole.ACCESS_POINT
    model: _Short = ""


class Placed(_Body):
    """Where a scanned device was put."""

    device_id: _Id
    room: _Short
    name: _Short = ""
    switch: _Short = ""
    port: _Short = ""


class HandedIn(_Body):
    """A file that was handed in at /api/v1/uploads."""

    client_id: _ClientId
    upload_id: _Id
    caption: _Short = ""


class ReserveTaken(_Body):
    """A defect that was seen."""

    client_id: _ClientId
    message: Annotated[_Text, Field(min_length=1)]
    severity: ReserveSeverity = ReserveSeverity.MINOR


class OrderAnswer(Answer):
    """One order."""

    id: int
    site_id: int
    kind: WorkKind
    state: WorkState
    installer_id: int | None
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    access_note: str | None
    planned_by: str
    planned_at: AwareDatetime
    done_at: AwareDatetime | None
    done_by: str | None

    @classmethod
    def of(cls, order: WorkOrder) -> Self:
        """Return the answer that tells `order`."""
        return cls.model_validate(order)


class OrderListAnswer(Answer):
    """One page of orders, newest first; `next` is null at the end."""

    orders: list[OrderAnswer]
    next: str | None


class ScannedAnswer(Answer):
    """A device that was scanned; `room` null: not placed yet."""

    id: int
    order_id: int
    serial: str
    role: DeviceRole
    model: str | None
    expected: bool = Field(description="ordered for this site by this serial")
    name: str | None
    room: str | None
    switch: str | None
    port: str | None


class LinkAnswer(Answer):
    """One permanent link; `fault` null: it is as it should be."""

    label: str
    length_m: float | None
    category: str | None
    passed: bool
    fault: str | None

    @classmethod
    def of(cls, link: CableLink, speech: Tongue) -> Self:
        """Return the answer that tells a link."""
        told = cls.model_validate(link)
        if link.fault:
            told.fault = speech.say(worded(link.fault, link.fault_wording))
        return told


class OrderDetailAnswer(OrderAnswer):
    """One order with what was reported; `still_to_do` keeps it from being ended."""

    devices: list[ScannedAnswer] = Field(description="of the whole site")
    links: list[LinkAnswer]
    still_to_do: list[str]


class DoneAnswer(Answer):
    """A record of something reported; the same after the same was sent again."""

    id: int


@router.get("")
def get_work_orders(
    session: Reading,
    viewer: ApiViewer,
    *,
    site_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    mine: bool = False,
    open: bool = False,  # noqa: A002 - the word of the API
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> OrderListAnswer:
    """List orders; `mine`: those given to the caller."""
    rows = list_orders(
        session,
        viewer,
        site_id=site_id,
        mine=mine,
        still_open=open,
        before=read_id_cursor(after),
        limit=limit + 1,
    )
    more = rows[limit - 1][0].id if len(rows) > limit else None
    return OrderListAnswer(
        orders=[OrderAnswer.of(order) for order, _ in rows[:limit]], next=id_cursor(more)
    )


@router.post("", status_code=HTTPStatus.CREATED, dependencies=_PLANS)
def post_work_order(here: Here, viewer: ApiViewer, wanted: OrderWanted) -> OrderAnswer:
    """Plan an order at a site."""
    with here.database.write(viewer.actor) as session:
        order = plan_order(
            session,
            viewer,
            wanted.site_id,
            wanted.kind,
            installer=wanted.installer,
            appointment=wanted.appointment,
        )
        return OrderAnswer.of(order)


@router.get("/{order_id}")
def get_work_order(
    session: Reading, viewer: ApiViewer, speech: Speech, order_id: RowId
) -> OrderDetailAnswer:
    """Return one order with what was reported from the school."""
    return _detail(session, visible_order(session, viewer, order_id), speech)


@router.post("/{order_id}/visit", dependencies=_PLANS)
def post_work_visit(
    here: Here, viewer: ApiViewer, order_id: RowId, wanted: VisitWanted
) -> OrderAnswer:
    """Give an order to an installer, with an appointment."""
    with here.database.write(viewer.actor) as session:
        order = change_order(
            session,
            viewer,
            order_id,
            installer=wanted.installer,
            appointment=wanted.appointment,
        )
        return OrderAnswer.of(order)


@router.post("/{order_id}/checks", dependencies=_WORKS)
def post_work_check(here: Here, viewer: ApiViewer, order_id: RowId, said: Checked) -> DoneAnswer:
    """Answer a point of the checklist; the last word counts."""
    with here.database.write(viewer.actor) as session:
        row = answer_item(session, viewer, order_id, said.item_id, said.answer, note=said.note)
        return DoneAnswer.model_validate(row)


@router.post("/{order_id}/serials", dependencies=_WORKS)
def post_work_serial(
    here: Here, viewer: ApiViewer, order_id: RowId, said: Scanned
) -> ScannedAnswer:
    """Keep a device by its serial number; one that is known elsewhere is refused."""
    with here.database.write(viewer.actor) as session:
        row = scan_device(
            session,
            viewer,
            order_id,
            said.client_id,
            text=said.serial,
            role=said.role,
            model=said.model,
        )
        return ScannedAnswer.model_validate(row)


@router.post("/{order_id}/placements", dependencies=_WORKS)
def post_work_placement(
    here: Here, viewer: ApiViewer, order_id: RowId, said: Placed
) -> ScannedAnswer:
    """Say where a scanned device was put; said again, it counts anew."""
    with here.database.write(viewer.actor) as session:
        row: ScannedDevice = place_device(
            session,
            viewer,
            order_id,
            said.device_id,
            room=said.room,
            name=said.name,
            switch=said.switch,
            port=said.port,
        )
        return ScannedAnswer.model_validate(row)


@router.post("/{order_id}/photos", dependencies=_WORKS)
def post_work_photo(here: Here, viewer: ApiViewer, order_id: RowId, said: HandedIn) -> DoneAnswer:
    """Add a photo to an order."""
    with here.database.write(viewer.actor) as session:
        order_to_work_on(session, viewer, order_id)
        visible_upload(session, viewer, said.upload_id)
        row = keep_photo(
            session,
            viewer,
            order_id,
            said.client_id,
            upload_id=said.upload_id,
            caption=said.caption,
        )
        return DoneAnswer.model_validate(row)


@router.post("/{order_id}/cable-tests", dependencies=_WORKS)
def post_work_cable_tests(
    here: Here, viewer: ApiViewer, speech: Speech, order_id: RowId, said: HandedIn
) -> list[LinkAnswer]:
    """Read the table of a cable certifier; returns every link of the order, faults first."""
    with here.database.read() as session:
        visible_order(session, viewer, order_id)
        digest = visible_upload(session, viewer, said.upload_id).sha256
    content = content_path(here.settings, digest).read_bytes()
    with here.database.write(viewer.actor) as session:
        _, links = take_cable_tests(
            session,
            viewer,
            order_id,
            said.client_id,
            upload_id=said.upload_id,
            content=content,
        )
        return [LinkAnswer.of(each, speech) for each in links]


@router.post("/{order_id}/reserves", dependencies=_WORKS)
def post_work_reserve(
    here: Here, viewer: ApiViewer, order_id: RowId, said: ReserveTaken
) -> DoneAnswer:
    """Open a reserve of the site."""
    with here.database.write(viewer.actor) as session:
        row = take_reserve(
            session,
            viewer,
            order_id,
            said.client_id,
            message=said.message,
            severity=said.severity,
        )
        return DoneAnswer.model_validate(row)


@router.post("/{order_id}/end", dependencies=_WORKS)
def post_work_end(here: Here, viewer: ApiViewer, order_id: RowId) -> OrderAnswer:
    """End an order whose work is reported whole."""
    with here.database.write(viewer.actor) as session:
        return OrderAnswer.of(finish_order(session, viewer, order_id))


@router.post("/{order_id}/cancellation", dependencies=_PLANS)
def post_work_cancellation(here: Here, viewer: ApiViewer, order_id: RowId) -> OrderAnswer:
    """Cancel an order; what was reported stays."""
    with here.database.write(viewer.actor) as session:
        return OrderAnswer.of(cancel_order(session, viewer, order_id))


def _detail(session: Session, order: WorkOrder, speech: Tongue) -> OrderDetailAnswer:
    return OrderDetailAnswer(
        **OrderAnswer.of(order).model_dump(),
        devices=[
            ScannedAnswer.model_validate(each) for each in devices_of_site(session, order.site_id)
        ],
        links=[LinkAnswer.of(each, speech) for each in links_of(session, order.id or 0)],
        still_to_do=[speech.say(each) for each in still_to_do(session, order)],
    )
