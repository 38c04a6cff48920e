"""SSH sessions to devices, by netmiko: one login, many commands, no fixed waits.

The server's host key is checked before the password is sent: a first one is told to the caller, who
keeps it; another than the pinned one is Refused. Each command waits for what must follow it, and
what netmiko and paramiko raise becomes Unreachable, Refused or Garbled here and nowhere else. No
session log is kept, so that no secret is in one.
"""

import codecs
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from collectors.ssh_jump import JUMP_HOSTS
from collectors.ssh_trust import ChangedHostKey, host_key_policy
from collectors.target import SshTarget
from inventory.errors import DeviceError, Garbled, Refused, Unreachable

# What a server of the last ten years does not need. Devices that offer nothing else are asked for
# with `legacy_algorithms`, one by one.
_LEGACY = {
    "kex": [
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1-96"],
}
_ECHO_TIMEOUT_S = 10.0
_MOST_QUESTIONS = 4
_CHUNK_OCTETS = 65_536
# An answer comes in many pieces, and at each it would be searched from its beginning: what comes
# within a moment is looked at together, the longer the answer takes the more.
_MOMENT_S = (0.01, 0.05)
# The MAC of the other ciphers is compared octet by octet in Python, for each packet that comes.
_CIPHERS_FIRST = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shell command wrote, and its exit status."""

    status: int
    text: str


class SshSession:
    """A session that is open. `host_key` is the server's, as `type base64`, to be pinned."""

    def __init__(self, target: SshTarget, connection: Any, host_key: str) -> None:
        self.target = target
        self.host_key = host_key
        self._connection = connection
        self._numbers = itertools.count(1)
        self._unread = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def is_open(self) -> bool:
        """Return whether the connection still stands, as far as this end knows."""
        channel = self._connection.remote_conn  # None once it was closed
        transport = channel.get_transport() if channel is not None else None
        return transport is not None and transport.is_active()

    def run(
        self,
        command: str,
        *,
        expect: str,
        questions: Sequence[tuple[str, str]] = (),
        timeout_s: float = 30.0,
    ) -> str:
        """Return what a CLI answers to one command line, without its echo and prompt.

        `expect` is a pattern of the prompt that ends the answer; a question that the device asks
        before that gets its reply, and stands in the answer. Raises Unreachable when the connection
        breaks, Garbled when the prompt does not come in time.
        """
        ends = "|".join([f"(?:{expect})", *(f"(?:{asked})" for asked, _ in questions)])
        with self._translated(command):
            # The echo first: a prompt that was still on its way is no answer to this command.
            self._write(command)
            self._read_until(re.escape(command.strip()), _ECHO_TIMEOUT_S)
            text = self._read_until(ends, timeout_s)
            for _ in range(_MOST_QUESTIONS):
                reply = next((reply for asked, reply in questions if _ends(text, asked)), None)
                if reply is None:
                    break
                self._write(reply)
                text += self._read_until(ends, timeout_s)
        return re.sub(expect, "", text).strip("\n")

    def run_lines(
        self, lines: Sequence[str], *, expect: str, timeout_s: float = 30.0
    ) -> Iterator[tuple[str, str]]:
        """Yield (line, answer) for each CLI line, one by one, so that the caller may stop."""
        for line in lines:
            yield line, self.run(line, expect=expect, timeout_s=timeout_s)

    def shell(self, command: str, *, timeout_s: float = 30.0) -> Answer:
        """Return what a POSIX shell command, also of several lines, wrote and its exit status.

        The end is told by a mark that no command of ours writes, so nothing depends on the prompt.
        Raises as `run` does.
        """
        number = next(self._numbers)
        mark = f"preau-{number}"
        # A session's first command takes away the prompt that each further line of a later one
        # would be answered with: a packet a line.
        quiet = "PS2=; " if number == 1 else ""
        # One command to the shell: then no prompt, whatever it looks like, stands in the answer.
        many = "\n" in command or command.endswith("&")
        whole = f"{{ {command}\n}}" if many else command
        with self._translated(command):
            # The empty pair of quotes keeps the echo of what we type from being the mark itself.
            self._write(f'{quiet}echo "{mark}"":"; {whole}; echo "{mark}:$?:"')
            text = self._read_until(rf"{mark}:\d+:", timeout_s)
        end = re.search(rf"{mark}:(\d+):", text)
        assert end is not None
        # It ran once the shell had read all of it: what was typed is echoed before the mark.
        return Answer(int(end[1]), text[: end.start()].rpartition(f"{mark}:\n")[2].strip("\n"))

    def _write(self, text: str) -> None:
        self._connection.write_channel(text + self._connection.RETURN)

    def _read_until(self, pattern: str, timeout_s: float) -> str:
        """Return what came up to and with the first match of `pattern`; keep what came after it.

        It waits on the channel itself rather than ask again and again, and a connection that the
        device closed is told at once.
        """
        wanted = re.compile(pattern)
        channel = self._connection.remote_conn
        began = time.monotonic()
        deadline = began + timeout_s
        pieces = 0
        while True:
            text = self._plain(self._unread)
            match = wanted.search(text)
            if match:
                self._unread = text[match.end() :]
                return text[: match.end()]
            now = time.monotonic()
            left_s = deadline - now
            if left_s <= 0:
                raise Garbled(f"no prompt came back in {timeout_s:.0f} s", where=str(self.target))
            if pieces:
                least_s, most_s = _MOMENT_S
                time.sleep(min(most_s, max(least_s, (now - began) / 2)))
            channel.settimeout(left_s)
            try:
                received = channel.recv(_CHUNK_OCTETS)
            except TimeoutError:
                continue
            if not received:
                raise EOFError("the device closed the connection")
            self._unread += self._decoder.decode(received)
            pieces += 1

    def _plain(self, raw: str) -> str:
        text = str(self._connection.strip_ansi_escape_codes(raw))
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @contextmanager
    def _translated(self, command: str) -> Iterator[None]:
        # A command may hold a secret: the error names only how it begins.
        begins = " ".join(command.split()[:2])
        with translated(self.target, f"after « {begins} »"):
            yield


def _ends(text: str, pattern: str) -> bool:
    return re.search(f"(?:{pattern})\\Z", text) is not None


@contextmanager
def open_session(target: SshTarget) -> Iterator[SshSession]:
    """Log in, yield the session, and log out, whatever happens.

    Raises Unreachable without an answer, Refused for the password or a changed host key (neither is
    tried again), Garbled when what answers does not behave as the device type.
    """
    seen: list[str] = []
    with ExitStack() as path:
        through = None
        if target.via is not None:
            through = path.enter_context(
                JUMP_HOSTS.channel(target.via, target.host, target.port, str(target))
            )
        connection = _connect(target, seen, through)
        try:
            yield SshSession(target, connection, seen[-1] if seen else "")
        finally:
            # The device may be gone: logging out is a courtesy and must not hide what happened.
            with suppress(Exception):
                connection.disconnect()


def _connect(target: SshTarget, seen: list[str], through: Any) -> Any:
    with translated(target, "at login"), _rights_told(target):
        return _session_class(target.device_type)(
            pinned=target.host_key,
            seen=seen,
            host=target.host,
            port=target.port,
            sock=through,
            username=target.username,
            password=target.password,
            device_type=target.device_type,
            conn_timeout=target.timeout_s,
            auth_timeout=target.timeout_s,
            banner_timeout=target.timeout_s,
            read_timeout_override=None,
            use_keys=False,
            allow_agent=False,
            disabled_algorithms=None if target.legacy_algorithms else _LEGACY,
            keepalive=30,
        )


@contextmanager
def _rights_told(target: SshTarget) -> Iterator[None]:
    """Turn netmiko's word for a session that does not get where commands are taken into ours."""
    try:
        yield
    except ValueError as error:
        raise Garbled(
            f"the session of {target.username} gets no rights to configure",
            where=str(target),
            todo="give the account all rights: manager, privilege 15",
        ) from error


@cache
def _session_class(device_type: str) -> Any:
    """Return netmiko's class for a device type, with our check of the host key."""
    from netmiko import ConnectHandler  # noqa: PLC0415, F401 - start-up
    from netmiko.ssh_dispatcher import CLASS_MAPPER  # noqa: PLC0415
    from paramiko import SSHClient, Transport  # noqa: PLC0415

    base: Any = CLASS_MAPPER[device_type]

    class Ciphers(Transport):  # type: ignore[misc]
        """paramiko's transport, which would rather have a cipher with its own authentication."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            options = self.get_security_options()
            options.ciphers = tuple(dict.fromkeys((*_CIPHERS_FIRST, *options.ciphers)))

    class Pinned(base):  # type: ignore[misc]
        """netmiko's class of the device, which asks our policy for the host key."""

        def __init__(self, *, pinned: str | None, seen: list[str], **kwargs: Any) -> None:
            self._policy = host_key_policy(pinned, seen)
            super().__init__(**kwargs)

        def _build_ssh_client(self) -> Any:
            client = SSHClient()
            client.set_missing_host_key_policy(self._policy)
            return client

        def _connect_params_dict(self) -> dict[str, Any]:
            return {**super()._connect_params_dict(), "transport_factory": Ciphers}

        def strip_ansi_escape_codes(self, string_buffer: str) -> str:
            # Dozens of patterns, and asked at each arrival: most devices send no escape code.
            if "\x1b" not in string_buffer:
                return string_buffer
            return str(super().strip_ansi_escape_codes(string_buffer))

    return Pinned


def _no_common_algorithm(target: SshTarget, failure: Exception) -> Refused:
    """Return the error for a server with which nothing can be negotiated."""
    # paramiko ends its message with what was lacking: (no acceptable kex algorithm).
    lacking = str(failure).rpartition("(")[2].rstrip(")")
    todo = "update the device: not even the old algorithms are common"
    if not target.legacy_algorithms:
        todo = "if it is an old device: preau device allow-legacy-ssh, and plan its update"
    return Refused(
        f"the SSH server offers nothing that we accept today: {lacking}",
        where=str(target),
        todo=todo,
    )


@contextmanager
def translated(target: SshTarget, when: str) -> Iterator[None]:
    """Turn what netmiko and paramiko raise into our errors about `target`."""
    from netmiko import exceptions as netmiko  # noqa: PLC0415 - start-up
    from paramiko import ssh_exception as paramiko  # noqa: PLC0415

    where = str(target)
    try:
        yield
    except DeviceError:
        raise
    except ChangedHostKey as error:
        raise Refused(
            f"the SSH host key is another than the pinned one (now {error})",
            where=where,
            todo="replaced or reset: preau device forget-host-key; else find out who answers there",
        ) from error
    except (netmiko.NetmikoAuthenticationException, paramiko.AuthenticationException) as error:
        raise Refused(
            f"the SSH password of {target.username} was refused",
            where=where,
            todo="correct the credential of the zone or of the device",
        ) from error
    except netmiko.ReadTimeout as error:
        raise Garbled(f"no prompt came back {when}", where=where) from error
    except (netmiko.NetmikoTimeoutException, OSError, EOFError) as error:
        # netmiko makes a timeout of every failure of the negotiation; what it was is its context.
        if isinstance(error.__context__, paramiko.IncompatiblePeer):
            raise _no_common_algorithm(target, error.__context__) from error
        raise Unreachable(
            f"the SSH connection failed {when}",
            where=where,
            todo="check that the device runs, its address and its SSH port",
        ) from error
    except (paramiko.SSHException, netmiko.NetmikoBaseException) as error:
        if isinstance(error.__cause__, ChangedHostKey):
            raise error.__cause__ from None
        raise Unreachable(
            f"the SSH connection failed {when}: {type(error).__name__}", where=where
        ) from error
