"""How long a dossier may stay where it is: one clock for each term that runs."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime

_RUNS = text("closed_on IS NULL AND held_on IS NULL")


class DeadlineClock(SQLModel, table=True):
    """A term that runs, is held, or was met: who has the ball, since when and until when."""

    __tablename__ = "deadline_clock"
    __table_args__ = (
        Index("ix_deadline_clock_dossier_id", "dossier_id", "id"),
        # The late list, without the clocks of all that was done before.
        Index(
            "ix_deadline_clock_running", "due_on", "id", sqlite_where=_RUNS, postgresql_where=_RUNS
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id")
    term_id: str = Field(
        description="of programme.deadlines; `prerequisite`, `reserve`: its due day"
    )
    prerequisite_id: int | None = Field(default=None, foreign_key="prerequisite.id", index=True)
    reserve_id: int | None = Field(default=None, foreign_key="reserve.id", index=True)
    ball: str = Field(description="the role that must act")
    started_on: date
    due_on: date = Field(description="the last day on which it is in time")
    held_on: date | None = Field(default=None, description="since when the dossier is on hold")
    closed_on: date | None = None
    told_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when it was told that it is late"
    )
