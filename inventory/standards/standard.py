"""A standard as data: versioned checks on the text of configurations, secrets masked.

A standard is a TOML file. A new version takes over on its day; until `grace_until` a device that
still follows the version before it is compliant as well, so that a fleet can be moved in weeks.
"""

import re
import tomllib
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from inventory.errors import InvalidInput
from inventory.findings.finding import Severity


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Check(_Value):
    """What one kind of section of a configuration must and must not hold.

    `section` is a pattern of whole headers, as `interface 1/1/[1-8]`; without it the headers
    themselves are looked at, which is where a CLI has its global lines. `require` and `forbid` are
    patterns of whole lines. `ordered`: the required lines stand in that order, as rules of an
    access list do. `needed`: at least one section must be there.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    title: str = Field(min_length=1, max_length=200)
    severity: Severity = Severity.MAJOR
    roles: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    section: str | None = None
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    ordered: bool = False
    needed: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not (self.require or self.forbid or self.needed):
            raise ValueError(f"the check {self.id} asks for nothing")
        if self.needed and self.section is None:
            raise ValueError(f"the check {self.id} needs a section and names none")
        for pattern in (*self.require, *self.forbid, *([self.section] if self.section else [])):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} in {self.id} is no pattern: {error}") from error
        return self

    def is_for(self, role: str, family: str, tags: tuple[str, ...]) -> bool:
        """Return whether a device of this role and family, with these tags, is judged by it."""
        return (
            (not self.roles or role in self.roles)
            and (not self.families or family in self.families)
            and (not self.tags or bool(set(self.tags) & set(tags)))
        )


class Standard(_Value):
    """One version of a standard; `grace_until` is the last day on which the one before counts."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    version: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=200)
    starts_on: date
    grace_until: date | None = None
    checks: tuple[Check, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ids = [check.id for check in self.checks]
        if len(set(ids)) != len(ids):
            raise ValueError("two checks have one id")
        if self.grace_until is not None and self.grace_until < self.starts_on:
            raise ValueError("the grace ends before the standard starts")
        return self


def read_standard(text: str, *, where: str) -> Standard:
    """Return the standard of a TOML text; raises InvalidInput, naming the field."""
    try:
        return Standard.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"the standard is no TOML: {error}", where=where) from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InvalidInput(
            f"{path}: {first['msg'].removeprefix('Value error, ')}",
            where=where,
            todo="mend the field; nothing was changed",
        ) from error


def kept_standard(body: dict[str, Any]) -> Standard:
    """Return a standard as it was stored."""
    return Standard.model_validate(body)
