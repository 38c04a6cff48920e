"""The editions of the cadastre that come with this release."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class EditionData(BaseModel):
    """A campaign: its code, its questionnaire, and the days on which it opens and closes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{1,30}$")
    title: str = Field(min_length=1, max_length=120)
    opens_on: date
    closes_on: date = Field(description="the last day on which a school submits")
    questionnaire: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.closes_on < self.opens_on:
            raise ValueError("an edition closes after it opens")
        return self


@cache
def shipped_editions() -> tuple[EditionData, ...]:
    """Return the editions so far, the oldest first."""
    text = (files("inventory.programme.cadastre") / "editions.toml").read_text(encoding="utf-8")
    return tuple(EditionData.model_validate(each) for each in tomllib.loads(text)["editions"])
