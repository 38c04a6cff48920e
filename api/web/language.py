"""Which language a page is in, and how texts, numbers and moments are said in it.

French is the source: the texts of the catalogues are found by their French words, in
`locale/<language>/LC_MESSAGES/preau.po`. The catalogues are read as they are when a language is
first asked for; nothing is compiled (docs/decisions/0050-texts-and-catalogues.md).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import IO, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, format_time, match_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from fastapi import Request

from api.usecases.scope import Viewer
from inventory import clock, sentences
from inventory.sentences import Sentence

CATALOGUES = Path(__file__).parent / "locale"
SOURCE = "fr"
LOCALES: Mapping[str, str] = {
    "fr": "Français",
    "nl": "Nederlands",
    "de": "Deutsch",
    "en": "English",
}
"""The languages of the pages, by their tag (RFC 5646), each with its own name."""
COOKIE = "preau_langue"
BRUSSELS = ZoneInfo("Europe/Brussels")
_NBSP = "\N{NO-BREAK SPACE}"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of the pages."""

    tag: str
    catalogue: NullTranslations
    region: Locale
    words: sentences.Language

    def say(self, text: str) -> str:
        """Return a text or a `Sentence` in this language; what a person wrote stays as it is."""
        if isinstance(text, Sentence):
            return text.said(self.words)
        return self.catalogue.gettext(text) if text else text

    def number(self, value: float, decimals: int = 2) -> str:
        """Return a number with this language's marks, rounded to `decimals` at most."""
        return format_decimal(round(value, decimals), locale=self.region)

    def euros(self, amount: Decimal) -> str:
        """Return an amount of money, as `1 499,90 €`."""
        return format_currency(amount, "EUR", locale=self.region)

    def day(self, moment: date) -> str:
        """Return the day of a moment in Brussels, as `22/11/2026`."""
        if isinstance(moment, datetime):
            moment = moment.astimezone(BRUSSELS).date()
        return self.written(moment, "yMMdd")

    def month(self, day: date) -> str:
        """Return the month of a day, as `novembre 2026`."""
        return self.written(day, "yMMMM")

    def written(self, moment: date, skeleton: str) -> str:
        """Return the fields of a day or a moment that `skeleton` names (UTS 35, part 4).

        In this language's order, on the clocks of the moment's own zone.
        """
        return format_skeleton(_form(self.region, skeleton), moment, locale=self.region)

    def moment(self, moment: datetime) -> str:
        """Return a moment as Brussels' clocks show it: `22/11/2026 à 05:43`."""
        time = format_time(moment, "HH:mm", tzinfo=BRUSSELS, locale=self.region)
        text = self.catalogue.gettext("%(day)s à\u00a0%(time)s")
        return text % {"day": self.day(moment), "time": time}

    def ago(self, moment: datetime) -> str:
        """Return how long ago a moment was, in words; after a month, its day."""
        elapsed_s = (clock.now() - moment).total_seconds()
        if elapsed_s < _MINUTE:
            return self.catalogue.gettext("à l’instant")
        if elapsed_s < _HOUR:
            count, text = elapsed_s / _MINUTE, self.catalogue.gettext("il y a %(count)d\u00a0min")
        elif elapsed_s < _DAY:
            count, text = elapsed_s / _HOUR, self.catalogue.gettext("il y a %(count)d\u00a0h")
        elif elapsed_s < 31 * _DAY:
            count = elapsed_s / _DAY
            text = self.catalogue.ngettext(
                "il y a %(count)d\u00a0jour", "il y a %(count)d\u00a0jours", math.floor(count)
            )
        else:
            return self.day(moment)
        return text % {"count": math.floor(count)}


class _Source(NullTranslations):
    """French: every text is itself."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for `n` things."""
        return sentences.FRENCH.ngettext(msgid1, msgid2, n)


@cache
def tongue(tag: str) -> Tongue:
    """Return a language of the pages; French for one that is none of LOCALES."""
    if tag not in LOCALES:
        tag = SOURCE
    catalogue = _Source() if tag == SOURCE else _catalogue(CATALOGUES, tag)
    region = Locale(tag, "BE")
    if tag == SOURCE:
        return Tongue(tag, catalogue, region, sentences.FRENCH)
    words = sentences.Language(
        gettext=catalogue.gettext,
        ngettext=catalogue.ngettext,
        number=lambda number: format_decimal(number, locale=region),
        day=lambda day: format_skeleton(_form(region, "yMMdd"), day, locale=region),
    )
    return Tongue(tag, catalogue, region, words)


@cache
def _form(region: Locale, skeleton: str) -> str:
    """Return which of a language's own skeletons comes closest to one.

    Looking through them all takes ten times as long as writing the date: a page has a hundred.
    """
    known = region.datetime_skeletons
    return skeleton if skeleton in known else match_skeleton(skeleton, known) or skeleton


def language_of(request: Request, viewer: Viewer | None = None) -> str:
    """Return the language for a request: the person's choice, else the browser's, else French."""
    for chosen in (viewer.locale if viewer else None, request.cookies.get(COOKIE)):
        if chosen is not None and chosen in LOCALES:
            return chosen
    return _accepted(request.headers.get("accept-language", ""))


def _accepted(header: str) -> str:
    """Return the language that an Accept-Language header likes best (RFC 9110, 12.5.4)."""
    best, liked = SOURCE, 0.0
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        tag = tag.strip().lower().split("-")[0]
        quality = _quality(weight)
        if tag in LOCALES and quality > liked:
            best, liked = tag, quality
    return best


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if name.strip() == "q" and 0.0 <= quality <= 1.0 else 0.0


def _catalogue(folder: Path, tag: str) -> NullTranslations:
    path = folder / tag / "LC_MESSAGES" / "preau.po"
    packed = BytesIO()
    with path.open(encoding="utf-8") as file:
        write_mo(cast(IO[bytes], packed), read_po(file, locale=tag))
    packed.seek(0)
    return GNUTranslations(packed)
