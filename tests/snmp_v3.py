"""Real SNMPv3 agents for tests, and a relay between them and us that can spoil what passes."""

import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collectors.target import SnmpTarget, SnmpV3
from inventory.usm import AuthProtocol, PrivProtocol
from lab.ports import free_port
from lab.real.places import Daemon, binary
from tests.pysnmp_agent import AUTH_PASSPHRASE, PRIV_PASSPHRASE
from tests.real import need

SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
SYSTEM = (1, 3, 6, 1, 2, 1, 1)
HOST = "127.0.0.1"

# How snmpd.conf(5) of net-snmp 5.9 spells them; the strong AES keys are Blumenthal's.
_AUTHS = {
    AuthProtocol.MD5: "MD5",
    AuthProtocol.SHA1: "SHA",
    AuthProtocol.SHA224: "SHA-224",
    AuthProtocol.SHA256: "SHA-256",
    AuthProtocol.SHA384: "SHA-384",
    AuthProtocol.SHA512: "SHA-512",
}
_PRIVS = {
    PrivProtocol.DES: "DES",
    PrivProtocol.AES128: "AES",
    PrivProtocol.AES192: "AES-192",
    PrivProtocol.AES256: "AES-256",
}

# An empty request to nobody, written out: RFC 3414 clause 4.
_DISCOVERY = bytes.fromhex(
    "303a020103"  # SEQUENCE, version 3
    "300f02024a69020300ffe3040104020103"  # msgID, msgMaxSize, reportable, USM
    "0410300e0400020100020100040004000400"  # no engine, boots, time, user, digest, salt
    "301204000400a00c02020f150201000201003000"  # a GET of nothing
)

_ENGINE_ID = "80001f8804" + b"oracle".hex()

Pass = Callable[[bytes], list[bytes]]


def user(auth: AuthProtocol | None = None, priv: PrivProtocol | None = None) -> SnmpV3:
    """Return the user that the agents here have for these protocols."""
    return SnmpV3(
        user="-".join(part for part in (auth, priv) if part) or "nobody",
        auth=auth,
        auth_passphrase=AUTH_PASSPHRASE if auth else "",
        priv=priv,
        priv_passphrase=PRIV_PASSPHRASE if priv else "",
    )


STRONG = user(AuthProtocol.SHA256, PrivProtocol.AES128)
NET_SNMP_USERS = [
    user(),
    *(user(auth) for auth in _AUTHS),
    *(user(auth, priv) for auth in _AUTHS for priv in _PRIVS),
]


@dataclass(frozen=True)
class V3Agent:
    """An agent that runs."""

    port: int

    def target(self, v3: SnmpV3 = STRONG, **changes: Any) -> SnmpTarget:
        """Return it as a target; patient, for the machine may be busy with other tests."""
        given: dict[str, Any] = {"timeout_s": 5.0, "retries": 2, **changes}
        return SnmpTarget(zone="test", host=HOST, port=self.port, v3=v3, **given)


@contextmanager
def net_snmp_agent(
    folder: Path, *, port: int | None = None, engine_id: str = _ENGINE_ID, boots: int = 1
) -> Iterator[V3Agent]:
    """Run snmpd with all of `NET_SNMP_USERS`, as if it had booted that often."""
    need("snmpd", namespaces=False)
    port = port or free_port()
    config = folder / "snmpd.conf"
    config.touch(mode=0o600)
    config.write_text("\n".join(_config_lines(port, engine_id, boots)) + "\n")
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(binary("snmpd")), "-f", "-Lo", "-C", "-c", str(config)],
            env={"SNMP_PERSISTENT_DIR": str(folder / "state"), "MIBS": ""},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    daemon = Daemon("snmpd", process, log)
    try:
        daemon.wait_for(lambda: _listens(port))
        yield V3Agent(port)
    finally:
        daemon.end()


def _config_lines(port: int, engine_id: str, boots: int) -> Iterator[str]:
    yield f"agentAddress udp:{HOST}:{port}"
    yield "sysName v3-agent"
    # What it would remember of its last run; with another engine id the count begins anew.
    yield f"exactEngineID 0x{engine_id}"
    yield f"oldEngineID 0x{engine_id}"
    yield f"engineBoots {boots - 1}"
    for each in NET_SNMP_USERS:
        line, level = f"createUser {each.user}", "noauth"
        if each.auth is not None:
            line, level = f'{line} {_AUTHS[each.auth]} "{AUTH_PASSPHRASE}"', "auth"
        if each.priv is not None:
            line, level = f'{line} {_PRIVS[each.priv]} "{PRIV_PASSPHRASE}"', "priv"
        yield line
        yield f"rouser {each.user} {level}"


@contextmanager
def pysnmp_agent(engine_id: str = "80001f8805aabbccddee") -> Iterator[V3Agent]:
    """Run pysnmp's agent, which has every protocol, in a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.pysnmp_agent", HOST, str(port), engine_id],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield V3Agent(port)
    finally:
        process.terminate()
        process.communicate()


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((HOST, port))
        probe.settimeout(1.0)
        try:
            probe.send(_DISCOVERY)
            return bool(probe.recv(1500))
        except OSError:
            return False


@dataclass
class Relay:
    """What passes between us and an agent. `to_agent` and `to_us` say what is sent on."""

    agent: V3Agent
    to_agent: Pass
    to_us: Pass
    port: int
    requests: list[bytes] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)

    def target(self, v3: SnmpV3 = STRONG, **changes: Any) -> SnmpTarget:
        """Return the agent as a target, by way of this relay."""
        return replace(self.agent.target(v3, **changes), port=self.port)


def _unchanged(data: bytes) -> list[bytes]:
    return [data]


@contextmanager
def relay(
    agent: V3Agent, *, to_agent: Pass = _unchanged, to_us: Pass = _unchanged
) -> Iterator[Relay]:
    """Run a relay to `agent` until the block ends."""
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ours.bind((HOST, 0))
    theirs.bind((HOST, 0))
    made = Relay(agent, to_agent, to_us, ours.getsockname()[1])
    thread = threading.Thread(target=_carry, args=(made, ours, theirs), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (HOST, made.port))
        thread.join()
        ours.close()
        theirs.close()


def _carry(made: Relay, ours: socket.socket, theirs: socket.socket) -> None:
    source: tuple[str, int] | None = None
    while True:
        ready, _, _ = select.select([ours, theirs], [], [])
        if ours in ready:
            data, source = ours.recvfrom(65535)
            if not data:
                return
            made.requests.append(data)
            for each in made.to_agent(data):
                theirs.sendto(each, (HOST, made.agent.port))
        if theirs in ready:
            data = theirs.recv(65535)
            made.replies.append(data)
            for each in made.to_us(data):
                assert source is not None
                ours.sendto(each, source)
