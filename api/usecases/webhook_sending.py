"""One signed request to a program of somebody else's, to an address that is truly outside.

Standard Webhooks 1.0.0: the signature is an HMAC-SHA-256 over id, moment and body. The name is
looked up once and the address that was judged is the one that is connected to, so that a name which
answers otherwise a moment later reaches nothing inside. No redirect is followed, no proxy asked.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore

from inventory.errors import InvalidInput
from inventory.sentences import Sentence

TIMEOUT_S = 10.0
MAX_URL_CHARACTERS = 500


class Inside(OSError):
    """The name leads to an address of ours, of this machine or of a private network."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one request. `status` None: no answer, and `error` says why."""

    status: int | None
    error: str | None = None

    @property
    def well(self) -> bool:
        """Whether the receiver took it (2xx)."""
        return self.status is not None and 200 <= self.status < 300


def checked_url(url: str, *, allow_private: bool) -> str:
    """Return a URL that may be told; raises InvalidInput for another.

    HTTPS alone, and no address that is inside, unless the settings allow private ones.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _no_url() from None
    schemes = {"https", "http"} if allow_private else {"https"}
    printable = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in schemes or not host or not printable or port == 0:
        raise _no_url()
    if parts.username is not None or parts.fragment or len(url) > MAX_URL_CHARACTERS:
        raise _no_url()
    if not allow_private and _is_inside_by_name(host):
        raise InvalidInput(Sentence("Cette adresse n’est pas sur l’Internet public"))
    return url


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of webhook-signature; `secret` is any text, or whsec_ and base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def send(
    url: str, secret: str, message_id: str, at: datetime, body: bytes, *, allow_private: bool
) -> Sent:
    """Post one message and return what came of it; raises nothing."""
    timestamp = int(at.timestamp())
    headers: dict[bytes | str, bytes | str] = {
        "Host": urlsplit(url).netloc,
        "Content-Type": "application/json",
        "User-Agent": "Preau-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
    backend = _JudgedAddresses(allow_private=allow_private)
    try:
        checked_url(url, allow_private=allow_private)
        with (
            httpcore.ConnectionPool(network_backend=backend, ssl_context=_tls()) as pool,
            # What the receiver says beside its status is not read: it may be without end.
            pool.stream(
                "POST",
                url,
                headers=headers,
                content=body,
                extensions={"timeout": timeout},
            ) as answer,
        ):
            return Sent(answer.status, None if answer.status < 300 else f"HTTP {answer.status}")
    except InvalidInput as error:
        return Sent(None, str(error))
    except (httpcore.ConnectError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as e:
        return Sent(None, f"{type(e).__name__}: {e}"[:300])
    except (httpcore.NetworkError, httpcore.UnsupportedProtocol, ValueError) as e:
        return Sent(None, type(e).__name__)


class _JudgedAddresses(httpcore.SyncBackend):
    """Connects to the addresses of a name that are outside, and to no other."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; raises ConnectError."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name is not known: {error}") from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not self._allow_private and any(map(_is_inside, addresses)):
            raise httpcore.ConnectError("the name leads to an address that is not public")
        last: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _is_inside(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo):
        return True  # an IPv4 address in other clothes
    return not ip.is_global or ip.is_multicast


def _is_inside_by_name(host: str) -> bool:
    try:
        return _is_inside(str(ipaddress.ip_address(host.strip("[]"))))
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _key(secret: str) -> bytes:
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _no_url() -> InvalidInput:
    return InvalidInput(Sentence("Ce n’est pas l’adresse https d’un programme qui écoute"))
