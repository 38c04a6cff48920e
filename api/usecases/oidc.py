"""Login by an identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE.

One cookie of the browser is the whole memory of a login that is under way: the state, the nonce and
the code verifier (RFC 7636) are derived from it, so that an answer is only taken from the browser
that asked. The provider says who somebody is; what they may do stands in Préau alone.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.oauth2.claims import InvalidClaimError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from inventory import clock
from inventory.errors import Misconfigured, NotAllowed, PreauError
from inventory.sentences import Sentence
from inventory.settings import Settings

_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384", "EdDSA"]  # signed by the provider alone
_LEEWAY_S = 60
_TIMEOUT_S = 5.0
_KNOWN_FOR_S = 3600.0
_MAX_BYTES = 512 * 1024
_AT_ONCE = threading.BoundedSemaphore(4)
"""Logins that wait for the provider: one that hangs must not take all threads from the others."""


class ProviderDown(PreauError):
    """The identity provider does not answer, or not as OpenID Connect says."""


class LoginRefused(NotAllowed):
    """The provider refused, or its answer is not one to what this browser asked."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who the provider says it is: `subject` names the person for ever, `name` is the claim."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login under way. `cookie` is for the browser alone; all else follows from it."""

    cookie: str

    @classmethod
    def begin(cls) -> "Attempt":
        """Return a new one."""
        return cls(secrets.token_urlsafe(32))

    @property
    def state(self) -> str:
        """Return what the provider sends back."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Return what must stand in the ID token."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Return the code verifier (RFC 7636, 4.1)."""
        return self._derived("verifier")

    def _derived(self, what: str) -> str:
        made = hmac.digest(self.cookie.encode(), what.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


class Provider:
    """The identity provider of one installation; it is asked for what it says of itself once."""

    def __init__(self, settings: Settings) -> None:
        if not settings.oidc_issuer or not settings.oidc_client_id:
            raise Misconfigured(
                Sentence("Aucun fournisseur d’identité n’est réglé"),
                todo=Sentence("réglez oidc_issuer et oidc_client_id"),
            )
        self.issuer = settings.oidc_issuer
        if not _is_safe(self.issuer):
            raise Misconfigured(
                Sentence("Le fournisseur d’identité doit avoir une adresse https"),
                where="oidc_issuer",
            )
        self._settings = settings
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._known_at = float("-inf")

    def address(self, attempt: Attempt, back: str) -> str:
        """Return where the browser is sent to log in; it comes back to the address `back`.

        Raises ProviderDown.
        """
        metadata = self._know()
        made = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._settings.oidc_client_id,
            "code",
            redirect_uri=back,
            scope=self._settings.oidc_scope,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return str(made)

    def vouch(self, attempt: Attempt, *, code: str, state: str, back: str) -> Vouched:
        """Return who logged in. Raises LoginRefused, ProviderDown."""
        if not hmac.compare_digest(state.encode(), attempt.state.encode()):
            raise LoginRefused(
                Sentence("Cette réponse ne répond pas à ce que ce navigateur a demandé")
            )
        answer = self._tokens(code, attempt, back)
        claims = self._claims(str(answer.get("id_token", "")), attempt, answer)
        return self._person(claims)

    def _tokens(self, code: str, attempt: Attempt, back: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": str(self._settings.oidc_client_id),
            "code_verifier": attempt.verifier,
        }
        secret = _secret(self._settings)
        if secret is not None:
            form["client_secret"] = secret  # client_secret_post, OpenID Connect Core 1.0, 9
        return self._ask("POST", self._know()["token_endpoint"], form)

    def _claims(self, id_token: str, attempt: Attempt, answer: Mapping[str, Any]) -> dict[str, Any]:
        decoded = self._decode(id_token)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._settings.oidc_client_id},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": self._settings.oidc_client_id,
                "access_token": answer.get("access_token"),
            },
        )
        try:
            claims.validate(now=int(clock.now().timestamp()), leeway=_LEEWAY_S)
        except (JoseError, InvalidClaimError, ValueError, TypeError) as error:
            raise LoginRefused(
                Sentence("Le jeton du fournisseur n’est pas valable pour cette connexion")
            ) from error
        return dict(claims)

    def _decode(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            pass
        try:  # the provider may have changed its keys since
            return jwt.decode(id_token, self._key_set(anew=True), algorithms=_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise LoginRefused(
                Sentence("Le jeton du fournisseur n’est pas signé par lui")
            ) from error

    def _person(self, claims: Mapping[str, Any]) -> Vouched:
        wanted = self._settings.oidc_claim
        name = claims.get(wanted)
        if not isinstance(name, str) or not name.strip():
            raise LoginRefused(
                Sentence("Le fournisseur ne dit pas l’attribut %(wanted)s", wanted=wanted)
            )
        if wanted == "email" and claims.get("email_verified") is not True:
            raise LoginRefused(Sentence("Le fournisseur n’a pas vérifié cette adresse e-mail"))
        return Vouched(f"{self.issuer}|{claims['sub']}", name.strip().lower())

    def _know(self) -> dict[str, Any]:
        """Return what the provider says of itself (OpenID Connect Discovery 1.0, 4)."""
        if time.monotonic() - self._known_at > _KNOWN_FOR_S:
            address = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
            told = self._ask("GET", address)
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(told.get(name), str) or not _is_safe(told[name]):
                    raise ProviderDown(
                        Sentence("Le fournisseur d’identité ne dit pas son %(name)s", name=name)
                    )
            if told.get("issuer") != self.issuer:
                raise ProviderDown(Sentence("Le fournisseur d’identité se nomme autrement"))
            self._metadata, self._keys = told, None
            self._known_at = time.monotonic()
        return self._metadata

    def _key_set(self, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            told = self._ask("GET", self._know()["jwks_uri"])
            try:
                self._keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderDown(
                    Sentence("Les clés du fournisseur d’identité ne se lisent pas")
                ) from error
        return self._keys

    def _ask(self, method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        if not _AT_ONCE.acquire(blocking=False):
            raise ProviderDown(Sentence("Trop de connexions attendent le fournisseur d’identité"))
        try:
            with httpx.stream(method, address, data=form, timeout=_TIMEOUT_S) as answer:
                body = b"".join(_limited(answer))
                status = answer.status_code
        except httpx.HTTPError as error:
            raise ProviderDown(
                Sentence("Pas de réponse\u00a0: %(name)s", name=type(error).__name__),
                where=self.issuer,
            ) from error
        finally:
            _AT_ONCE.release()
        if form is not None and 400 <= status < 500:
            raise LoginRefused(Sentence("Le fournisseur ne prend pas ce code"))
        try:
            told = json.loads(body) if status == httpx.codes.OK else None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise ProviderDown(
                Sentence("Une réponse de statut %(status)s, qui ne dit rien", status=status),
                where=self.issuer,
            )
        return told


def packed(attempt: Attempt, wanted: str) -> str:
    """Return what the browser keeps: the attempt and the page it wanted."""
    return f"{attempt.cookie}.{base64.urlsafe_b64encode(wanted.encode()).decode()}"


def unpacked(kept: str) -> tuple[Attempt, str]:
    """Return the attempt and the page that `packed` kept; raises LoginRefused for anything else."""
    cookie, _, wanted = kept.partition(".")
    try:
        page = base64.urlsafe_b64decode(wanted.encode()).decode()
    except (binascii.Error, ValueError):
        cookie = page = ""
    if len(cookie) < 40:
        raise LoginRefused(
            Sentence("Ce navigateur n’a pas demandé de connexion, ou il y a trop longtemps")
        )
    return Attempt(cookie), page


def _limited(answer: httpx.Response) -> Any:
    taken = 0
    for part in answer.iter_bytes():
        taken += len(part)
        if taken > _MAX_BYTES:
            raise ProviderDown(Sentence("La réponse du fournisseur d’identité est trop longue"))
        yield part


def _secret(settings: Settings) -> str | None:
    path = settings.oidc_client_secret_file
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            Sentence("Le secret de Préau chez le fournisseur d’identité ne se lit pas"),
            where=str(path),
        ) from error


def _is_safe(address: str) -> bool:
    """Return whether nobody else can listen to what is said to this address."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    return url.scheme == "https" or url.host in {"localhost", "127.0.0.1", "::1"}
