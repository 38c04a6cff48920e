"""Where and as whom a collector speaks to a device. Built from an endpoint just before use."""

from dataclasses import dataclass, field
from typing import Literal

from inventory.usm import AuthProtocol, PrivProtocol


@dataclass(frozen=True, slots=True)
class SnmpV3:
    """Who we are to an SNMPv3 agent. Without `auth` nothing is proven, without `priv` all is read.

    The protocols say the security level: noAuthNoPriv, authNoPriv or authPriv (RFC 3411 clause
    3.4.3); privacy without authentication there is none.
    """

    user: str
    auth: AuthProtocol | None = None
    auth_passphrase: str = field(default="", repr=False)
    priv: PrivProtocol | None = None
    priv_passphrase: str = field(default="", repr=False)
    context: str = ""

    def __post_init__(self) -> None:
        if self.priv is not None and self.auth is None:
            raise ValueError("SNMPv3 has no privacy without authentication")

    def __str__(self) -> str:
        return " ".join(filter(None, (self.user, self.auth, self.priv)))


@dataclass(frozen=True, slots=True)
class SnmpTarget:
    """One SNMP agent. The same host in two zones is two; an empty zone is none that we know.

    With `v3` it is asked by SNMPv3, and neither `community` nor `version` is used. A walk asks for
    answers of `max_bytes` at most, where the agent answers as long as it is asked.
    """

    zone: str
    host: str
    port: int = 161
    community: str = field(default="public", repr=False)
    timeout_s: float = 2.0
    retries: int = 2
    version: Literal["1", "2c"] = "2c"
    v3: SnmpV3 | None = None
    max_bytes: int = 2800

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" + (f" in {self.zone}" if self.zone else "")


@dataclass(frozen=True, slots=True)
class JumpHost:
    """An SSH server through which others are reached; only its pinned `host_key` is accepted."""

    name: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    host_key: str
    max_sessions: int = 8
    timeout_s: float = 15.0

    def __str__(self) -> str:
        return f"jump host {self.name} ({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class SshTarget:
    """One SSH server. `device_type` is netmiko's; `host_key` None: pin the first that is seen.

    With `via` it is reached through a jump host, from which its address is looked up.
    """

    zone: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    device_type: str
    host_key: str | None = None
    timeout_s: float = 15.0
    legacy_algorithms: bool = False
    via: JumpHost | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port} in {self.zone}"
