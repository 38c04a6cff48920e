"""What a laptop hears on its own cable, by a process of its own that may open raw sockets.

This side has no privileges, decodes no frame and does not import scapy: it gets JSON lines over a
pipe and believes none that does not fit.
"""

import fcntl
import ipaddress
import json
import os
import pwd
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from collectors.announcements import Announcement
from inventory.errors import Garbled, InvalidInput, Misconfigured, Unreachable

LARGEST_SWEEP = 2**12
"""The most addresses that are swept without being told to: a /20."""
RATE_PER_S = 100.0
LISTEN_S = 65.0
"""LLDP announces every 30 s and CDP every 60 s, unless somebody changed it."""
ENOUGH_S = 5.0

_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B  # linux/sockios.h
_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class WireHost:
    """A host that spoke ARP. `vendor` is who made its interface, where known."""

    ip: str
    mac: str
    vendor: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of this machine; `own_ip` and `network` are None without an IPv4 address.

    `has_link`: a cable leads somewhere; None: the kernel does not tell.
    """

    name: str
    own_ip: str | None
    network: ipaddress.IPv4Network | None
    has_link: bool | None = None

    def why_not_swept(self, *, force: bool) -> str | None:
        """Return why the network of this interface is not swept, None where it can be."""
        if self.network is None:
            return f"{self.name} has no IPv4 address"
        if self.network.num_addresses > LARGEST_SWEEP and not force:
            return f"{self.network} is larger than a /20: --force sweeps it all the same"
        return None


@dataclass
class OnTheWire:
    """What was heard: announcements and hosts in the order in which they became known.

    `asked` counts the addresses that were swept; `not_swept` says why none was.
    """

    interface: Interface
    not_swept: str | None = None
    announcements: list[Announcement] = field(default_factory=list)
    hosts: list[WireHost] = field(default_factory=list)
    asked: int = 0

    def plugged_into(self) -> list[Announcement]:
        """Return the switches and the like that are heard, each once; one: the cable leads there.

        Two or more are heard where a switch that says nothing of itself passes on what they say.
        Where none says that it leads on, what does not say that it is a telephone.
        """
        switches = [each for each in self.announcements if each.heard().is_infrastructure]
        return one_each(
            switches
            or [each for each in self.announcements if "telephone" not in each.capabilities]
        )


def one_each(announcements: Iterable[Announcement]) -> list[Announcement]:
    """Return one announcement for each device: what it says by LLDP, and what CDP adds."""
    found: dict[str, Announcement] = {}
    for each in sorted(announcements, key=lambda said: said.protocol == "cdp"):
        first = found.setdefault(each.source_mac, each)
        found[each.source_mac] = replace(
            first,
            system_name=first.system_name or each.system_name,
            platform=first.platform or each.platform,
            addresses=tuple(dict.fromkeys((*first.addresses, *each.addresses))),
            capabilities=first.capabilities | each.capabilities,
            vlan=first.vlan or each.vlan,
        )
    return list(found.values())


def whereabouts(switches: Sequence[Announcement]) -> str:
    """Return the sentence that an installer wants first: which port the cable leads to."""
    places = [f"port {each.port or '?'} of {each.name}{_reached_at(each)}" for each in switches]
    if len(places) == 1:
        doubt = "" if switches[0].heard().is_infrastructure else ", which says it is an end device"
        return f"You are on {places[0]}{doubt}."
    if places:
        return (
            f"{len(places)} devices are heard, so a switch that says nothing of itself stands"
            f" between: {'; '.join(places)}."
        )
    return "No switch announced itself by LLDP or CDP."


def _reached_at(said: Announcement) -> str:
    useful = [each for each in said.addresses if not ipaddress.ip_address(each).is_link_local]
    return f" ({', '.join(useful)})" if useful else ""


def interface_of(name: str) -> Interface:
    """Return an interface of this machine with its first IPv4 address.

    Raises InvalidInput, with the names that there are, when there is none of that name.
    """
    try:
        socket.if_nametoindex(name)
    except OSError as error:
        names = ", ".join(known for _, known in socket.if_nameindex())
        raise InvalidInput(f"there is no interface {name}", todo=f"one of: {names}") from error
    own, mask = _asked(name, _SIOCGIFADDR), _asked(name, _SIOCGIFNETMASK)
    if own is None or mask is None:
        return Interface(name, None, None, _has_link(name))
    network = ipaddress.IPv4Network(f"{own}/{mask}", strict=False)
    return Interface(name, own, network, _has_link(name))


def _has_link(name: str) -> bool | None:
    try:
        return Path(f"/sys/class/net/{name}/carrier").read_text().strip() == "1"
    except OSError:  # an interface that is down tells none
        return None


def _asked(name: str, request: int) -> str | None:
    """Return an address of an interface (netdevice(7)), None where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            told = fcntl.ioctl(any_socket, request, struct.pack("256s", name.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(told[20:24])


@contextmanager
def listening(
    interface: Interface,
    *,
    listen_s: float | None = None,
    sweep: bool = True,
    force: bool = False,
) -> Iterator["Listening"]:
    """Start to listen, and end it with the block. The process listens when the block begins.

    Without `listen_s` it listens until a switch was heard, 65 s at most. Raises Misconfigured
    where this user may open no raw socket, or the interface cannot be listened on.
    """
    not_swept = interface.why_not_swept(force=force) if sweep else "it was not asked for"
    uid, gid = _unprivileged_user()
    argument = {
        "interface": interface.name,
        "listen_s": LISTEN_S if listen_s is None else listen_s,
        "enough_s": ENOUGH_S if listen_s is None else listen_s,
        "sweep": None if not_swept else str(interface.network),
        "own_ip": interface.own_ip,
        "rate_per_s": RATE_PER_S,
        "uid": uid,
        "gid": gid,
    }
    command = [sys.executable, "-P", "-m", "collectors.link_layer", json.dumps(argument)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            _demand_ready(process.stdout.readline(), interface)
            leave_root()
            yield Listening(process.stdout, OnTheWire(interface, not_swept))
        finally:
            process.stdout.close()
            # Another user's by now, it ends by its closed pipe.
            with suppress(PermissionError):
                process.terminate()


def _unprivileged_user() -> tuple[int, int]:
    """Return who the listener becomes: who called sudo, else nobody; ourselves if not root."""
    if os.geteuid() != 0:
        return os.getuid(), os.getgid()
    try:
        return int(os.environ["SUDO_UID"]) or _NOBODY, int(os.environ["SUDO_GID"]) or _NOBODY
    except (KeyError, ValueError):
        return _NOBODY, _NOBODY


def leave_root() -> None:
    """Become the user who called sudo, for good: a root that nobody called stays who it is."""
    uid = int(os.environ.get("SUDO_UID", "0") or "0")
    if os.geteuid() != 0 or uid == 0:
        return
    person = pwd.getpwuid(uid)
    os.initgroups(person.pw_name, person.pw_gid)
    os.setresgid(person.pw_gid, person.pw_gid, person.pw_gid)
    os.setresuid(uid, uid, uid)
    os.environ |= {"LOGNAME": person.pw_name, "USER": person.pw_name, "HOME": person.pw_dir}


def _demand_ready(line: bytes, interface: Interface) -> None:
    told = _object(line)
    if told.get("ready") is True:
        return
    if told.get("error") == "permission":
        raise Misconfigured(
            f"listening on {interface.name} needs the right to open raw sockets (CAP_NET_RAW)",
            todo="run it with sudo; or, for a service, AmbientCapabilities=CAP_NET_RAW",
        )
    raise Misconfigured(
        f"{interface.name} cannot be listened on: {told.get('detail', 'its listener ended')}",
        todo="say a wired interface that is up with --interface",
    )


def _object(line: bytes) -> dict[str, object]:
    try:
        told = json.loads(line or b"{}")
    except ValueError as error:
        raise Garbled("the listener said what is no JSON") from error
    return told if isinstance(told, dict) else {}


_ANNOUNCEMENT, _HOST = TypeAdapter(Announcement), TypeAdapter(WireHost)


@dataclass
class Listening:
    """A listener that runs: `read` follows it to its end."""

    lines: IO[bytes]
    heard: OnTheWire

    def read(self, on_heard: Callable[[Announcement], None] = lambda _: None) -> OnTheWire:
        """Return all that is heard; `on_heard` is told of each announcement at once.

        Raises Unreachable when the interface goes down, Garbled when the listener says what does
        not fit, or ends before its time.
        """
        for line in self.lines:
            told = _object(line)
            if "error" in told:
                raise Unreachable(
                    f"{self.heard.interface.name} was lost: {told.get('detail')}",
                    todo="see that it is up and its cable plugged in, and try again",
                )
            try:
                if "heard" in told:
                    said = _ANNOUNCEMENT.validate_python(told["heard"])
                    self.heard.announcements.append(said)
                    on_heard(said)
                elif "host" in told:
                    self.heard.hosts.append(_HOST.validate_python(told["host"]))
                elif isinstance(end := told.get("end"), dict):
                    self.heard.asked = int(end.get("asked", 0))
                    return self.heard
            except ValidationError as error:
                raise Garbled("the listener said what does not fit") from error
        raise Garbled("the listener ended before its time", where=self.heard.interface.name)
