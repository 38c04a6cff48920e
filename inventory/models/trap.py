"""Who listens for traps and informs, and the SNMPv3 engines that were heard."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column


class TrapListener(SQLModel, table=True):
    """The listener of an installation: it is an SNMPv3 engine of its own (RFC 3411 clause 3.1.1).

    The engine id stays, since senders of informs are configured with it; `boots` counts its starts
    (RFC 3414 clause 2.2). `figures` are those of `preau traps status`, since it began.
    """

    __tablename__ = "trap_listener"

    name: str = Field(primary_key=True)
    engine_id: str = Field(description="our snmpEngineID, in hex")
    boots: int = Field(default=0, description="our snmpEngineBoots")
    started_at: datetime = Field(sa_type=UtcDateTime)
    heartbeat_at: datetime = Field(sa_type=UtcDateTime)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())


class SnmpEngine(SQLModel, table=True):
    """An SNMPv3 engine whose notifications were believed: its clock, and whose it is.

    Kept so that what somebody recorded and sends again is refused after a restart too (RFC 3414
    clause 3.2, step 7b), and so that a device is known by its engine where its address is not.
    """

    __tablename__ = "snmp_engine"

    zone_id: int = Field(primary_key=True, foreign_key="zone.id")
    engine_id: str = Field(primary_key=True, description="snmpEngineID, in hex")
    device_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    boots: int = Field(sa_type=BigInteger)
    time_s: int = Field(sa_type=BigInteger, description="its snmpEngineTime when it was heard")
    heard_at: datetime = Field(sa_type=UtcDateTime)
