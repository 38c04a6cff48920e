"""Address spaces, and how a device is reached in them."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import json_column, search_text, text_enum
from inventory.usm import AuthProtocol, PrivProtocol


class Protocol(StrEnum):
    """What we speak to a management endpoint."""

    SNMP = "snmp"
    SSH = "ssh"


class CredentialKind(StrEnum):
    """What a credential opens."""

    SNMP_COMMUNITY = "snmp_community"
    SNMP_V3 = "snmp_v3"
    SSH_PASSWORD = "ssh_password"  # noqa: S105 - a kind, not a password


class Zone(SQLModel, table=True):
    """An address space: the same IP address in two zones is two devices."""

    __tablename__ = "zone"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    site_id: int | None = Field(
        default=None, foreign_key="site.id", index=True, description="None: several sites share it"
    )
    description: str | None = None
    networks: list[str] = Field(
        default_factory=list, sa_type=json_column(), description="ranges to discover, CIDR"
    )
    snmp_port: int = 161
    ssh_port: int = 22
    ssh_via: str = Field(
        default="direct",
        description="direct, or the jump host through which SSH goes to all of the zone",
    )
    snmp_credential_id: int | None = Field(default=None, foreign_key="credential.id", index=True)
    ssh_credential_id: int | None = Field(default=None, foreign_key="credential.id", index=True)


class Credential(SQLModel, table=True):
    """Who we are to a device. The secrets themselves are references into the table of sealed ones.

    An SNMPv3 user's authentication passphrase is `secret_name`; without a protocol there is none.
    """

    __tablename__ = "credential"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: CredentialKind = Field(sa_type=text_enum(CredentialKind))
    username: str | None = None
    secret_name: str | None = None
    auth_protocol: AuthProtocol | None = Field(default=None, sa_type=text_enum(AuthProtocol))
    priv_protocol: PrivProtocol | None = Field(default=None, sa_type=text_enum(PrivProtocol))
    priv_secret_name: str | None = None


class ZoneLogin(SQLModel, table=True):
    """Who we are over SSH to the devices of one family in a zone, where the zone's own differs."""

    __tablename__ = "zone_login"
    __table_args__ = (UniqueConstraint("zone_id", "family"),)

    id: int | None = Field(default=None, primary_key=True)
    zone_id: int = Field(foreign_key="zone.id")
    family: str
    credential_id: int = Field(foreign_key="credential.id", index=True)


class JumpHost(SQLModel, table=True):
    """An SSH server through which the devices of a school are reached, where nothing is direct.

    Its address is one of ours, not of the zone behind it. Without a pinned key it is not used.
    """

    __tablename__ = "jump_host"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    host: str
    port: int = 22
    credential_id: int = Field(foreign_key="credential.id", index=True)
    host_key: str | None = Field(default=None, description="the SSH host key that a person pinned")
    max_sessions: int = Field(default=8, description="how many sessions it carries at once")


class ManagementEndpoint(SQLModel, table=True):
    """Where a device answers: (zone, host, protocol, port, via)."""

    __tablename__ = "management_endpoint"
    __table_args__ = (UniqueConstraint("zone_id", "host", "protocol", "port"),)

    id: int | None = Field(default=None, primary_key=True)
    zone_id: int = Field(foreign_key="zone.id")
    host: str = Field(
        index=True, sa_type=search_text(), description="IPv4, IPv6 or name, in the zone"
    )
    protocol: Protocol = Field(sa_type=text_enum(Protocol))
    port: int
    via: str = Field(
        default="direct",
        description="the jump host or probe to go through; direct: as its zone says",
    )
    credential_id: int | None = Field(default=None, foreign_key="credential.id", index=True)
    device_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    host_key: str | None = Field(default=None, description="the SSH host key pinned at first use")
