"""Forms with files (multipart/form-data, RFC 7578), read as they come in.

Nothing of a file stands in memory: each part goes into an `Intake`, which refuses it at the first
byte that is too much. Who sends is known before the first byte is kept, and no database session is
open while bytes come in. A page or a route asks for it as for any dependency:

    @router.post("/…", dependencies=[Needs(Right.HAND_IN, within=True)])
    def post_photo(form: Annotated[ReceivedForm, Depends(FormOfBrowser(Right.HAND_IN))]) -> …:
        received = form.file("photo").look_at(UploadKind.PHOTO)

What is not kept is gone when the request has been answered.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.routing import APIRoute
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.http.admission import PLACE, Place
from api.http.dependencies import (
    CsrfHeader,
    Here,
    Installation,
    calling,
    in_browser,
    same_token,
    who_asks,
)
from api.http.middleware import BODY_LIMIT, BodyLimit
from api.http.needs import Need
from api.http.problems import TooManyUploads
from api.usecases.access import LoggedIn
from api.usecases.scope import Right, Viewer
from api.usecases.upload_intake import Intake
from inventory.errors import InvalidInput, NotAllowed
from inventory.files.kinds import TooLarge
from inventory.sentences import Sentence
from inventory.settings import Settings

MAX_FILES = 10
MAX_FIELDS = 100
MAX_FIELDS_BYTES = 256 * 1024
MAX_AT_ONCE = 16
# A phone on a bad line pauses; who sends nothing for so long has gone.
SILENCE_S = 60.0
_MB = 1_000_000


@dataclass
class ReceivedForm:
    """A form that came in whole: who sent it, its fields, and its files by their fields' names."""

    viewer: Viewer
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[Intake]] = field(default_factory=dict)

    def file(self, name: str) -> Intake:
        """Return the one file of a field; raises InvalidInput when there is none, or several."""
        found = self.files.get(name, [])
        if len(found) != 1:
            raise InvalidInput(
                Sentence("Le champ «\u00a0%(name)s\u00a0» demande un fichier", name=name)
            )
        return found[0]

    def discard(self) -> None:
        """Take away the files that were not kept."""
        for intakes in self.files.values():
            for intake in intakes:
                intake.discard()


