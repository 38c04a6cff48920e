"""The sockets that traps come in by: where, how much the kernel keeps, and what it threw away."""

import contextlib
import ipaddress
import re
import socket
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from inventory.errors import Misconfigured

DEFAULT_PORT = 162
_ADDRESS = re.compile(r"^(?:(?P<zone>[^@\s]+)@)?(?P<host>\[[^\]]*\]|[^:\s]*)(?::(?P<port>\d+))?$")
_BUFFER_OCTETS = 8 * 1024 * 1024
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h; Python names neither
_SO_MEMINFO, _SK_MEMINFO_DROPS, _SK_MEMINFO_VARS = 55, 8, 9


@dataclass(frozen=True, slots=True)
class ListenAt:
    """Where traps are listened for, and whose: without a zone, of whoever has the address."""

    host: str
    port: int
    zone: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (f"{self.zone}@" if self.zone else "") + f"{host}:{self.port}"


def listen_at(text: str) -> ListenAt:
    """Return what `[ZONE@]ADDRESS[:PORT]` says; raises Misconfigured for anything else."""
    found = _ADDRESS.match(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        host = (found["host"] or "0.0.0.0").strip("[]")  # noqa: S104 - as it was asked
        port = int(found["port"] or DEFAULT_PORT)
        if not 0 <= port <= 65_535:
            raise ValueError(port)
        return ListenAt(str(ipaddress.ip_address(host)), port, found["zone"])
    except ValueError as error:
        raise Misconfigured(
            f"{text!r} is no address to listen for traps at",
            where="traps_listen",
            todo="write ADDRESS:PORT or ZONE@ADDRESS:PORT, as 0.0.0.0:162",
        ) from error


def bind(wanted: Sequence[str]) -> list[socket.socket]:
    """Return a bound UDP socket for each of `traps_listen`, in its order; raises Misconfigured."""
    with ExitStack() as undone:
        bound = [undone.enter_context(_bind(listen_at(text))) for text in wanted]
        undone.pop_all()
    return bound


def _bind(place: ListenAt) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.bind((place.host, place.port))
    except OSError as error:
        made.close()
        raise Misconfigured(
            f"traps cannot be listened for there: {error.strerror}",
            where=str(place),
            todo="stop what uses the port, choose another, or allow ports below 1024",
        ) from error
    enlarge_buffer(made)
    return made


def enlarge_buffer(bound: socket.socket) -> None:
    """Ask the kernel to keep more datagrams; without rights it gives net.core.rmem_max at most."""
    with contextlib.suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_OCTETS)
    with contextlib.suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_OCTETS)


def kernel_drops(bound: socket.socket) -> int:
    """Return how many datagrams the kernel threw away; 0 where it does not tell."""
    size = struct.calcsize(f"{_SK_MEMINFO_VARS}I")
    try:
        told = bound.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, size)
    except OSError:  # Linux before 4.12
        return 0
    values = struct.unpack(f"{len(told) // 4}I", told)
    return values[_SK_MEMINFO_DROPS] if len(values) > _SK_MEMINFO_DROPS else 0
