"""lldpd: speaks LLDP on the ports of a namespace and gives LLDP-MIB to snmpd over AgentX.

lldpd(8) and lldpcli(8) of lldpd 1.0.16.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.real.namespaces import Namespace, private_mounts
from lab.real.places import RealPartFailed, run, wait_until

PROGRAMS = ("lldpd", "lldpcli")
TX_INTERVAL_S = 2


@dataclass(frozen=True)
class LldpSpeaker:
    """lldpd that runs; `ask` is its own client."""

    control: Path

    def ask(self, *words: str) -> dict[str, Any]:
        """Return what lldpcli answers to a `show`, as it prints it in JSON."""
        told: dict[str, Any] = json.loads(
            run("lldpcli", "-u", str(self.control), "-f", "json0", *words)
        )
        return told

    def answers(self) -> bool:
        """Whether lldpd hears its client."""
        try:
            self.ask("show", "configuration")
        except RealPartFailed:
            return False
        return True

    def neighbours(self) -> list[dict[str, Any]]:
        """Return the neighbours heard: one entry for each, with `name`, `chassis` and `port`."""
        heard: list[dict[str, Any]] = self.ask("show", "neighbors")["lldp"][0].get("interface", [])
        return heard

    def wait_for_neighbours(self, count: int) -> None:
        """Return once that many are heard; raises RealPartFailed when they never are."""
        wait_until(lambda: len(self.neighbours()) >= count, f"{count} LLDP neighbours heard")


def start_lldpd(
    place: Namespace,
    *,
    name: str,
    description: str,
    agentx: Path | None = None,
    port_id: str = "macaddress",
    cdp: bool = False,
) -> LldpSpeaker:
    """Start lldpd on all ports of the namespace, as a subagent of the snmpd at `agentx` if any.

    `port_id` is what it calls its ports: `macaddress`, or `ifname` as most switches do. With `cdp`
    it speaks CDP version 2 too, whoever is heard (`-ccc`), and LLDP beside it (`-l`).
    """
    folder = place.subfolder(f"lldpd-{name}")
    control = folder / "control"
    speaker = LldpSpeaker(control)
    # Read at its start instead of the machine's own /etc/lldpd.conf.
    config = folder / "lldpd.conf"
    config.write_text(
        f"configure system hostname {name}\nconfigure lldp tx-interval {TX_INTERVAL_S}\n"
        f"configure lldp portidsubtype {port_id}\n"
    )
    daemon = place.start(
        *private_mounts(),
        "lldpd", "-d", "-u", str(control), "-O", str(config), "-S", description,
        *(("-x", "-X", str(agentx)) if agentx else ()),
        *(("-l", "-ccc") if cdp else ()),
    )  # fmt: skip
    daemon.wait_for(speaker.answers)
    return speaker
