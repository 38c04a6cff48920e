"""A listener for tests: devices with addresses on loopback, and net-snmp's own senders."""

import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from api.usecases.trap_listener import TrapListening, listening
from api.usecases.trap_senders import KnownSenders
from collectors.snmp import ber
from collectors.snmp.message import V2C, encode_message
from collectors.target import SnmpV3
from collectors.traps.engines import EngineClocks
from collectors.traps.message import INFORM, TRAP
from collectors.traps.outcome import Drop
from collectors.traps.rate import SourceLimits
from collectors.traps.reading import Credentials, NotificationReader
from collectors.traps.receiver import Arrival, Listener, Receiver
from collectors.traps.sockets import bind
from collectors.traps.usm import NotificationUsm, OwnEngine
from inventory import clock
from inventory.database import Database
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    Event,
    Interface,
    Link,
    ManagementEndpoint,
    Protocol,
    Site,
    Zone,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from inventory.usm import AuthProtocol, PrivProtocol
from inventory.vendors.mib import Oid, oid
from tests.patience import PATIENCE_S, wait_until

COMMUNITY = "ecoute-ici"
USER, AUTH_PASSPHRASE, PRIV_PASSPHRASE = "préau-trap", "auth-passphrase", "priv-passphrase"
LINK_DOWN, LINK_UP, COLD_START = (f"1.3.6.1.6.3.1.1.5.{number}" for number in (3, 4, 1))
IF_INDEX = "1.3.6.1.2.1.2.2.1.1"


@dataclass(frozen=True)
class Network:
    """Two zones with the same address, one device each, and one with a cable to an access point."""

    zones: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    site_ids: dict[str, int] = field(default_factory=dict)


def make_network(
    database: Database, vault: Vault, *, v3: bool = False, community: str = COMMUNITY
) -> Network:
    """Make zone a (sw1 at 127.0.0.1 with ap1 on port 1/1/1, sw2 at 127.0.0.2) and b (sw1 again)."""
    made = Network()
    with database.write("test") as session:
        credential_id = _credential(session, vault, community, v3=v3)
        for zone, switches in (("a", ("sw1", "sw2")), ("b", ("sw1",))):
            site = Site(name=f"École {zone}", search_key=zone, address="", commune="", province="")
            session.add(site)
            session.flush()
            row = Zone(name=zone, site_id=site.id, snmp_credential_id=credential_id)
            session.add(row)
            session.flush()
            assert row.id is not None
            assert site.id is not None
            made.zones[zone], made.site_ids[zone] = row.id, site.id
            for place, name in enumerate(switches, 1):
                made.devices[f"{zone}/{name}"] = _switch(
                    session, site.id, row.id, f"{name}-{zone}", f"127.0.0.{place}"
                )
        _cable(session, made)
    return made


def _credential(session: Session, vault: Vault, community: str, *, v3: bool) -> int:
    store_secret(session, vault, "trap-community", community)
    store_secret(session, vault, "trap-auth", AUTH_PASSPHRASE)
    store_secret(session, vault, "trap-priv", PRIV_PASSPHRASE)
    if v3:
        made = Credential(
            name="v3",
            kind=CredentialKind.SNMP_V3,
            username=USER,
            secret_name="trap-auth",
            auth_protocol=AuthProtocol.SHA1,
            priv_protocol=PrivProtocol.AES128,
            priv_secret_name="trap-priv",
        )
    else:
        made = Credential(
            name="v2c", kind=CredentialKind.SNMP_COMMUNITY, secret_name="trap-community"
        )
    session.add(made)
    session.flush()
    assert made.id is not None
    return made.id


def _switch(session: Session, site_id: int, zone_id: int, name: str, host: str) -> int:
    device = Device(name=name, site_id=site_id, role=DeviceRole.SWITCH)
    session.add(device)
    session.flush()
    assert device.id is not None
    session.add(Interface(device_id=device.id, name="1/1/1", if_index=1))
    session.add(
        ManagementEndpoint(
            zone_id=zone_id, host=host, protocol=Protocol.SNMP, port=161, device_id=device.id
        )
    )
    return device.id


def _cable(session: Session, made: Network) -> None:
    point = Device(name="ap1-a", site_id=made.site_ids["a"], role=DeviceRole.ACCESS_POINT)
    session.add(point)
    session.flush()
    assert point.id is not None
    made.devices["a/ap1"] = point.id
    session.add(
        Link(
            device_id=made.devices["a/sw1"],
            local_interface="1/1/1",
            protocol="lldp",
            remote_key="ap1",
            remote_device_id=point.id,
            first_seen_at=clock.now(),
            last_seen_at=clock.now(),
        )
    )


@dataclass(frozen=True)
class Running:
    """A listener that runs, and the port of each of its sockets."""

    listening: TrapListening
    ports: list[int]

    def figure(self, kind: str, name: str) -> int:
        """Return one of its figures, 0 where nothing was counted."""
        return int(self.listening.figures()[kind].get(name, 0))

    def wait_for(self, kind: str, name: str, count: int) -> None:
        """Wait until a figure reaches `count`."""
        wait_until(lambda: self.figure(kind, name) >= count, f"{kind} {name} {count}")


