"""French sentences that can also be said in another language.

French is the source language: a sentence *is* its French text, wherever a text is wanted (a log, a
command, the JSON API, a row). It remembers the template and the values it was made of, so that a
page can say it in its reader's language. `api.web.language` holds the catalogues; nothing here
knows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, Union

Value = Union[str, int, float, date, "Sentence", "tuple[Value, ...]"]
"""A value of a sentence. A `float` is shown with the language's decimal mark, a tuple as a list
(of whole sentences, as one after the other)."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated later
    """Mark a text that stands as data for the catalogues, and return it as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """What a sentence needs to be said in one language."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    number: Callable[[float], str]
    day: Callable[[date], str]


FRENCH = Language(
    gettext=lambda text: text,
    # French counts 0 as a singular: "0 équipement".
    ngettext=lambda one, several, number: one if abs(number) < 2 else several,
    # As CLDR's French: a narrow no-break space between thousands, a decimal comma.
    number=lambda number: f"{number:,.10g}".replace(",", "\u202f").replace(".", ","),
    day=lambda day: day.strftime("%d/%m/%Y"),
)


class Sentence(str):
    """A sentence in French with its `template` and named `values`, as `%(name)s` in the template.

    `template_many` and `number` are those of a sentence that counts (`Sentence.counted`).
    A per cent sign is written `%%`.
    """

    __slots__ = ("number", "template", "template_many", "values")

    template: str
    template_many: str | None
    number: int | None
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Return the sentence that `template` makes of `values`."""
        return cls._made(template, None, None, values)

    @classmethod
    def counted(cls, one: str, many: str, number: int, /, **values: Value) -> Self:
        """Return the sentence for `number` things; both templates may show it as `%(num)s`."""
        return cls._made(one, many, number, values)

    @classmethod
    def _made(
        cls, template: str, many: str | None, number: int | None, values: Mapping[str, Value]
    ) -> Self:
        made = super().__new__(cls, _said(FRENCH, template, many, number, values))
        made.template, made.template_many, made.number = template, many, number
        made.values = values
        return made

    def said(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return _said(language, self.template, self.template_many, self.number, self.values)


def wording(text: str) -> dict[str, Any] | None:
    """Return what a row keeps beside the French text: the template and values, or None.

    Only a `Sentence` has any; what a person wrote is shown as it was written.
    """
    if not isinstance(text, Sentence):
        return None
    kept: dict[str, Any] = {"text": text.template}
    if text.number is not None:
        kept |= {"many": text.template_many, "number": text.number}
    if text.values:
        kept["values"] = {name: _kept(value) for name, value in text.values.items()}
    return kept


def worded(text: str, kept: Mapping[str, Any] | None) -> str:
    """Return the sentence that a row kept, or `text` where it kept none that can be read."""
    if kept is None:
        return text
    try:
        return _read(kept)
    except (AttributeError, KeyError, TypeError, ValueError):  # written by another release
        return text


def _said(
    language: Language,
    template: str,
    many: str | None,
    number: int | None,
    values: Mapping[str, Value],
) -> str:
    shown = {name: _shown(language, value) for name, value in values.items()}
    if many is None or number is None:
        return language.gettext(template) % shown
    return language.ngettext(template, many, number) % {"num": language.number(number), **shown}


def _shown(language: Language, value: Value) -> str:
    match value:
        case Sentence():
            return value.said(language)
        case str():
            return value
        case tuple():
            shown = [_shown(language, each) for each in value]
            # Whole sentences follow each other; anything else is a list.
            return (" " if all(each.endswith(".") for each in shown) else ", ").join(shown)
        case date():
            return language.day(value)
        case float():
            return language.number(value)
        case _:
            return str(value)  # an integer may be a name, as a VLAN's, and is not grouped


def _kept(value: Value) -> Any:
    match value:
        case Sentence():
            return wording(value)
        case tuple():
            return [_kept(each) for each in value]
        case date():
            return {"day": value.isoformat()}
        case _:
            return value


def _read(kept: Mapping[str, Any]) -> Sentence:
    values = {name: _read_value(value) for name, value in kept.get("values", {}).items()}
    if "number" in kept:
        return Sentence.counted(kept["text"], kept["many"], kept["number"], **values)
    return Sentence(kept["text"], **values)


def _read_value(value: Any) -> Value:
    match value:
        case {"text": _}:
            return _read(value)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case list():
            return tuple(_read_value(each) for each in value)
        case str() | int() | float():
            return value
        case _:
            raise ValueError(value)
