"""Where and as whom a collector speaks to a device. Built from an endpoint just before use."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class SnmpTarget:
    """One SNMP agent. The same host in two zones is two; an empty zone is none that we know."""

    zone: str
    host: str
    port: int = 161
    community: str = field(default="public", repr=False)
    timeout_s: float = 2.0
    retries: int = 2
    version: Literal["1", "2c"] = "2c"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" + (f" in {self.zone}" if self.zone else "")


@dataclass(frozen=True, slots=True)
class SshTarget:
    """One SSH server. `device_type` is netmiko's; `host_key` None: pin the first that is seen."""

    zone: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    device_type: str
    host_key: str | None = None
    timeout_s: float = 15.0
    legacy_algorithms: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.port} in {self.zone}"
