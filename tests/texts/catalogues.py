"""Extracting the texts of the product, bringing the catalogues up to date, judging them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from api.web.language import CATALOGUES, LOCALES, SOURCE
from tests.texts.extraction import EXTRACTORS

ROOT = Path(__file__).parents[2]
TRANSLATED = tuple(tag for tag in LOCALES if tag != SOURCE)
PACKAGES = ("api", "collectors", "deploy", "inventory", "site_surveys")
_DAY = datetime(2026, 11, 22, tzinfo=UTC)  # a date that moves would make every update a change
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@cache
def texts() -> Catalog:
    """Return every text that the product shows, without translations."""
    found = Catalog(charset="utf-8")
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in EXTRACTORS:
                # Files without line numbers: a moved line is no change of a catalogue.
                place = (str(path.relative_to(ROOT)), 0)
                for text in EXTRACTORS[path.suffix](path):
                    found.add(text, None, [place])
    return found


def path_of(tag: str, folder: Path = CATALOGUES) -> Path:
    """Return the file of one language's catalogue."""
    return folder / tag / "LC_MESSAGES" / "preau.po"


def read(path: Path, tag: str) -> Catalog:
    """Return a catalogue as it stands."""
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=tag)


def update(tag: str, folder: Path = CATALOGUES) -> None:
    """Add what is missing in one language's catalogue and drop what the product shows no more."""
    path = path_of(tag, folder)
    found = texts()
    made = Catalog(
        locale=tag,
        project="Préau",
        charset="utf-8",
        fuzzy=False,
        header_comment=f"# Préau: {LOCALES[tag]}. CONTRIBUTING.md says how to work on it.",
        creation_date=_DAY,
        revision_date=_DAY,
        version="",
        msgid_bugs_address="",
        language_team="Préau",
        last_translator="Préau",
    )
    known = read(path, tag) if path.exists() else Catalog(locale=tag)
    for message in found:
        if message.id:
            before = known.get(message.id)
            kept = before.string if before and _same_shape(before, message) else None
            made.add(message.id, kept, message.locations)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, made, width=100, sort_output=True, include_lineno=False, omit_header=False)


def faults(tag: str, folder: Path = CATALOGUES) -> list[str]:
    """Return what is wrong in one language's catalogue, a sentence each."""
    return sorted(_faults(tag, folder))


def _faults(tag: str, folder: Path) -> Iterator[str]:
    wanted, kept = texts(), read(path_of(tag, folder), tag)
    for message in wanted:
        if message.id and not _translated(kept.get(message.id)):
            yield f"{tag}: not translated: {_shown(message)}"
    for message in kept:
        if not message.id:
            continue
        if message.id not in wanted:
            yield f"{tag}: shown nowhere any more: {_shown(message)}"
        if message.fuzzy:
            yield f"{tag}: fuzzy: {_shown(message)}"
        yield from _wrong_placeholders(tag, message, kept.num_plurals)
    for message in kept.obsolete.values():
        yield f"{tag}: obsolete: {_shown(message)}"


def _wrong_placeholders(tag: str, message: Message, plurals: int) -> Iterator[str]:
    if not _translated(message):
        return
    strings = _strings(message)
    if message.pluralizable and len(strings) != plurals:
        yield f"{tag}: {plurals} plural forms are needed: {_shown(message)}"
    # The form for one may leave the number out: "one device" beside "%(num)s devices".
    wanted = [_placeholders(text) for text in _ids(message)]
    for string in strings:
        if _placeholders(string) not in wanted:
            yield f"{tag}: other placeholders than its source: {_shown(message)}"


def _translated(message: Message | None) -> bool:
    return message is not None and all(_strings(message))


def _same_shape(before: Message, now: Message) -> bool:
    return bool(before.pluralizable) == bool(now.pluralizable)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def _shown(message: Message) -> str:
    return repr(_ids(message)[0])
