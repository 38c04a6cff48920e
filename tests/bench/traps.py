"""What a storm of traps costs and spoils: `make bench-traps`. The last line is JSON.

The traps process of `preau serve` is run as it is installed, on SQLite, with 101 switches. One of
them sends 10,000 traps as fast as a process can, about 24 ports that come and go; each of the
others sends one in the middle of it. `others_lost` counts those whose event is missing,
`kernel_dropped` what the kernel threw away before the process saw it, `events` the rows that were
written in all. `cpu_s` is the process's CPU time from the first trap to the last event.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, col, select

from api.usecases.trap_status import TrapStatus, trap_status
from collectors.snmp import ber
from collectors.snmp.message import V2C, encode_message
from collectors.traps.message import TRAP
from collectors.traps.sockets import bind
from inventory.database import Database, open_database, upgrade
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    Event,
    ManagementEndpoint,
    Protocol,
    Zone,
)
from inventory.secrets import Vault, open_vault, store_secret
from inventory.settings import Settings
from inventory.vendors.mib import Oid, oid

COMMUNITY = "bench"
PORTS = 24
_PATIENCE_S = 120.0
_UPTIME, _TRAP = oid("1.3.6.1.2.1.1.3.0"), oid("1.3.6.1.6.3.1.1.4.1.0")
_LINK_DOWN, _LINK_UP = oid("1.3.6.1.6.3.1.1.5.3"), oid("1.3.6.1.6.3.1.1.5.4")
_IF_INDEX = oid("1.3.6.1.2.1.2.2.1.1")


def main() -> None:
    """Run the storm and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storm", type=int, default=10_000)
    parser.add_argument("--others", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(_measure(Path(folder), asked.storm, asked.others)))


def _measure(folder: Path, storm: int, others: int) -> dict[str, float]:
    settings = Settings(data_dir=folder)
    upgrade(settings)
    vault = open_vault(settings, create=True)
    database = open_database(settings)
    _make_switches(database, vault, others + 1)
    (listening,) = bind(["127.0.0.1:0"])
    port = listening.getsockname()[1]
    config = folder / "preau.toml"
    config.write_text(f'data_dir = "{folder}"\ntraps_listen = ["127.0.0.1:{port}"]\n')
    fd = str(listening.fileno())
    command = [sys.executable, "-m", "api.cli", "--config", str(config), "serve"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--only", "traps", "--socket-fd", fd],
            pass_fds=[listening.fileno()],
            stderr=log,
        )
    try:
        _wait(lambda: _status(database) is not None or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError((folder / "log").read_text())
        before_s, started_s = _cpu_s(process.pid), time.perf_counter()
        _send(port, storm, others)
        sent_s = time.perf_counter() - started_s
        complete = _wait(lambda: _heard(database) >= others, raising=False)
        wall_s = time.perf_counter() - started_s
        cpu_s, rss_mb = _cpu_s(process.pid) - before_s, _rss_mb(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE_S)
    figures = _status(database) or {}
    print(
        f"sent in {sent_s:.2f} s, {'all' if complete else 'NOT all'} others within {wall_s:.2f} s"
    )
    return {
        "sent": storm + others,
        **figures,
        "events": _count(database),
        "others_lost": others - _heard(database),
        "cpu_s": round(cpu_s, 2),
        "wall_s": round(wall_s, 2),
        "rss_mb": rss_mb,
    }


def _make_switches(database: Database, vault: Vault, count: int) -> None:
    with database.write("bench") as session:
        store_secret(session, vault, "bench", COMMUNITY)
        credential = Credential(
            name="bench", kind=CredentialKind.SNMP_COMMUNITY, secret_name="bench"
        )
        session.add(credential)
        session.flush()
        zone = Zone(name="bench", snmp_credential_id=credential.id)
        session.add(zone)
        session.flush()
        for number in range(count):
            _make_switch(session, zone.id or 0, number)


def _make_switch(session: Session, zone_id: int, number: int) -> None:
    device = Device(name=f"sw{number}", role=DeviceRole.SWITCH)
    session.add(device)
    session.flush()
    session.add(
        ManagementEndpoint(
            zone_id=zone_id,
            host=_address(number),
            protocol=Protocol.SNMP,
            port=161,
            device_id=device.id,
        )
    )


def _address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _send(port: int, storm: int, others: int) -> None:
    """Send the storm from the first switch, and in its middle one trap of each other one."""
    payloads = [trap(each, index) for index in range(1, PORTS + 1) for each in _ENDS]
    stormy = _socket(0)
    quiet = [_socket(number) for number in range(1, others + 1)]
    every = max(storm // max(others, 1), 1)
    to = ("127.0.0.1", port)
    for number in range(storm):
        stormy.sendto(payloads[number % len(payloads)], to)
        if number % every == 0 and quiet:
            with quiet.pop() as one:
                one.sendto(payloads[0], to)
    stormy.close()


_ENDS = (_LINK_DOWN, _LINK_UP)


def trap(notification: Oid, index: int) -> bytes:
    """Return an SNMPv2c trap about one port, encoded."""
    bindings = (
        (_UPTIME, ber.encode_integer(4711, ber.TIME_TICKS)),
        (_TRAP, ber.encode_oid(notification)),
        ((*_IF_INDEX, index), ber.encode_integer(index)),
    )
    varbinds = b"".join(
        ber.encode(ber.SEQUENCE, ber.encode_oid(name) + value) for name, value in bindings
    )
    head = b"".join(map(ber.encode_integer, (index, 0, 0)))
    pdu = ber.encode(TRAP, head + ber.encode(ber.SEQUENCE, varbinds))
    return encode_message(V2C, COMMUNITY.encode(), pdu)


def _socket(number: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((_address(number), 0))
    return made


def _status(database: Database) -> dict[str, int] | None:
    with database.read() as session:
        status: TrapStatus | None = trap_status(session)
    return None if status is None or not status.figures else status.figures["received"]


def _heard(database: Database) -> int:
    """Return how many of the others have their event."""
    with database.read() as session:
        stormy = select(Device.id).where(Device.name == "sw0")
        rows = select(Event.device_id).where(col(Event.device_id).not_in(stormy)).distinct()
        return len(session.exec(rows.where(col(Event.kind).startswith("trap."))).all())


def _count(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(Event.id).where(col(Event.kind).startswith("trap."))).all())


def _wait(reached: Callable[[], bool], *, raising: bool = True) -> bool:
    until_s = time.monotonic() + (_PATIENCE_S if raising else 20.0)
    while not reached():
        if time.monotonic() > until_s:
            if raising:
                raise TimeoutError("the traps process does not answer")
            return False
        time.sleep(0.05)
    return True


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
