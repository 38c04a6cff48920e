"""PDF documents (ISO 32000-2): what would run, start or hide something is refused.

Names of actions are looked for in every byte of the file, however they are spelled, and in what its
object streams unpack to (7.5.7). Where that cannot be seen, as in an encrypted file, it is refused.
This is a look from outside: the document itself is not read, and it is only ever sent as an
attachment.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from inventory.errors import InvalidInput
from inventory.files.kinds import TooLarge
from inventory.sentences import N_, Sentence

MAX_UNPACKED_BYTES = 200_000_000
_STEP_BYTES = 256 * 1024
_OVERLAP_BYTES = 256
_DICTIONARY_BYTES = 64 * 1024


def _name(*names: str) -> re.Pattern[bytes]:
    """Return what finds names; each character may be written as #xx (7.3.5)."""
    spelled = (
        "".join(f"(?:{re.escape(each)}|#{ord(each):02x}|#{ord(each):02X})" for each in name)
        for name in names
    )
    # A name ends at white space or a delimiter; "/Launcher" is another.
    return re.compile(rf"/(?:{'|'.join(spelled)})(?=[\x00\t\n\f\r ()<>\[\]{{}}/%]|$)".encode())


# All of them long: bytes of a picture spell them by chance once in 2^50.
_ACTIVE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (_name("JavaScript"), N_("du JavaScript")),
    (_name("Launch"), N_("une action qui lance un programme")),
    (_name("EmbeddedFile", "EmbeddedFiles"), N_("des fichiers joints")),
    (_name("RichMedia"), N_("un contenu multimédia")),
    (_name("ImportData", "SubmitForm", "GoToE"), N_("une action vers un autre fichier")),
)
_ENCRYPTED = _name("Encrypt")
_STREAM = re.compile(rb"\bstream\r?\n")
_FIRST = _name("First")
_ITS_OBJECTS = _name("ObjStm")
_FLATE = _name("FlateDecode", "Fl")
_OTHER_FILTERS = _name(
    "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL",
    "Crypt",
)  # fmt: skip
_PREDICTED = re.compile(rb"/Predictor\s+1[0-5]|/Predictor\s+2")


def refuse_active_document(path: Path) -> None:
    """Raise unless `path` is a PDF whose actions can be seen and of which none does anything.

    Raises InvalidInput with what is in it, TooLarge for more objects than are looked at.
    """
    if path.stat().st_size == 0:
        raise _broken()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.rfind(b"%%EOF") < 0:
            raise _broken()
        _refuse_active_words(content)
        if _ENCRYPTED.search(content):
            raise InvalidInput(
                Sentence(
                    "Ce PDF est protégé par un mot de passe\u00a0; enregistrez-le sans protection"
                )
            )
        for unpacked in _object_streams(content):
            _refuse_active_words(unpacked)


def _refuse_active_words(content: "bytes | mmap.mmap") -> None:
    for pattern, what in _ACTIVE:
        if pattern.search(content):
            raise InvalidInput(
                Sentence(
                    "Ce PDF contient %(what)s\u00a0; imprimez-le en PDF pour l’en débarrasser",
                    what=Sentence(what),
                )
            )


def _object_streams(content: mmap.mmap) -> Iterator[bytes]:
    """Yield what each object stream unpacks to, in overlapping pieces.

    It is one when its dictionary tells /First, which no reader can do without.
    """
    left = MAX_UNPACKED_BYTES
    for found in _STREAM.finditer(content):
        before = content[max(0, found.start() - _DICTIONARY_BYTES) : found.start()]
        if not _FIRST.search(before):
            continue
        dictionary = before[max(before.rfind(b"obj"), 0) :]
        if _ITS_OBJECTS.search(dictionary) and (
            _OTHER_FILTERS.search(dictionary) or _PREDICTED.search(dictionary)
        ):
            raise InvalidInput(Sentence("Ce PDF est écrit d’une façon qui ne peut être contrôlée"))
        if not _FLATE.search(before):
            continue  # it stands in clear, and was looked at
        for piece in _inflated(content, found.end()):
            left -= len(piece)
            if left < 0:
                raise TooLarge(Sentence("Ce PDF contient trop de données pour être contrôlé"))
            yield piece


def _inflated(content: mmap.mmap, start: int) -> Iterator[bytes]:
    """Yield what stands deflated from `start`, as far as it can be unpacked."""
    inflater = zlib.decompressobj()
    tail, place = b"", start
    while not inflater.eof:
        packed = inflater.unconsumed_tail
        if not packed:
            packed = content[place : place + _STEP_BYTES]
            place += len(packed)
            if not packed:
                return
        try:
            piece = inflater.decompress(packed, _STEP_BYTES)
        except zlib.error:
            return
        if piece:
            yield tail + piece
            tail = piece[-_OVERLAP_BYTES:]


def _broken() -> InvalidInput:
    return InvalidInput(Sentence("Ce PDF est abîmé ou incomplet"))
