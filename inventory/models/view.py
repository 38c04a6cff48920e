"""A list as somebody wants it again: its filters under a name."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class SavedView(SQLModel, table=True):
    """A person's view of one page; `query` is what stands after the page's address."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "path", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    path: str
    name: str
    query: str
