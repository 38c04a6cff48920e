"""SSH through a jump host: one connection to it, kept open, carries the sessions of many devices.

A `direct-tcpip` channel (RFC 4254, 7.2) reaches each device from the jump host; the session inside
is ours and the device's alone, so a jump host sees no password. Its own host key must be pinned
beforehand. One that is dead is asked once: what failed is told at once to whoever comes in the next
half minute, so that fifty devices behind it do not wait fifty times. A password that it refused is
not sent to it again before it is changed, or the process ends.
"""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from collectors.ssh_trust import ChangedHostKey, host_key_policy
from collectors.target import JumpHost
from inventory.errors import DeviceError, Refused, Unreachable

_IDLE_S = 60.0
_DEAD_FOR_S = 30.0
_KEEPALIVE_S = 15  # a firewall between us and a school forgets a silent connection


@dataclass
class _Carrier:
    """The connection to one jump host; `lock` is held while it is opened, `slots` by channels."""

    slots: threading.BoundedSemaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    client: Any = None
    channels: int = 0
    used_at: float = 0.0
    error: DeviceError | None = None
    failed_at: float = 0.0


class JumpHosts:
    """The connections to jump hosts that this process keeps."""

    def __init__(self, *, idle_s: float = _IDLE_S, dead_for_s: float = _DEAD_FOR_S) -> None:
        self._idle_s, self._dead_for_s = idle_s, dead_for_s
        self._lock = threading.Lock()
        self._carriers: dict[JumpHost, _Carrier] = {}

    @contextmanager
    def channel(self, jump: JumpHost, host: str, port: int, where: str) -> Iterator[Any]:
        """Yield a socket-like channel to `host:port` as the jump host reaches it.

        Waits while as many sessions go through it as it may carry. Raises Unreachable or Refused,
        which say whether the jump host is meant or what stands behind it.
        """
        carrier = self._carrier(jump)
        with carrier.slots:
            with carrier.lock:
                client = self._connected(carrier, jump, where)
                carrier.channels += 1
            try:
                with _opened(client, jump, host, port, where) as channel:
                    yield channel
            finally:
                with carrier.lock:
                    carrier.channels -= 1
                    carrier.used_at = time.monotonic()
                    last = carrier.channels == 0
                if last:
                    later = threading.Timer(self._idle_s, self._close_idle)
                    later.daemon = True
                    later.start()

    def _close_idle(self) -> None:
        """Close the connections that carried nothing for a while."""
        with self._lock:
            carriers = list(self._carriers.values())
        for carrier in carriers:
            if not carrier.lock.acquire(blocking=False):
                continue  # somebody is using it
            try:
                idle = time.monotonic() - carrier.used_at >= self._idle_s
                if carrier.client is not None and carrier.channels == 0 and idle:
                    carrier.client.close()
                    carrier.client = None
            finally:
                carrier.lock.release()

    def _carrier(self, jump: JumpHost) -> _Carrier:
        with self._lock:
            if jump not in self._carriers:
                slots = threading.BoundedSemaphore(max(1, jump.max_sessions))
                self._carriers[jump] = _Carrier(slots)
            return self._carriers[jump]

    def _connected(self, carrier: _Carrier, jump: JumpHost, where: str) -> Any:
        transport = carrier.client.get_transport() if carrier.client is not None else None
        if transport is not None and transport.is_active():
            return carrier.client
        if carrier.error is not None:
            recent = time.monotonic() - carrier.failed_at < self._dead_for_s
            if recent or isinstance(carrier.error, Refused):
                raise _behind(carrier.error, where)
        try:
            carrier.client, carrier.error = _connect(jump), None
        except DeviceError as error:
            carrier.client, carrier.error, carrier.failed_at = None, error, time.monotonic()
            raise _behind(error, where) from error
        return carrier.client


JUMP_HOSTS = JumpHosts()
"""Those of this process."""


def _behind(error: DeviceError, where: str) -> DeviceError:
    """Return the jump host's failure as that of one device behind it, in one sentence."""
    return type(error)(f"{error.what}, and it is reached through it", where=where, todo=error.todo)


def _connect(jump: JumpHost) -> Any:
    from paramiko import SSHClient, ssh_exception  # noqa: PLC0415 - start-up

    client = SSHClient()
    client.set_missing_host_key_policy(host_key_policy(jump.host_key, []))
    try:
        client.connect(
            jump.host,
            jump.port,
            username=jump.username,
            password=jump.password,
            timeout=jump.timeout_s,
            banner_timeout=jump.timeout_s,
            auth_timeout=jump.timeout_s,
            channel_timeout=jump.timeout_s,
            allow_agent=False,
            look_for_keys=False,
        )
        transport = client.get_transport()
        if transport is not None:
            transport.set_keepalive(_KEEPALIVE_S)
    except ChangedHostKey as error:
        client.close()
        raise Refused(
            f"the host key of the {jump} is another than the pinned one (now {error})",
            todo="replaced or reset: preau jump trust; else find out who answers there",
        ) from error
    except ssh_exception.AuthenticationException as error:
        client.close()
        raise Refused(
            f"the {jump} refused the password of {jump.username}",
            todo="correct its secret: preau jump add",
        ) from error
    except (ssh_exception.SSHException, OSError, EOFError) as error:
        client.close()
        raise Unreachable(f"the {jump} does not answer") from error
    return client


@contextmanager
def _opened(client: Any, jump: JumpHost, host: str, port: int, where: str) -> Iterator[Any]:
    from paramiko import ssh_exception  # noqa: PLC0415 - start-up

    try:
        channel = client.get_transport().open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=jump.timeout_s
        )
    except ssh_exception.ChannelException as error:
        # RFC 4254, 5.1: 1 is "administratively prohibited", 2 "connect failed".
        if error.code == 1:
            raise Refused(
                f"the {jump} does not forward to it",
                where=where,
                todo="allow TCP forwarding there, as sshd_config's AllowTcpForwarding",
            ) from error
        raise Unreachable(f"the {jump} cannot reach it", where=where) from error
    except (ssh_exception.SSHException, OSError, EOFError, AttributeError) as error:
        raise Unreachable(f"the connection to the {jump} broke", where=where) from error
    try:
        yield channel
    finally:
        with suppress(Exception):
            channel.close()


def host_key_of(host: str, port: int, *, timeout_s: float) -> tuple[str, str]:
    """Return a server's host key as `type base64`, and its fingerprint as ssh shows it (SHA-256).

    Nothing is logged in to. Raises Unreachable.
    """
    import socket  # noqa: PLC0415 - start-up

    from paramiko import Transport, ssh_exception  # noqa: PLC0415

    where = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            transport = Transport(connection)
            try:
                transport.start_client(timeout=timeout_s)
                key = transport.get_remote_server_key()
            finally:
                transport.close()
    except (ssh_exception.SSHException, OSError, EOFError) as error:
        raise Unreachable("no SSH server answers", where=where) from error
    return f"{key.get_name()} {base64.b64encode(key.asbytes()).decode()}", str(key.fingerprint)
