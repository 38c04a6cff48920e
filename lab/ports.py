"""Ports for programs that must be told theirs before they listen on it.

A port that the system draws lies where it also draws those of clients: between drawing one and
listening on it, a client may get it, and a client that is bound to every address takes it from all.
So these lie below that range, each process draws from its own part of them, and none twice.
"""

import errno
import os
import random
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LOWEST = 10_240
_RANGE_OF_CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_PARTS = 64


def free_port(*hosts: str) -> int:
    """Return a port that nothing uses, by TCP or by UDP, at any of these addresses (127.0.0.1)."""
    for port in _ports():
        if all(_is_free(host, port) for host in hosts or ("127.0.0.1",)):
            return port
    raise RuntimeError("this process has drawn every port that it may")


@cache
def _ports() -> Iterator[int]:
    """Yield each port of this process's part once."""
    highest = int(_RANGE_OF_CLIENTS.read_text().split()[0])
    mine = list(range(_LOWEST + os.getpid() % _PARTS, highest, _PARTS))
    random.SystemRandom().shuffle(mine)  # not in the order of another process of the same part
    return iter(mine)


def _is_free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, int(kind is socket.SOCK_STREAM)
            )
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                return False
    return True
