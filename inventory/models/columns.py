"""Column kinds that every table shares."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Every constraint has the same name on both databases, so that a migration can name it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on both databases; SQLite, which has no time zones, is given one back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time was given to the database: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what the database holds as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Euros(TypeDecorator[Decimal]):
    """An amount in euros, kept as whole cents: SQLite has no decimal numbers; sums stay exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return `value` in cents; raise ValueError for a part of a cent."""
        if value is None:
            return None
        cents = value * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"an amount holds a part of a cent: {value}")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return what the database holds, in euros with two decimals."""
        return None if value is None else Decimal(value).scaleb(-2)


def json_column() -> Any:
    """Return the type of a JSON column: JSONB on PostgreSQL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def search_text() -> Any:
    """Return a text column that is searched by its beginning.

    PostgreSQL's other collations order by language, and then no index finds a beginning; SQLite's
    own order is by bytes already.
    """
    return String().with_variant(String(collation="C"), "postgresql")


def text_enum(values: type[StrEnum], length: int = 40) -> Any:
    """Return a text column that holds the values of a StrEnum.

    Not the database's own enum type: adding a value then needs no migration of the type.
    """
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )
