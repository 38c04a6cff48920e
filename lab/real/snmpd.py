"""net-snmp's agent: SNMP v2c over a place's own interfaces, open to AgentX subagents.

snmpd.conf(5) and snmpd(8) of net-snmp 5.9.
"""

from dataclasses import dataclass
from pathlib import Path

from lab.real.places import Place, RealPartFailed

PROGRAMS = ("snmpd", "snmpget")
SNMP_PORT = 161
_SYS_UPTIME = "1.3.6.1.2.1.1.3.0"


@dataclass(frozen=True)
class SnmpAgent:
    """An agent that answers. `agentx` is the socket for subagents; `name` its sysName."""

    name: str
    host: str
    port: int
    community: str
    agentx: Path


def start_snmpd(
    place: Place,
    *,
    name: str,
    community: str = "lab-read",
    location: str = "",
    port: int | None = None,
) -> SnmpAgent:
    """Start snmpd at the place's address and return once it answers.

    Raises RealPartFailed with the end of its log when it does not, Misconfigured when it is not
    installed.
    """
    folder = place.subfolder(f"snmpd-{name}")
    port = port or place.port(SNMP_PORT)
    agentx = folder / "agentx"
    config = folder / "snmpd.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"agentAddress udp:{place.address}:{port}\n"
        f"rocommunity {community}\n"
        f"sysName {name}\n"
        f"sysLocation {location}\n"
        f"master agentx\nagentXSocket {agentx}\n"
    )
    # -C: the machine's own snmpd.conf is not read. Its persistent state stays in our folder.
    daemon = place.start(
        "snmpd", "-f", "-Lo", "-C", "-c", str(config), "-p", str(folder / "pid"),
        environment={"SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""},
    )  # fmt: skip
    daemon.wait_for(lambda: agentx.exists() and _answers(place, port, community))
    return SnmpAgent(name, place.address, port, community, agentx)


def _answers(place: Place, port: int, community: str) -> bool:
    """Whether net-snmp's own client, from inside, gets an answer within a second."""
    asked = ["snmpget", "-v2c", "-c", community, "-On", "-t", "1", "-r", "0"]
    try:
        place.run(*asked, f"{place.address}:{port}", _SYS_UPTIME)
    except RealPartFailed:
        return False
    return True
