"""A file that comes in: its size and type are checked on the way, its content once it is there.

It stands in a folder of its own, outside what the web process serves, until it is kept
(`api.usecases.uploads`) or taken away.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory.errors import InvalidInput, Misconfigured
from inventory.files.documents import refuse_active_document
from inventory.files.kinds import (
    HEAD_BYTES,
    MediaType,
    TooLarge,
    UploadKind,
    media_type_of,
    refuse_other_types,
)
from inventory.files.names import clean_name
from inventory.files.pictures import redraw
from inventory.files.texts import looks_like_table, refuse_hidden_bytes
from inventory.files.workbooks import refuse_active_workbook
from inventory.sentences import Sentence
from inventory.settings import Settings

_MB = 1_000_000
_INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that may be kept: where it stands for now, and what its bytes are."""

    path: Path
    kind: UploadKind
    media_type: MediaType
    file_name: str
    sha256: str
    size_bytes: int


class Intake:
    """Takes the bytes of one file as they come in; refuses it at the first byte that is too much.

    It writes into the folder of what comes in. `discard` takes away what was written.
    """

    def __init__(self, settings: Settings, file_name: str) -> None:
        """Raise Misconfigured when the folder cannot be made or the disk is nearly full."""
        self.file_name = file_name
        self._settings = settings
        folder = _folder(settings)
        free_mb = shutil.disk_usage(folder).free // _MB
        if free_mb < settings.upload_min_free_mb:
            raise Misconfigured(
                Sentence("Le disque est presque plein\u00a0: aucun fichier n’est accepté")
            )
        self.path = folder / _INCOMING / secrets.token_hex(16)
        self._file = os.fdopen(
            os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )
        self._head = b""
        self._size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises TooLarge as soon as there are too many, and NotTaken as soon as the first tell that
        no kind takes such a file.
        """
        self._size += len(chunk)
        if self._size > self._settings.upload_max_mb * _MB:
            raise TooLarge(
                Sentence(
                    "Ce fichier dépasse %(limit)s\u00a0Mo, la taille permise",
                    limit=self._settings.upload_max_mb,
                )
            )
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                media_type_of(self._head)
        self._file.write(chunk)

    def look_at(self, kind: UploadKind) -> ReceivedFile:
        """Return the whole file, looked at; a picture is drawn anew.

        Raises NotTaken for a type that `kind` does not take, InvalidInput for a file that is
        broken, empty, or holds what would run a program.
        """
        self._file.close()
        if not self._size:
            raise InvalidInput(Sentence("Ce fichier est vide"))
        table = looks_like_table(self._head)
        media_type = media_type_of(self._head, looks_like_table=table)
        refuse_other_types(kind, media_type)
        self._refuse_content(media_type)
        digest, size = _digest(self.path)
        name = clean_name(self.file_name, media_type)
        return ReceivedFile(self.path, kind, media_type, name, digest, size)

    def discard(self) -> None:
        """Take away what was written and not kept."""
        self._file.close()
        for path in (self.path, self._redrawn):
            path.unlink(missing_ok=True)

    @property
    def _redrawn(self) -> Path:
        return self.path.with_suffix(".redrawn")

    def _refuse_content(self, media_type: MediaType) -> None:
        if media_type.is_picture:
            limit = self._settings.upload_max_megapixels
            redraw(self.path, self._redrawn, media_type, max_megapixels=limit)
            self._redrawn.replace(self.path)
            self.path.chmod(0o600)
        elif media_type is MediaType.PDF:
            refuse_active_document(self.path)
        elif media_type is MediaType.XLSX:
            refuse_active_workbook(self.path)
        else:
            refuse_hidden_bytes(self.path)


@contextmanager
def receive_file(
    settings: Settings, chunks: Iterable[bytes], *, kind: UploadKind, file_name: str
) -> Iterator[ReceivedFile]:
    """Yield the file that `chunks` make, looked at; whatever was not kept is gone afterwards.

    Raises as `Intake` does, at the first chunk that is too much.
    """
    intake = Intake(settings, file_name)
    try:
        for chunk in chunks:
            intake.write(chunk)
        yield intake.look_at(kind)
    finally:
        intake.discard()


def _folder(settings: Settings) -> Path:
    folder = settings.uploads_path()
    try:
        (folder / _INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            Sentence(
                "Les fichiers ne peuvent être gardés\u00a0: %(told)s", told=str(error.strerror)
            ),
            where=str(folder),
            todo=Sentence("donnez data_dir à l’utilisateur qui lance Préau"),
        ) from error
    return folder


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()