@contextmanager
def running_listener(
    settings: Settings, database: Database, vault: Vault, places: Sequence[str] = ("a@127.0.0.1:0",)
) -> Iterator[Running]:
    """Run a listener at `places` until the block ends."""
    sockets = bind(places)
    settings = settings.model_copy(update={"traps_listen": tuple(places)})
    try:
        with listening(settings, database, vault, sockets) as running:
            yield Running(running, [each.getsockname()[1] for each in sockets])
    finally:
        for each in sockets:
            each.close()


@dataclass
class Heard:
    """A receiver without a database: what it believed, and its figures."""

    port: int
    receiver: Receiver
    arrivals: list[Arrival] = field(default_factory=list)

    def drops(self, why: Drop) -> int:
        """Return how many datagrams went no further for this reason."""
        return self.receiver.figures.drops[why]


@contextmanager
def receiving(senders: KnownSenders, *, any_community: bool = False) -> Iterator[Heard]:
    """Run a receiver in zone 1 until the block ends; informs are acknowledged at once."""
    clocks = EngineClocks()
    usm = NotificationUsm(OwnEngine(b"\x80\0\0\0\x05our engine", boots=7), clocks)
    (bound,) = bind(["127.0.0.1:0"])

    def deliver(arrival: Arrival) -> None:
        heard.arrivals.append(arrival)
        if arrival.acknowledge is not None:
            arrival.acknowledge()

    receiver = Receiver(
        [Listener(bound, 1)],
        NotificationReader(usm, clocks, senders, any_community=any_community),
        SourceLimits(per_second=1000, burst=1000),
        deliver=deliver,
        limited=lambda *_: None,
    )
    heard = Heard(bound.getsockname()[1], receiver)
    thread = threading.Thread(target=receiver.run, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        receiver.stop()
        thread.join()
        bound.close()


def v3_user() -> SnmpV3:
    """Return the SNMPv3 user of these tests."""
    return SnmpV3(USER, AuthProtocol.SHA1, AUTH_PASSPHRASE, PrivProtocol.AES128, PRIV_PASSPHRASE)


def one_device(credentials: Credentials) -> KnownSenders:
    """Return senders of which 127.0.0.1 is device 12 in zone 1."""
    return KnownSenders({(1, "127.0.0.1"): 12}, {"127.0.0.1": (1,)}, {"a": 1}, {1: credentials})


def send(program: str, port: int, *words: str, community: str = COMMUNITY) -> int:
    """Run net-snmp's snmptrap or snmpinform with SNMPv2c; returns its exit status."""
    return run(program, "-v2c", "-c", community, f"127.0.0.1:{port}", *words)


def run(program: str, *words: str) -> int:
    """Run one of net-snmp's senders, without its MIB files; returns its exit status."""
    command = [program, "-m", "", "-M", "", *words]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
    return done.returncode


def events(database: Database) -> list[Event]:
    """Return the trap events, oldest first."""
    with database.read() as session:
        found = select(Event).where(col(Event.kind).startswith("trap."))
        return list(session.exec(found.order_by(col(Event.id))))


def wait_for_events(database: Database, count: int) -> list[Event]:
    """Return the trap events once there are `count`."""
    wait_until(lambda: len(events(database)) >= count, f"{count} events")
    return events(database)


def sender(host: str = "127.0.0.1") -> socket.socket:
    """Return a UDP socket that sends from `host`."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    return made


def community_trap(notification: Oid, *values: tuple[Oid, bytes]) -> bytes:
    """Return an SNMPv2c trap; the values are encoded already."""
    return encode_message(V2C, COMMUNITY.encode(), notification_pdu(TRAP, notification, *values))


def community_inform(notification: Oid, *values: tuple[Oid, bytes], request_id: int = 1) -> bytes:
    """Return an SNMPv2c inform; the values are encoded already."""
    pdu = notification_pdu(INFORM, notification, *values, request_id=request_id)
    return encode_message(V2C, COMMUNITY.encode(), pdu)


def notification_pdu(
    kind: int, notification: Oid, *values: tuple[Oid, bytes], request_id: int = 1
) -> bytes:
    """Return an SNMPv2-Trap-PDU or InformRequest-PDU, encoded."""
    bindings = (
        (oid("1.3.6.1.2.1.1.3.0"), ber.encode_integer(4711, ber.TIME_TICKS)),
        (oid("1.3.6.1.6.3.1.1.4.1.0"), ber.encode_oid(notification)),
        *values,
    )
    varbinds = b"".join(
        ber.encode(ber.SEQUENCE, ber.encode_oid(name) + value) for name, value in bindings
    )
    head = b"".join(map(ber.encode_integer, (request_id, 0, 0)))
    return ber.encode(kind, head + ber.encode(ber.SEQUENCE, varbinds))
