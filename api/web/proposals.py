"""The page of proposals: what was found and nobody accepted yet."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cursor import MAX_CURSOR_CHARACTERS, MAX_ROW_ID, id_cursor, read_id_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Reading
from api.http.needs import Needs
from api.usecases.access import LoggedIn
from api.usecases.lookup import find_site
from api.usecases.proposal_decisions import (
    ProposalFilter,
    accept,
    find_proposal,
    list_proposals,
    may_decide,
    refuse,
)
from api.usecases.scope import Right, Viewer
from api.usecases.site_detail import visible_site
from api.web import proposal_texts
from api.web.templating import page
from inventory.errors import InvalidInput, NotFound
from inventory.models import Proposal, ProposalState
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.SEE)])

ROWS = 50
PATH = "/propositions"
Numbers = Annotated[list[Annotated[int, Form(ge=1, le=MAX_ROW_ID)]], Form()]
Text = Annotated[str, Form(max_length=500)]


@router.get(PATH)
def proposals_page(
    request: Request,
    browser: Browser,
    session: Reading,
    *,
    etat: Annotated[str, Query(max_length=20)] = ProposalState.OPEN,
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show what was found at the sites that the person follows."""
    state = ProposalState(etat) if etat in set(ProposalState) else ProposalState.OPEN
    return _page(request, browser, session, state, suite=suite)


class _Incomplete(Exception):
    """The form cannot be used as it was sent; the sentence says why. Nothing was written."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@router.post(f"{PATH}/accepter", dependencies=[Needs(Right.ACCEPT_DEVICES)])
def accept_proposals(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    session: Reading,
    *,
    numero: Numbers = [],  # noqa: B006 - FastAPI copies it
    ecole: Text = "",
) -> Response:
    """Make the chosen proposals devices, and go back to those that wait."""
    viewer = browser.viewer
    try:
        with here.database.write(viewer.actor) as writing:
            rows = _chosen(writing, viewer, numero, {ProposalState.OPEN, ProposalState.REFUSED})
            site_id = _site(writing, viewer, ecole)
            if site_id is None and any(row.site_id is None for row in rows):
                raise _Incomplete(proposal_texts.NO_SITE)
            for row in rows:
                accept(writing, row, viewer=viewer, actor=viewer.actor, site_id=site_id)
    except _Incomplete as missing:
        return _page(request, browser, session, chosen=numero, ecole=ecole, notice=missing.sentence)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


@router.post(f"{PATH}/refuser", dependencies=[Needs(Right.ACCEPT_DEVICES)])
def refuse_proposals(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    session: Reading,
    *,
    numero: Numbers = [],  # noqa: B006 - FastAPI copies it
    motif: Text = "",
) -> Response:
    """Refuse the chosen proposals, and go back to those that wait."""
    viewer, reason = browser.viewer, motif.replace("\0", "").strip()
    try:
        with here.database.write(viewer.actor) as writing:
            rows = _chosen(writing, viewer, numero, {ProposalState.OPEN})
            if not reason:
                raise _Incomplete(proposal_texts.NO_REASON)
            for row in rows:
                refuse(writing, row, viewer=viewer, actor=viewer.actor, reason=reason)
    except _Incomplete as missing:
        return _page(request, browser, session, chosen=numero, motif=motif, notice=missing.sentence)
    return RedirectResponse(PATH, HTTPStatus.SEE_OTHER)


def _chosen(
    session: Session, viewer: Viewer, numbers: Sequence[int], states: set[ProposalState]
) -> list[Proposal]:
    if not numbers:
        raise _Incomplete(proposal_texts.NOTHING_CHOSEN)
    rows = [find_proposal(session, viewer, number) for number in dict.fromkeys(numbers)]
    if any(row.state not in states for row in rows):
        raise _Incomplete(proposal_texts.DECIDED)
    return rows


def _site(session: Session, viewer: Viewer, text: str) -> int | None:
    wanted = text.replace("\0", "").strip()
    if not wanted:
        return None
    try:
        found = find_site(session, wanted).id
        return visible_site(session, viewer, found or 0).id
    except (InvalidInput, NotFound):
        raise _Incomplete(
            Sentence(
                "Aucune école, ou plus d’une, ne répond au nom de «\u00a0%(school)s\u00a0»."
                " Donnez ses numéros FASE, par exemple 95001/9501.",
                school=wanted,
            )
        ) from None


def _page(
    request: Request,
    browser: LoggedIn,
    session: Reading,
    state: ProposalState = ProposalState.OPEN,
    *,
    suite: str | None = None,
    chosen: Sequence[int] = (),
    ecole: str = "",
    motif: str = "",
    notice: Sentence | None = None,
) -> Response:
    viewer = browser.viewer
    found = list_proposals(
        session,
        viewer,
        ProposalFilter(state),
        before=read_id_cursor(suite),
        limit=ROWS + 1,
    )
    lines = found[:ROWS]
    cursor = id_cursor(lines[-1].row.id) if len(found) > ROWS else None
    return page(
        request,
        "proposals.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if notice else HTTPStatus.OK,
        state=state,
        states=proposal_texts.STATES,
        lines=[(line, proposal_texts.words(line)) for line in lines],
        decidable=may_decide(session, viewer, [line.row for line in lines])
        if state is not ProposalState.ACCEPTED
        else set(),
        chosen=set(chosen),
        ecole=ecole,
        motif=motif,
        notice=notice,
        next_address=f"{PATH}?etat={state}&suite={cursor}" if cursor else None,
    )
