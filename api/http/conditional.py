"""Entity tags (RFC 9110, 8.8.3 and 13.1): what was read already, and writes about what was read.

A tag is `"LOCK.REST"`: LOCK tells the state that a write is about (a dossier's version, what can be
edited of a device), REST all else that the answer holds. So a poll that moves a device's last
moment gives it a new tag, and a person who edits its place meanwhile is not refused.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from api.http.problems import PROBLEM_RESPONSE, PreconditionMissing
from inventory.sentences import Sentence

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_DIGEST_CHARACTERS = 20

READ_RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is still what If-None-Match says."},
}
WRITE_RESPONSES: dict[int | str, dict[str, Any]] = {
    412: PROBLEM_RESPONSE | {"description": "It was changed meanwhile: `current`, `changes`."},
    428: PROBLEM_RESPONSE | {"description": "If-Match must say which state the write is about."},
}


class NotModified(Exception):
    """The caller has this answer already."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__()
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads one resource, and what they have of it."""

    response: Response
    if_none_match: str | None

    def has_read(self, lock: object, answer: BaseModel) -> None:
        """Tag the answer; raises NotModified when the caller has it."""
        tag = tag_of(lock, answer, self.response.headers.get("content-language", ""))
        self.response.headers["ETag"] = tag
        self.response.headers["Cache-Control"] = "private, no-cache"
        if self.if_none_match is not None and _names(self.if_none_match, tag):
            kept = ("etag", "cache-control", "vary", "content-language")
            told = self.response.headers
            raise NotModified({name: told[name] for name in kept if name in told})


async def reader(
    response: Response,
    if_none_match: Annotated[
        str | None, Header(max_length=1000, description="tags of what you have")
    ] = None,
) -> Reader:
    """Return who reads."""
    return Reader(response, if_none_match)


Reads = Annotated[Reader, Depends(reader)]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a write says of the state that it is about."""

    if_match: str | None

    def _demanded(self) -> None:
        """Raise PreconditionMissing when nothing is said."""
        if self.if_match is None:
            raise PreconditionMissing(
                Sentence("Dites dans If-Match sur quel état porte cette écriture (l’ETag lu)")
            )

    def holds(self, lock: object) -> bool:
        """Return whether the write is about the state `lock`; any state for `*`.

        Raises PreconditionMissing when it does not say.
        """
        self._demanded()
        given = (self.if_match or "").strip()
        locks = [tag.partition(".")[0] for weak, tag in _TAG.findall(given) if not weak]
        return given == "*" or str(lock) in locks


async def condition(
    if_match: Annotated[
        str | None, Header(max_length=1000, description="the ETag that the write is about; or *")
    ] = None,
) -> Condition:
    """Return the condition of a write."""
    return Condition(if_match)


Writes = Annotated[Condition, Depends(condition)]


def tag_of(lock: object, answer: BaseModel, language: str = "") -> str:
    """Return the strong entity tag of an answer."""
    told = f"{language}\n{answer.model_dump_json()}".encode()
    return f'"{lock}.{hashlib.sha256(told).hexdigest()[:_DIGEST_CHARACTERS]}"'


def _names(header: str, tag: str) -> bool:
    # Weak comparison (13.1.2): a proxy that compressed the answer made its tag weak.
    return header.strip() == "*" or tag.strip('"') in [each for _, each in _TAG.findall(header)]
