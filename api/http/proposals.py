"""/api/v1/proposals: what discovery found and nobody accepted yet; accept or refuse it."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer, DeviceAnswer
from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases.proposal_decisions import (
    ProposalFilter,
    ProposalLine,
    accept,
    find_proposal,
    list_proposals,
    read_line,
    refuse,
)
from api.usecases.scope import Right
from api.usecases.site_detail import visible_site
from inventory.models import DeviceRole, ProposalSource, ProposalState, SiteReason

router = APIRouter(prefix="/proposals", tags=["proposals"], dependencies=[Needs(Right.SEE)])


class ProposalAnswer(Answer):
    """Something found. `answered`: it was read over SNMP; else `unread_because` says why not."""

    id: int
    state: ProposalState
    zone: str
    site: str | None
    site_id: int | None
    site_reason: SiteReason | None
    source: ProposalSource
    seen_by: str | None = Field(description="who hears it on `seen_on`, or lists it")
    seen_by_id: int | None
    seen_on: str | None
    protocol: str | None
    name: str
    role: DeviceRole
    family: str
    vendor: str | None
    model: str | None
    firmware: str | None
    description: str | None
    serial: str | None
    macs: list[str]
    host: str | None
    answered: bool
    unread_because: str | None
    capabilities: list[str]
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    decided_at: AwareDatetime | None
    decided_by: str | None
    reason: str | None
    device_id: int | None

    @classmethod
    def of(cls, line: ProposalLine) -> Self:
        """Return the answer that tells `line`."""
        return cls.model_validate({**line.row.model_dump(), "zone": line.zone, "site": line.site})


class ProposalListAnswer(Answer):
    """One page of proposals, newest first; `next` is the cursor of the following one."""

    proposals: list[ProposalAnswer]
    next: str | None


class Acceptance(BaseModel):
    """Where a device stands, what it is called and for; null: as it is proposed."""

    model_config = ConfigDict(extra="forbid")

    site_id: int | None = Field(None, ge=1, le=MAX_ROW_ID)
    name: str | None = Field(None, max_length=200, pattern=r"^[^\x00]*$")
    role: DeviceRole | None = None


class Refusal(BaseModel):
    """Why it is refused."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")


@router.get("")
def get_proposals(
    session: Reading,
    viewer: ApiViewer,
    *,
    state: ProposalState = ProposalState.OPEN,
    site_id: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> ProposalListAnswer:
    """List the proposals that the caller may see, newest first: by default those that wait."""
    wanted = ProposalFilter(state, site_id=site_id)
    lines = list_proposals(session, viewer, wanted, before=read_id_cursor(after), limit=limit + 1)
    more = lines[limit - 1].row.id if len(lines) > limit else None
    return ProposalListAnswer(
        proposals=[ProposalAnswer.of(line) for line in lines[:limit]], next=id_cursor(more)
    )


@router.get("/{proposal_id}")
def get_proposal(session: Reading, viewer: ApiViewer, proposal_id: RowId) -> ProposalAnswer:
    """Return one proposal."""
    return ProposalAnswer.of(read_line(session, viewer, proposal_id))


@router.post("/{proposal_id}/accept", dependencies=[Needs(Right.ACCEPT_DEVICES)])
def post_proposal_acceptance(
    here: Here, viewer: ApiViewer, proposal_id: RowId, wanted: Acceptance
) -> DeviceAnswer:
    """Make a proposal a device and return it."""
    with here.database.write(viewer.actor) as session:
        if wanted.site_id is not None:
            visible_site(session, viewer, wanted.site_id)
        device = accept(
            session,
            find_proposal(session, viewer, proposal_id),
            viewer=viewer,
            actor=viewer.actor,
            site_id=wanted.site_id,
            name=wanted.name,
            role=wanted.role,
        )
        session.flush()
        return DeviceAnswer.model_validate(device)


@router.post("/{proposal_id}/refuse", dependencies=[Needs(Right.ACCEPT_DEVICES)])
def post_proposal_refusal(
    here: Here, viewer: ApiViewer, proposal_id: RowId, wanted: Refusal
) -> ProposalAnswer:
    """Refuse a proposal; seen again it stays refused."""
    with here.database.write(viewer.actor) as session:
        row = find_proposal(session, viewer, proposal_id)
        refuse(session, row, viewer=viewer, actor=viewer.actor, reason=wanted.reason)
        session.flush()
        return ProposalAnswer.of(read_line(session, viewer, proposal_id))
