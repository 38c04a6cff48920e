"""Buildings, floors and rooms of a site."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class Building(SQLModel, table=True):
    """A building of a site."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    name: str


class Floor(SQLModel, table=True):
    """A floor; `level` 0 is the ground floor, negative is below it."""

    __tablename__ = "floor"
    __table_args__ = (UniqueConstraint("building_id", "level"),)

    id: int | None = Field(default=None, primary_key=True)
    building_id: int = Field(foreign_key="building.id")
    level: int
    name: str | None = None


class Room(SQLModel, table=True):
    """A room; `to_cover` says whether the acceptance expects WiFi in it."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("floor_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    floor_id: int = Field(foreign_key="floor.id")
    name: str
    kind: str | None = None
    to_cover: bool = True
