"""The process that listens on a cable: LLDP, CDP and ARP heard, and an ARP sweep sent.

The only module of this package that imports scapy, which needs CAP_NET_RAW, is under another
licence and takes seconds to import. It runs by itself, as `python -m collectors.link_layer` with
one JSON argument: `{"interface", "listen_s", "enough_s", "sweep": CIDR or null, "own_ip",
"rate_per_s", "uid", "gid"}`. It opens its sockets, gives every privilege away before it reads a
single octet, and writes JSON lines: `{"ready": true}`, then `{"heard": announcement}` and `{"host":
host}` as each becomes known, and `{"end": counts}`; or at any time `{"error": kind, "detail":
text}`, the last.
"""

import ctypes
import ipaddress
import json
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scapy.arch import get_if_hwaddr
from scapy.arch.linux import L2Socket
from scapy.config import conf
from scapy.error import Scapy_Exception
from scapy.layers import l2

from collectors.announcements import (
    ARP,
    CDP_GROUP,
    LLDP,
    LLDP_GROUPS,
    Announcement,
    Host,
    announcement,
    speaker,
)

_ETH_P_802_2 = 0x0004  # linux/if_ether.h: frames with a length in place of a type, as CDP's
_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, _PACKET_MR_MULTICAST = 263, 1, 0  # linux/if_packet.h
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 38, 47, 4  # linux/prctl.h
_CAPABILITY_VERSION_3 = 0x20080522  # linux/capability.h
_LAST_ANSWERS_S = 2.0
_MOST_FRAMES = 1_000_000
_MOST_HOSTS = 100_000


@dataclass
class Listener:
    """Reads the sockets of one interface. `frames` and `sent` count; the rest is what was heard."""

    sockets: list[Any]
    own_mac: str
    enough_s: float
    """How long to go on after the first announcement: another may stand behind a dumb switch."""
    frames: int = 0
    sent: int = 0
    announced: dict[tuple[str, str], Announcement] = field(default_factory=dict)
    hosts: set[Host] = field(default_factory=set)

    def listen(self, until: float, requests: Iterator[bytes], pause_s: float) -> None:
        """Read until then (of the monotonic clock), and while there are requests to send."""
        sender = self.sockets[-1]
        next_at, request = time.monotonic(), next(requests, None)
        while (now := time.monotonic()) < until or request is not None:
            if request is not None and now >= next_at:
                sender.ins.send(request)
                self.sent += 1
                request, next_at = next(requests, None), now + pause_s
                until = max(until, now + _LAST_ANSWERS_S)
            wait_s = max(0.0, min(until - now, next_at - now if request else 1.0))
            ready, _, _ = select.select(self.sockets, (), (), wait_s)
            for each in ready:
                if self.take(each) and len(self.announced) == 1:
                    until = min(until, time.monotonic() + self.enough_s)
            if self.frames > _MOST_FRAMES:
                return

    def take(self, source: Any) -> bool:
        """Read one frame and tell what is new in it; returns whether it is an announcement.

        What we sent ourselves is not heard.
        """
        _, frame, _ = source.recv_raw()
        if frame is None:
            return False
        self.frames += 1
        said, host = announcement(frame), speaker(frame)
        if said is not None:
            return self._announce(said)
        if host is None or host.mac == self.own_mac or host in self.hosts:
            return False
        if len(self.hosts) < _MOST_HOSTS:
            self.hosts.add(host)
            _write({"host": {**asdict(host), "vendor": _vendor(host.mac)}})
        return False

    def _announce(self, said: Announcement) -> bool:
        key = (said.protocol, said.source_mac)
        known = self.announced.get(key) == said or len(self.announced) >= _MOST_HOSTS
        if known or said.source_mac == self.own_mac:
            return False
        self.announced[key] = said
        _write({"heard": {**asdict(said), "capabilities": sorted(said.capabilities)}})
        return True


def open_sockets(interface: str) -> list[Any]:
    """Return the sockets for LLDP, CDP and ARP on an interface, the last for sending too.

    Not promiscuous: the interface is only asked to let the two group addresses through.
    """
    sockets = [
        L2Socket(iface=interface, type=kind, promisc=False) for kind in (LLDP, _ETH_P_802_2, ARP)
    ]
    index = socket.if_nametoindex(interface)
    for group in (*LLDP_GROUPS, CDP_GROUP):
        address = bytes.fromhex(group)
        request = struct.pack("=iHH8s", index, _PACKET_MR_MULTICAST, len(address), address)
        sockets[0].ins.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, request)
    return sockets


def give_away_privileges(uid: int, gid: int) -> None:
    """Become this user where we are root, and drop every capability; raises OSError if any is left.

    The sockets that are open stay open.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())
    if 0 in os.getresuid() or 0 in os.getresgid() or _capabilities() != 0:
        raise OSError("the privileges could not be given away")


def _capabilities() -> int:
    """Return the capabilities that this process has or could take, as the kernel tells them."""
    # As octets: a module of the interpreter, as a codec, may be out of reach by now.
    told = dict(line.split(b":", 1) for line in Path("/proc/self/status").read_bytes().splitlines())
    return int(told[b"CapPrm"], 16) | int(told[b"CapEff"], 16)


def requests(network: str | None, own_mac: str, own_ip: str) -> Iterator[bytes]:
    """Yield an ARP request for every address of `network` but our own."""
    if network is None:
        return
    for address in ipaddress.IPv4Network(network).hosts():
        if str(address) != own_ip:
            asked = l2.ARP(op=1, hwsrc=own_mac, psrc=own_ip, pdst=str(address))
            yield bytes(l2.Ether(src=own_mac, dst="ff:ff:ff:ff:ff:ff") / asked)


def _vendor(mac: str) -> str | None:
    """Return who made the interface with this address, where scapy's list knows it."""
    spelled = ":".join(mac[place : place + 2] for place in range(0, 12, 2))
    _, name = conf.manufdb.lookup(spelled) if conf.manufdb else (spelled, spelled)
    return None if name == spelled else name


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(argument: str) -> None:
    """Do what the argument asks, and write it line by line."""
    asked = json.loads(argument)
    try:
        sockets = open_sockets(asked["interface"])
        own_mac = get_if_hwaddr(asked["interface"])
        _vendor("000000000000")  # its list is a file: read before there is no right to
        give_away_privileges(asked["uid"], asked["gid"])
    except PermissionError as error:
        _write({"error": "permission", "detail": str(error.strerror)})
        return
    except (OSError, Scapy_Exception, ValueError) as error:
        _write({"error": "interface", "detail": str(error)})
        return
    _write({"ready": True})
    listener = Listener(sockets, own_mac.replace(":", ""), asked["enough_s"])
    try:
        listener.listen(
            time.monotonic() + asked["listen_s"],
            requests(asked["sweep"], own_mac, asked["own_ip"] or "0.0.0.0"),  # noqa: S104
            1 / asked["rate_per_s"],
        )
    except OSError as error:  # the interface went down, or away
        _write({"error": "lost", "detail": error.strerror or str(error)})
        return
    _write({"end": {"frames": listener.frames, "asked": listener.sent}})


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except BrokenPipeError:  # who asked has heard enough
        sys.stderr.close()
