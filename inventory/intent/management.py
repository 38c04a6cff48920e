"""How a device itself is managed: time, logs, SNMPv3, accounts, and what must not answer."""

from typing import Annotated

from pydantic import Field

from inventory.intent.values import Host, Line, Value

UserName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,30}$")]


class SnmpUser(Value):
    """A user who reads by SNMPv3 authPriv, SHA-1 and AES-128 (RFC 3414, RFC 3826)."""

    name: UserName
    auth_secret: str
    priv_secret: str


class Account(Value):
    """A person's or program's account with all rights on the device."""

    name: UserName
    password_secret: str


class Management(Value):
    """What the intent says of a device's management; None leaves it to the device."""

    ntp_servers: tuple[Host, ...] | None = None
    syslog_servers: tuple[Host, ...] | None = None
    snmp_users: tuple[SnmpUser, ...] | None = None
    accounts: tuple[Account, ...] | None = None
    contact: Line | None = None
    location: Line | None = None
    telnet: bool | None = None
    http: bool | None = None
