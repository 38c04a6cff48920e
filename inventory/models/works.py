"""Work orders of installers: what was planned, and what they report from the school, step by step.

What a phone sends carries an id of the phone's own: sent again on a bad line, it is one row.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum
from inventory.roles import DeviceRole


class WorkKind(StrEnum):
    """What is to be done at the school."""

    DELIVERY = "delivery"
    CABLING = "cabling"
    SWITCH = "switch"
    MOUNTING = "mounting"
    ACCEPTANCE_HELP = "acceptance_help"


class WorkState(StrEnum):
    """How far an order is."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class WorkAnswer(StrEnum):
    """What an installer says of a point of the checklist."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    PROBLEM = "problem"


class WorkOrder(SQLModel, table=True):
    """One visit of an installer to a school."""

    __tablename__ = "work_order"
    __table_args__ = (
        Index("ix_work_order_site_id_id", "site_id", "id"),
        Index("ix_work_order_installer_id_id", "installer_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    kind: WorkKind = Field(sa_type=text_enum(WorkKind))
    state: WorkState = Field(default=WorkState.PLANNED, sa_type=text_enum(WorkState))
    installer_id: int | None = Field(default=None, foreign_key="app_user.id")
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    access_note: str | None = Field(
        default=None, description="when and how the school lets people in"
    )
    checklist: str = Field(description="version of the checklists")
    planned_by: str
    planned_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: str | None = None


class WorkCheck(SQLModel, table=True):
    """What was answered to one point of the checklist; said again, the last word counts."""

    __tablename__ = "work_check"
    __table_args__ = (UniqueConstraint("order_id", "item_id"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id")
    item_id: str
    answer: WorkAnswer = Field(sa_type=text_enum(WorkAnswer))
    note: str | None = None
    answered_by: str
    answered_at: datetime = Field(sa_type=UtcDateTime)


class WorkPhoto(SQLModel, table=True):
    """A photo taken at the school."""

    __tablename__ = "work_photo"
    __table_args__ = (UniqueConstraint("order_id", "client_id"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id")
    client_id: str = Field(description="given by the phone")
    upload_id: int = Field(foreign_key="upload.id", index=True)
    caption: str | None = None
    taken_by: str
    taken_at: datetime = Field(sa_type=UtcDateTime)


class ScannedDevice(SQLModel, table=True):
    """A device whose label was scanned at a school, and where it was put."""

    __tablename__ = "scanned_device"
    __table_args__ = (
        Index("ix_scanned_device_site_id_id", "site_id", "id"),
        UniqueConstraint("order_id", "client_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    order_id: int = Field(foreign_key="work_order.id")
    client_id: str = Field(description="given by the phone")
    serial: str = Field(unique=True, description="letters and digits, in upper case")
    role: DeviceRole = Field(sa_type=text_enum(DeviceRole))
    model: str | None = None
    expected: bool = Field(description="whether it was ordered for this site")
    scanned_by: str
    scanned_at: datetime = Field(sa_type=UtcDateTime)
    name: str | None = None
    room: str | None = Field(default=None, description="None: not placed yet")
    switch: str | None = None
    port: str | None = None
    placed_order_id: int | None = Field(default=None, foreign_key="work_order.id", index=True)
    placed_by: str | None = None
    placed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CableTest(SQLModel, table=True):
    """A file of a cable certifier, as handed in for an order."""

    __tablename__ = "cable_test"
    __table_args__ = (UniqueConstraint("order_id", "client_id"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id")
    client_id: str = Field(description="given by the phone")
    upload_id: int = Field(foreign_key="upload.id", index=True)
    handed_in_by: str
    handed_in_at: datetime = Field(sa_type=UtcDateTime)


class CableLink(SQLModel, table=True):
    """One permanent link of such a file; `fault` None: it is as it should be."""

    __tablename__ = "cable_link"
    __table_args__ = (UniqueConstraint("test_id", "label"),)

    id: int | None = Field(default=None, primary_key=True)
    test_id: int = Field(foreign_key="cable_test.id")
    label: str
    length_m: float | None = None
    category: str | None = None
    passed: bool
    fault: str | None = Field(default=None, description="what is wrong with it, in French")
    fault_wording: dict[str, Any] | None = Field(default=None, sa_type=json_column())


class WorkReserve(SQLModel, table=True):
    """A reserve that was taken on site."""

    __tablename__ = "work_reserve"
    __table_args__ = (UniqueConstraint("order_id", "client_id"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="work_order.id")
    client_id: str = Field(description="given by the phone")
    reserve_id: int = Field(foreign_key="reserve.id", index=True)
