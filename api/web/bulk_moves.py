"""Moving many dossiers at once: choose, see what would come of each, then ask for it."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from api.http.cursor import MAX_ROW_ID
from api.http.dependencies import Browser, FormOfOurs, Here, Reading, RowId
from api.http.needs import Needs
from api.jobs.queue import enqueue
from api.usecases.dossier_bulk import (
    Choice,
    WantedMove,
    ask_many,
    chosen_sites,
    list_requests,
    outcomes_of,
    try_many,
    visible_request,
)
from api.usecases.lots import list_lots
from api.usecases.scope import Right
from api.usecases.sites import provinces
from api.web import texts
from api.web.templating import page
from api.web.texts import Label
from inventory.models import BulkState
from inventory.programme.dossier import Status
from inventory.sentences import N_

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.MOVE_MANY)])

OUTCOMES: Mapping[str, Label] = {
    BulkState.PENDING: Label(N_("En attente"), "busy"),
    BulkState.MOVED: Label(N_("Avancé"), "good"),
    BulkState.REFUSED: Label(N_("Refusé"), "bad"),
}
TRIED: Mapping[str, Label] = {
    BulkState.MOVED: Label(N_("Peut avancer"), "good"),
    BulkState.REFUSED: Label(N_("Refusé"), "bad"),
}
# What one word for all the dossiers of a move may be told, and as which kind of field.
TOLD: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    Status.SCHEDULED: (
        ("priority_score", N_("Score de priorité"), "number"),
        ("funding_source", N_("Source de financement (code)"), "text"),
        ("lot", N_("Lot"), "text"),
    ),
    Status.PRESTUDY: (("floor_plans_received_on", N_("Plans reçus le"), "date"),),
    Status.SITE_SURVEY: (("visit_on", N_("Visite le"), "date"),),
    Status.CABLING: (
        ("works_from", N_("Travaux à partir du"), "date"),
        ("works_until", N_("Travaux jusqu’au"), "date"),
    ),
    Status.IN_SERVICE: (("guarantee_ends_on", N_("Fin de la garantie"), "date"),),
    Status.FINALLY_ACCEPTED: (("final_acceptance_drawn_up_on", N_("PV dressé le"), "date"),),
}
MOST_SHOWN = 200
_Text = Annotated[str, Query(max_length=200)]
_Seen = Annotated[str, Field(pattern=r"^[0-9]{1,9}:[0-9]{1,9}$")]


@router.get("/dossiers/passages")
def choose(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    statut: _Text = "",
    province: _Text = "",
    lot: Annotated[int | None, Query(ge=1, le=MAX_ROW_ID)] = None,
    vers: _Text = "",
    motif: _Text = "",
) -> Response:
    """Show the choice and, once a move is chosen, what would come of each dossier."""
    viewer = browser.viewer
    to = Status(vers) if vers in set(Status) else None
    status = Status(statut) if statut in set(Status) else None
    asked = {name: request.query_params.get(name, "") for name, _, _ in TOLD.get(vers, ())}
    facts = {name: value[:200].replace("\0", "") for name, value in asked.items() if value}
    tried, more = [], 0
    if to is not None and status is not None:
        choice = Choice(None, status, province or None, lot)
        found = chosen_sites(session, viewer, choice)
        more = max(0, len(found) - MOST_SHOWN)
        tried = try_many(session, viewer, found[:MOST_SHOWN], WantedMove(to, motif, facts))
    return page(
        request,
        "bulk_moves.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        chosen={"statut": statut, "province": province, "lot": lot, "vers": vers, "motif": motif},
        told=TOLD.get(vers, ()),
        facts=facts,
        facts_kept=urlencode(facts),
        ready=to is not None and status is not None,
        tried=tried,
        more=more,
        request_id=secrets.token_hex(16),
        statuses=texts.STATUSES,
        provinces=provinces(session, viewer),
        lots=list_lots(session),
        outcomes=TRIED,
        requests=list_requests(session, viewer),
    )


@router.post("/dossiers/passages")
def ask(
    here: Here,
    browser: FormOfOurs,
    *,
    demande: Annotated[str, Form(min_length=1, max_length=80)],
    vers: Annotated[Status, Form()],
    ecole: Annotated[list[_Seen], Form(max_length=MOST_SHOWN)],
    motif: Annotated[str, Form(max_length=2000)] = "",
    faits: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Write the request down and queue it; the jobs process moves one dossier after the other.

    A school comes with the version that was shown: what moved since is not moved unseen.
    """
    seen = dict(_numbers(each) for each in ecole)
    wanted = WantedMove(vers, motif.replace("\0", "").strip(), dict(parse_qsl(faits)))
    with here.database.write(browser.viewer.actor) as session:
        site_ids = chosen_sites(session, browser.viewer, Choice(tuple(seen)))
        bulk_id = ask_many(session, browser.viewer, demande, site_ids, wanted, seen=seen).id
        arguments = {"bulk_id": bulk_id}
        enqueue(session, "bulk_moves", arguments, browser.viewer.actor, about=str(bulk_id))
    return RedirectResponse(f"/dossiers/passages/{bulk_id}", HTTPStatus.SEE_OTHER)


@router.get("/dossiers/passages/{bulk_id}")
def result(request: Request, browser: Browser, session: Reading, bulk_id: RowId) -> Response:
    """Show what came of each dossier of a request."""
    return page(
        request,
        "bulk_move.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        bulk=visible_request(session, browser.viewer, bulk_id),
        lines=outcomes_of(session, browser.viewer, bulk_id),
        statuses=texts.STATUSES,
        outcomes=OUTCOMES,
    )


def _numbers(seen: str) -> tuple[int, int]:
    """Return the site and the version that a checkbox carries."""
    site_id, _, version = seen.partition(":")
    return int(site_id), int(version)
