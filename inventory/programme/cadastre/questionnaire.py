"""A questionnaire as data: sections, fields, types, units, conditions, words in French and German.

A version of a questionnaire is a TOML file; those of the editions so far stand in
`questionnaires/`. A field's id keeps its meaning from version to version, so that an answer of one
edition can be carried to the next and compared with it; `was` names the id of a renamed field.
"""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from inventory.errors import InvalidInput, NotFound
from inventory.programme.cadastre.conditions import Condition
from inventory.sentences import Sentence

MAX_TEXT = 4000
_ID = r"^[a-z][a-z0-9_]{0,40}$"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Value):
    """A text of the questionnaire in French and in German, the two languages of its schools."""

    fr: str = Field(min_length=1)
    de: str = Field(min_length=1)

    def said(self, language: str) -> str:
        """Return the text for a reader of `language`: German for de, French for the others."""
        return self.de if language == "de" else self.fr


def _words(given: Any) -> Any:
    return {"fr": given, "de": given} if isinstance(given, str) else given


Text = Annotated[Words, BeforeValidator(_words)]
"""Words; one text alone stands for both languages."""


class FieldType(StrEnum):
    """What kind of answer a field takes. `rate` is in Mbit/s, `money` in euros."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    RATE = "rate"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    DATE = "date"
    TABLE = "table"
    FILE = "file"


NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.RATE})
_UNITS = {FieldType.MONEY: "€", FieldType.RATE: "Mbit/s"}


class Measure(StrEnum):
    """What the inventory counts of the same thing as a field asks for."""

    ACCESS_POINTS = "access_points"
    SWITCHES = "switches"
    POE_SWITCHES = "poe_switches"
    WIFI_BRANDS = "wifi_brands"


class Option(_Value):
    """One of the answers that a choice offers."""

    id: str = Field(pattern=_ID)
    label: Text


class Question(_Value):
    """What a field and a column of a table have in common."""

    id: str = Field(pattern=_ID)
    type: FieldType
    label: Text
    help: Text | None = None
    unit: Text | None = None
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    plausible: tuple[Decimal, Decimal] | None = Field(None, description="outside it only warns")
    max_length: int = Field(MAX_TEXT, ge=1, le=MAX_TEXT)
    pattern: str | None = Field(None, description="a text fits it whole")
    options: tuple[Option, ...] = ()

    @property
    def shown_unit(self) -> Words | None:
        """The unit beside the field; money and rates have theirs without being told."""
        if self.unit is None and self.type in _UNITS:
            return Words(fr=_UNITS[self.type], de=_UNITS[self.type])
        return self.unit

    @model_validator(mode="after")
    def _question_fits(self) -> Self:
        if (self.type in (FieldType.CHOICE, FieldType.CHOICES)) != bool(self.options):
            raise ValueError(f"{self.id}: a choice has options, and nothing else has any")
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id}: two options have one id")
        if any(";" in each.label.fr + each.label.de for each in self.options):
            raise ValueError(f"{self.id}: a semicolon parts options, none has one in its label")
        bounded = self.minimum is not None or self.maximum is not None or self.plausible is not None
        if bounded and self.type not in NUMBERS:
            raise ValueError(f"{self.id}: bounds are for numbers")
        return self

    def option(self, option_id: str) -> Option | None:
        """Return the option of an id."""
        return next((each for each in self.options if each.id == option_id), None)


class Column(Question):
    """A column of a table of rows."""

    @model_validator(mode="after")
    def _column_fits(self) -> Self:
        if self.type in (FieldType.TABLE, FieldType.FILE, FieldType.CHOICES):
            raise ValueError(f"{self.id}: a cell of a table holds one plain answer")
        return self


class CadastreField(Question):
    """A field of the questionnaire, with when it is asked and needed."""

    was: str | None = Field(None, pattern=_ID, description="its id in an earlier version")
    show_if: Condition | None = None
    required_if: Condition | None = None
    observed: Measure | None = None
    columns: tuple[Column, ...] = ()
    max_rows: int = Field(50, ge=1, le=200)
    accept: tuple[str, ...] = Field((), description="extensions of a file, without the dot")

    @model_validator(mode="after")
    def _field_fits(self) -> Self:
        if (self.type is FieldType.TABLE) != bool(self.columns):
            raise ValueError(f"{self.id}: a table has columns, and nothing else has any")
        ids = [column.id for column in self.columns]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id}: two columns have one id")
        return self


class Section(_Value):
    """A section: a page of the questionnaire."""

    id: str = Field(pattern=_ID)
    title: Text
    help: Text | None = None
    fields: tuple[CadastreField, ...] = Field(min_length=1)


class Ratio(_Value):
    """A plausibility of two numbers together; it only warns, at the numerator."""

    numerator: str
    denominator: str
    plausible: tuple[Decimal, Decimal]
    message: Text


class Questionnaire(_Value):
    """One version of the questionnaire."""

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,40}$")
    title: Text
    ratios: tuple[Ratio, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ids = [field.id for field in self.all_fields()]
        sections = [section.id for section in self.sections]
        for what, names in (("fields", ids), ("sections", sections)):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what} have one id")
        for field in self.all_fields():
            for condition in (field.show_if, field.required_if):
                for name in condition.fields() if condition else ():
                    if name not in ids or name == field.id:
                        raise ValueError(f"{field.id} depends on {name}, which is no other field")
        for ratio in self.ratios:
            for name in (ratio.numerator, ratio.denominator):
                if name not in ids or self.field(name).type not in NUMBERS:
                    raise ValueError(f"a ratio needs numbers, and {name} is none")
        return self

    def all_fields(self) -> Iterator[CadastreField]:
        """Yield every field in the order of the questionnaire."""
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> CadastreField:
        """Return the field of an id; raises NotFound."""
        for field in self.all_fields():
            if field.id == field_id:
                return field
        raise NotFound(
            Sentence(
                "Le questionnaire %(version)s n’a pas de champ %(field)s",
                version=self.version,
                field=field_id[:60],
            )
        )

    def section(self, section_id: str) -> Section:
        """Return the section of an id; raises NotFound."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise NotFound(
            Sentence(
                "Le questionnaire %(version)s n’a pas de section %(section)s",
                version=self.version,
                section=section_id[:60],
            )
        )


def read_questionnaire(text: str, *, where: str) -> Questionnaire:
    """Return the questionnaire of a TOML text; raises InvalidInput, naming the field."""
    try:
        return Questionnaire.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"the questionnaire is no TOML: {error}", where=where) from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InvalidInput(
            f"{path}: {first['msg'].removeprefix('Value error, ')}",
            where=where,
            todo="mend it; nothing was changed",
        ) from error


@cache
def shipped_questionnaires() -> Mapping[str, Questionnaire]:
    """Return the questionnaires that come with this release, by version."""
    folder = files("inventory.programme.cadastre") / "questionnaires"
    found = (
        read_questionnaire(file.read_text(encoding="utf-8"), where=file.name)
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    )
    return {questionnaire.version: questionnaire for questionnaire in found}
