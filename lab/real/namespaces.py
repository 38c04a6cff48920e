"""Network namespaces, the cables between them, and one from the product to them.

Names are drawn, so that many tests run at once. The networks are of 198.18.0.0/15, which RFC 2544
keeps for tests: no school and no office uses it.
"""

import ipaddress
import json
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from lab.real.places import Place, RealPartFailed, missing, own_folder, run, wait_until

_TEST_RANGE = ipaddress.IPv4Network("198.18.0.0/15")
# A private mount of /run and /var/log: pid files, sockets and logins stay out of the machine's.
_PRIVATE = """set -e
mount -n -t tmpfs -o mode=755 lab /run
mount -n -t tmpfs -o mode=755 lab /var/log
mkdir -p /run/sshd /run/lldpd
for pair in $BINDINGS; do mount -n --bind "${pair%%:*}" "${pair#*:}"; done
exec "$@"
"""


class Namespace(Place):
    """A place that is a network of its own."""

    def is_up(self, port: str) -> bool:
        """Whether a port has a carrier."""
        return any(link["ifname"] == port and link["operstate"] == "UP" for link in self.links())

    def ip(self, *arguments: str) -> None:
        """Run iproute2's `ip` for this namespace."""
        run("ip", "-n", self.name, *arguments)

    def processes(self) -> list[int]:
        """Return the ids of what runs inside."""
        return [int(line) for line in run("ip", "netns", "pids", self.name).split()]

    def end(self) -> None:
        """End the daemons and whatever they left running inside."""
        super().end()
        for number in self.processes():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        wait_until(lambda: not self.processes(), f"processes in {self.name} end")


@contextmanager
def namespace() -> Iterator[Namespace]:
    """Make a namespace and remove it, with all that runs in it.

    Raises RealPartFailed where the kernel or the container does not let us.
    """
    name = f"preau-{secrets.token_hex(4)}"
    run("ip", "netns", "add", name)
    try:
        with own_folder(name) as folder:
            made = Namespace(name, folder, prefix=("ip", "netns", "exec", name))
            try:
                made.ip("link", "set", "lo", "up")
                yield made
            finally:
                made.end()
    finally:
        run("ip", "netns", "delete", name)


def no_namespaces() -> str | None:
    """Return why network namespaces cannot be made here and what to do, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root: run make lab-deps and the tests as root"
    if absent := missing("ip", "unshare"):
        return f"{absent}: run make lab-deps"
    try:
        with namespace():
            return None
    except RealPartFailed as failure:
        return (
            "no network namespace can be made, so this root lacks CAP_SYS_ADMIN or CAP_NET_ADMIN"
            f" ({failure}): run make lab-deps and the tests where it has them"
        )


def private_mounts(bindings: dict[str, str] | None = None) -> tuple[str, ...]:
    """Return the front of a command that runs with its own /run and /var/log.

    `bindings` maps a path of the machine to the file that stands there for this command alone.
    """
    pairs = " ".join(f"{ours}:{theirs}" for theirs, ours in (bindings or {}).items())
    return ("unshare", "--mount", "env", f"BINDINGS={pairs}", "sh", "-c", _PRIVATE, "sh")


def cable(one: Namespace, port: str, other: Namespace, other_port: str) -> None:
    """Lay a cable (a veth pair) between a port of `one` and a port of `other`; both are up."""
    run(
        "ip", "link", "add", port, "netns", one.name,
        "type", "veth", "peer", "name", other_port, "netns", other.name,
    )  # fmt: skip
    one.ip("link", "set", port, "up")
    other.ip("link", "set", other_port, "up")
    # The kernel tells the carrier a moment later, and snmpd keeps what it saw first for long.
    wait_until(lambda: one.is_up(port) and other.is_up(other_port), f"{port} and {other_port} up")


@contextmanager
def reachable(place: Namespace, port: str = "mgmt") -> Iterator[ipaddress.IPv4Network]:
    """Lay a cable from this machine to `port` of a namespace and yield the network on it.

    The namespace's `address` becomes the second one of the network; this machine has the first.
    """
    ours = f"pr{secrets.token_hex(4)}"
    run("ip", "link", "add", ours, "type", "veth", "peer", "name", port, "netns", place.name)
    try:
        network = _free_network(ours)
        here, there = network[1], network[2]
        run("ip", "address", "add", f"{here}/{network.prefixlen}", "dev", ours)
        run("ip", "link", "set", ours, "up")
        place.ip("address", "add", f"{there}/{network.prefixlen}", "dev", port)
        place.ip("link", "set", port, "up")
        place.address = str(there)
        yield network
    finally:
        with suppress(RealPartFailed):  # it goes with the namespace, if that went first
            run("ip", "link", "delete", ours)


def _free_network(interface: str) -> ipaddress.IPv4Network:
    """Return a /24 of the test range that no route of this machine touches.

    It follows from the interface's number, which no other has at the same moment: tests that run
    side by side draw different ones without asking each other.
    """
    (link,) = json.loads(run("ip", "-json", "link", "show", "dev", interface))
    routes = json.loads(run("ip", "-json", "-4", "route", "show", "table", "all"))
    taken = [
        ipaddress.IPv4Network(route["dst"], strict=False)
        for route in routes
        if route["dst"] != "default"
    ]
    networks = list(_TEST_RANGE.subnets(new_prefix=24))
    first = int(link["ifindex"]) % len(networks)
    for network in (*networks[first:], *networks[:first]):
        if not any(network.overlaps(other) for other in taken):
            return network
    raise RealPartFailed(f"every network of {_TEST_RANGE} is in use on this machine")
