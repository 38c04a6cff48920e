"""/api/v1/sites: the sites that the caller may see, and what stands at each."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers import (
    DeviceAnswer,
    DeviceListAnswer,
    FindingAnswer,
    FindingListAnswer,
    ImplantationAnswer,
    SiteAnswer,
    SiteDetailAnswer,
    SiteListAnswer,
)
from api.http.cursor import MAX_CURSOR_CHARACTERS, read_site_cursor, site_cursor
from api.http.dependencies import ApiViewer, Reading, RowId, Speech
from api.http.needs import Needs
from api.usecases import site_detail
from api.usecases.scope import Right
from api.usecases.sites import Condition, SiteFilter, list_sites, site_line
from inventory.programme.dossier import Status

router = APIRouter(prefix="/sites", tags=["sites"], dependencies=[Needs(Right.SEE)])

Text = Annotated[str | None, Query(max_length=200)]


@router.get("")
def get_sites(
    session: Reading,
    viewer: ApiViewer,
    *,
    q: Annotated[str, Query(max_length=200, description="name, commune or FASE numbers")] = "",
    province: Text = None,
    status: Status | None = None,
    condition: Condition | None = None,
    canton: Annotated[str | None, Query(max_length=60, description="an id of by_canton")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> SiteListAnswer:
    """List sites in the order of their names; `after` is the `next` of the page before."""
    wanted = SiteFilter(_clean(q), _clean(province), _clean(canton), status, condition)
    found = list_sites(session, viewer, wanted, after=read_site_cursor(after), limit=limit)
    return SiteListAnswer(
        sites=[SiteAnswer.of(line) for line in found.sites], next=site_cursor(found.next)
    )


@router.get("/{site_id}")
def get_site(session: Reading, viewer: ApiViewer, site_id: RowId) -> SiteDetailAnswer:
    """Return one site."""
    line = site_line(session, viewer, site_id)
    site = site_detail.visible_site(session, viewer, site_id)
    return SiteDetailAnswer(
        **SiteAnswer.of(line).model_dump(),
        address=site.address,
        postal_code=site.postal_code,
        locality=site.locality,
        latitude=site.latitude,
        longitude=site.longitude,
        implantations=[
            ImplantationAnswer.of(each) for each in site_detail.implantations(session, site_id)
        ],
    )


@router.get("/{site_id}/devices")
def get_site_devices(session: Reading, viewer: ApiViewer, site_id: RowId) -> DeviceListAnswer:
    """List the devices of one site."""
    site_detail.visible_site(session, viewer, site_id)
    return DeviceListAnswer(
        devices=[DeviceAnswer.model_validate(d) for d in site_detail.devices(session, site_id)]
    )


@router.get("/{site_id}/findings")
def get_site_findings(
    session: Reading, viewer: ApiViewer, speech: Speech, site_id: RowId
) -> FindingListAnswer:
    """List the open findings of one site, the gravest first, all of them."""
    site_detail.visible_site(session, viewer, site_id)
    found = site_detail.open_findings(session, site_id)
    return FindingListAnswer(
        findings=[FindingAnswer.of(each.row, speech) for each in found], next=None
    )


def _clean(text: str | None) -> str:
    # PostgreSQL takes no NUL in a text.
    return (text or "").replace("\0", "")
