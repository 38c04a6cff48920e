"""Conditions as data: on which answers a field is asked, or needed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

Answers = Mapping[str, Any]
"""Answers by field id, each in its canonical form (`values`); a field not answered is absent."""


class Condition(BaseModel):
    """A condition on one field, or on several conditions together (`all`, `any`).

    A field that is not answered fulfils none but `told = false`. `one_of` on a multiple choice
    asks that one of them is among those chosen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str | None = None
    equals: bool | int | str | None = None
    one_of: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    told: bool | None = None
    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        on_field = (
            self.equals is not None,
            bool(self.one_of),
            self.at_least is not None or self.at_most is not None,
            self.told is not None,
        )
        together = bool(self.all) + bool(self.any)
        if self.field is None and (any(on_field) or together != 1):
            raise ValueError("a condition names a field, or holds all or any of several")
        if self.field is not None and (together or sum(on_field) != 1):
            raise ValueError(f"the condition on {self.field} says one thing of it")
        return self

    def fields(self) -> Iterator[str]:
        """Yield the ids of the fields that it looks at."""
        if self.field is not None:
            yield self.field
        for each in (*self.all, *self.any):
            yield from each.fields()

    def holds(self, answers: Answers) -> bool:
        """Return whether it holds for these answers."""
        if self.all:
            return all(each.holds(answers) for each in self.all)
        if self.any:
            return any(each.holds(answers) for each in self.any)
        return self._holds_for(answers.get(self.field or ""))

    def _holds_for(self, value: Any) -> bool:
        if self.told is not None:
            return (value is not None) == self.told
        if value is None:
            return False
        if self.equals is not None:
            return type(value) is type(self.equals) and bool(value == self.equals)
        if self.one_of:
            chosen = value if isinstance(value, list) else [value]
            return any(each in self.one_of for each in chosen)
        number = Decimal(str(value))
        return (self.at_least is None or number >= self.at_least) and (
            self.at_most is None or number <= self.at_most
        )
