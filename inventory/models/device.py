"""Devices, their interfaces and radios, and the links between them, as last observed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Connection, Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, search_text, text_enum
from inventory.programme.spelling import bare, plain
from inventory.roles import DeviceRole


class Lifecycle(StrEnum):
    """Where a device is between purchase and retirement. Separate from its health."""

    PLANNED = "planned"
    ORDERED = "ordered"
    IN_STOCK = "in_stock"
    INSTALLED = "installed"
    ACTIVE = "active"
    FAULTY = "faulty"
    RMA = "rma"
    RETIRED = "retired"


class Health(StrEnum):
    """How a device does now. `shadowed`: something on its path is down, it may be well."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    SHADOWED = "shadowed"
    UNKNOWN = "unknown"


class Device(SQLModel, table=True):
    """A device that stands, stood or will stand at a site."""

    __tablename__ = "device"
    __table_args__ = (
        Index("ix_device_site_name_id", "site_id", "name", "id"),
        Index("ix_device_search_name_id", "search_name", "id"),
        Index("ix_device_search_serial_id", "search_serial", "id"),
        # What lists are filtered by, in the order of lists.
        Index("ix_device_role_id", "role", "id"),
        Index("ix_device_family_id", "family", "id"),
        Index("ix_device_lifecycle_id", "lifecycle", "id"),
        Index("ix_device_health_id", "health", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int | None = Field(default=None, foreign_key="site.id")
    room_id: int | None = Field(default=None, foreign_key="room.id", index=True)
    role: DeviceRole = Field(default=DeviceRole.OTHER, sa_type=text_enum(DeviceRole))
    name: str
    search_name: str = Field(
        default="", sa_type=search_text(), description="the name, unaccented and in lower case"
    )
    family: str = "generic"
    vendor: str | None = None
    model: str | None = None
    serial: str | None = Field(default=None, unique=True)
    search_serial: str | None = Field(
        default=None, sa_type=search_text(), description="letters and digits, in lower case"
    )
    base_mac: str | None = Field(default=None, index=True, description="12 lower-case hex digits")
    firmware: str | None = None
    lifecycle: Lifecycle = Field(default=Lifecycle.ACTIVE, sa_type=text_enum(Lifecycle))
    health: Health = Field(default=Health.UNKNOWN, sa_type=text_enum(Health))
    tags: list[str] = Field(
        default_factory=list, sa_type=json_column(), description="a person's words to select it by"
    )
    recent_readings: str = Field(
        default="", description="what came of the last readings, a letter each, the newest last"
    )
    core: bool = Field(
        default=False, description="a person's word: management comes into the site here"
    )
    controller_id: int | None = Field(
        default=None, foreign_key="device.id", index=True, description="who runs it, as a WLC does"
    )
    replaces_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    legacy_ssh: bool = Field(default=False, description="old SSH algorithms are accepted from it")
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error_kind: str | None = Field(default=None, description="Unreachable, Refused …")
    last_error: str | None = Field(default=None, description="None: the last reading succeeded")


def _keep_search_keys(_mapper: object, _connection: Connection, device: Device) -> None:
    device.search_name = plain(device.name)
    device.search_serial = bare(device.serial) if device.serial else None


for _moment in ("before_insert", "before_update"):
    event.listen(Device, _moment, _keep_search_keys)


class Interface(SQLModel, table=True):
    """A port of a device. `if_index` may change at a reboot; the name is what we keep it by."""

    __tablename__ = "interface"
    __table_args__ = (UniqueConstraint("device_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    name: str
    if_index: int | None = None
    description: str | None = None
    alias: str | None = None
    kind: int | None = Field(default=None, description="IANAifType number")
    admin: str | None = None
    oper: str | None = None
    # 10 Gbit/s and more do not fit PostgreSQL's 32-bit integer.
    speed_bps: int | None = Field(default=None, sa_type=BigInteger)
    mtu: int | None = None
    mac: str | None = Field(default=None, index=True)


class RadioRow(SQLModel, table=True):
    """A radio of an access point, as last observed."""

    __tablename__ = "radio"
    __table_args__ = (UniqueConstraint("device_id", "index"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    index: int
    name: str | None = None
    band: str | None = None
    channel: int | None = None
    width_mhz: int | None = None
    tx_power_dbm: float | None = None
    clients: int | None = None


class Link(SQLModel, table=True):
    """What one end of a cable says of the other; the two ends make two rows."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("device_id", "local_interface", "protocol", "remote_key"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    local_interface: str
    protocol: str
    remote_key: str = Field(
        description="chassis id, else system name, of what was heard, with its port"
    )
    remote_system_name: str | None = None
    remote_port: str | None = None
    remote_chassis_id: str | None = None
    remote_device_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
