"""The login by an identity provider: to it, and back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Here, Installation
from api.http.needs import Anybody
from api.usecases.oidc import Attempt, LoginRefused, Provider, ProviderDown, packed, unpacked
from api.usecases.oidc_login import NoAccount, log_in_vouched
from api.web.addresses import own_address
from api.web.login import end_old_session, give_session, login_form
from inventory.errors import NotFound
from inventory.sentences import N_, Sentence

router = APIRouter(include_in_schema=False, dependencies=[Anybody("the way in")])

PATH = "/connexion/oidc"
_KEPT_FOR_S = 600
_Text = Annotated[str, Query(max_length=4000)]

_DOWN = N_(
    "Le service d’identité ne répond pas\u00a0: réessayez dans quelques minutes, "
    "ou connectez-vous avec votre mot de passe Préau."
)
_REFUSED = N_("La connexion par le service d’identité n’a pas abouti\u00a0: recommencez.")
_NO_ACCOUNT = N_(
    "Le service d’identité vous connaît, mais vous n’avez pas de compte Préau\u00a0: "
    "demandez une invitation à la personne qui gère les comptes."
)


@router.get(PATH)
def to_the_provider(request: Request, here: Here, suite: _Text = "/") -> Response:
    """Send the browser to the provider."""
    provider = _provider(request, here)
    attempt = Attempt.begin()
    try:
        address = provider.address(attempt, _back(request, here))
    except ProviderDown:
        return login_form(
            request, here, suite=suite, error=_DOWN, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        here.oidc_cookie,
        packed(attempt, own_address(suite)),
        max_age=_KEPT_FOR_S,
        path="/",
        secure=here.settings.secure_cookies,
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )
    return answer


@router.get(f"{PATH}/retour")
def from_the_provider(
    request: Request, here: Here, *, code: _Text = "", state: _Text = ""
) -> Response:
    """Open a session for who the provider vouches for, and go where the person wanted to."""
    provider = _provider(request, here)
    try:
        attempt, suite = unpacked(request.cookies.get(here.oidc_cookie, ""))
        vouched = provider.vouch(attempt, code=code, state=state, back=_back(request, here))
        cookie = log_in_vouched(
            here.database,
            vouched,
            by_email=here.settings.oidc_claim == "email",
            hours=here.settings.session_hours,
            address=request.client.host if request.client else "unknown",
            agent=request.headers.get("user-agent", ""),
        )
    except ProviderDown:
        answer = _failed(request, here, _DOWN, HTTPStatus.SERVICE_UNAVAILABLE)
    except NoAccount:
        answer = _failed(request, here, _NO_ACCOUNT, HTTPStatus.FORBIDDEN)
    except LoginRefused:
        answer = _failed(request, here, _REFUSED, HTTPStatus.UNAUTHORIZED)
    else:
        end_old_session(request, here)
        answer = RedirectResponse(own_address(suite), HTTPStatus.SEE_OTHER)
        give_session(answer, here, cookie)
    # Once only, whatever came of it.
    answer.delete_cookie(here.oidc_cookie, path="/", secure=here.settings.secure_cookies)
    return answer


def _failed(request: Request, here: Installation, error: str, status: HTTPStatus) -> Response:
    return login_form(request, here, suite="/", error=error, status=status)


def _provider(request: Request, here: Installation) -> Provider:
    """Return the provider, which the application keeps with what it knows of it."""
    if not here.settings.oidc_issuer:
        raise NotFound(Sentence("Aucun fournisseur d’identité n’est réglé"))
    known = getattr(request.app.state, "oidc", None)
    if known is None:
        known = request.app.state.oidc = Provider(here.settings)
    assert isinstance(known, Provider)
    return known


def _back(request: Request, here: Installation) -> str:
    base = here.settings.oidc_return_to or str(request.base_url)
    return base.rstrip("/") + f"{PATH}/retour"