class FormReader:
    """Reads the bytes of a form into a `ReceivedForm`, piece by piece."""

    def __init__(self, settings: Settings, content_type: str, form: ReceivedForm) -> None:
        """Raise InvalidInput when the content type is not that of a form with files."""
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise InvalidInput(Sentence("Ce formulaire doit être envoyé en multipart/form-data"))
        self._settings = settings
        self._form = form
        self._kept_bytes = 0
        self._headers: dict[str, bytes] = {}
        self._header = self._value = b""
        self._name = ""
        self._field = b""
        self._intake: Intake | None = None
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._part_data,
                    "on_end": self._form_ends,
                },
            )
        except FormParserError:
            raise _broken() from None

    def write(self, data: bytes) -> None:
        """Read the next bytes; raises InvalidInput, TooLarge and NotTaken."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise _broken() from None

    def finish(self) -> None:
        """Raise InvalidInput when the form did not come in whole."""
        if not self._ended:
            raise _broken()

    def _part_begins(self) -> None:
        self._headers, self._header, self._value = {}, b"", b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value
        self._header = self._value = b""

    def _headers_end(self) -> None:
        kind, options = parse_options_header(self._headers.get("content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise _broken()
        self._name = _text(options[b"name"])
        self._intake = None
        if b"filename" in options:
            self._begin_file(_text(options[b"filename"]))
            return
        if len(self._form.fields) >= MAX_FIELDS:
            raise _broken()
        self._form.fields[self._name] = ""
        self._field = b""

    def _begin_file(self, file_name: str) -> None:
        if sum(map(len, self._form.files.values())) >= MAX_FILES:
            raise TooLarge(Sentence("Pas plus de %(number)s fichiers à la fois", number=MAX_FILES))
        self._intake = Intake(self._settings, file_name)
        self._form.files.setdefault(self._name, []).append(self._intake)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._intake is not None:
            self._intake.write(data[start:end])
            return
        self._kept_bytes += end - start
        if self._kept_bytes > MAX_FIELDS_BYTES:
            raise TooLarge(Sentence("Les textes de ce formulaire sont trop longs"))
        self._field += data[start:end]
        self._form.fields[self._name] = _text(self._field)

    def _form_ends(self) -> None:
        self._ended = True


@dataclass(frozen=True, slots=True)
class FormOfApi:
    """The form that a caller of the API sends, by token or by session, who must hold `right`.

    Its route declares the same with `within=True`: a dependency of a route would hold a session.
    """

    right: Right

    async def __call__(
        self, request: Request, here: Here, x_csrf_token: CsrfHeader = None
    ) -> AsyncIterator[ReceivedForm]:
        """Yield the form; raises NotLoggedIn and NotAllowed before a byte of it is kept."""

        def who() -> Viewer:
            with here.database.read() as session:
                viewer = calling(request, who_asks(request, session), x_csrf_token)
                Need(self.right).check(viewer)
                return viewer

        viewer = await run_in_threadpool(who)
        async with _received(request, here, ReceivedForm(viewer)) as form:
            yield form


@dataclass(frozen=True, slots=True)
class FormOfBrowser:
    """The form of a page, sent by somebody who must hold `right`; as `FormOfApi`."""

    right: Right

    async def __call__(self, request: Request, here: Here) -> AsyncIterator[ReceivedForm]:
        """Yield the form; raises NotLoggedIn, and NotAllowed without its field `csrf`."""

        def who() -> LoggedIn:
            with here.database.read() as session:
                browser = in_browser(who_asks(request, session))
                Need(self.right).check(browser.viewer)
                return browser

        browser = await run_in_threadpool(who)
        async with _received(request, here, ReceivedForm(browser.viewer)) as form:
            if not same_token(form.fields.get("csrf", ""), browser.csrf_token):
                raise NotAllowed(
                    Sentence("Ce formulaire n’est plus à jour"), todo=Sentence("rechargez la page")
                )
            yield form


def takes_files(route: APIRoute) -> bool:
    """Return whether a route reads a form with files by itself, as it comes in."""
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        if isinstance(one.call, FormOfApi | FormOfBrowser):
            return True
        waiting += one.dependencies
    return False


@asynccontextmanager
async def _received(
    request: Request, here: Installation, form: ReceivedForm
) -> AsyncIterator[ReceivedForm]:
    at_once: Slots = request.app.state.uploads
    with at_once.taken():
        try:
            reader = FormReader(here.settings, request.headers.get("content-type", ""), form)
            limit: BodyLimit = request.scope[BODY_LIMIT]
            limit.max_bytes = MAX_FILES * here.settings.upload_max_mb * _MB + 2 * MAX_FIELDS_BYTES
            if limit.told_bytes > limit.max_bytes:
                raise TooLarge(Sentence("Ce formulaire est trop grand"))
            place: Place = request.scope[PLACE]
            async with place.outside():
                await _read(request, reader)
            await run_in_threadpool(reader.finish)
            yield form
        finally:
            await run_in_threadpool(form.discard)


async def _read(request: Request, reader: FormReader) -> None:
    chunks = request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                chunk = await anext(chunks, None)
        except (TimeoutError, ClientDisconnect):
            raise _broken() from None
        if chunk is None:
            return
        if chunk:
            await run_in_threadpool(reader.write, chunk)


class Slots:
    """How many forms with files are read at once; more are refused, not made to wait."""

    def __init__(self, number: int = MAX_AT_ONCE) -> None:
        self._free = number

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one for the block, on the event loop's thread; raises TooManyUploads."""
        if not self._free:
            raise TooManyUploads(
                Sentence("Trop de fichiers arrivent en même temps\u00a0; réessayez dans une minute")
            )
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def _text(raw: bytes) -> str:
    # PostgreSQL takes no NUL in a text.
    return raw.decode("utf-8", errors="replace").replace("\0", "")


def _broken() -> InvalidInput:
    return InvalidInput(Sentence("Ce formulaire n’est pas arrivé en entier"))
