"""What may be handed in: kinds of file, the types that each takes, and how a type is told."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.errors import InvalidInput
from inventory.sentences import N_, Sentence

HEAD_BYTES = 4096
"""How much of the beginning of a file tells its type."""


class MediaType(StrEnum):
    """The types that are kept (IANA media types)."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    TEXT = "text/plain"

    @property
    def extension(self) -> str:
        """Return how names of such files end."""
        return EXTENSIONS[self][0]

    @property
    def is_picture(self) -> bool:
        """Return whether it is an image, which is drawn anew before it is kept."""
        return self in PICTURES


EXTENSIONS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.WEBP: (".webp",),
    MediaType.XLSX: (".xlsx",),
    # Both are lines of text: testers call their tables either.
    MediaType.CSV: (".csv", ".txt", ".tsv"),
    MediaType.TEXT: (".txt", ".csv", ".log"),
}
PICTURES = frozenset({MediaType.PNG, MediaType.JPEG, MediaType.WEBP})
_TEXTS = frozenset({MediaType.CSV, MediaType.TEXT})


class UploadKind(StrEnum):
    """What a file is to the programme."""

    PLAN = "plan"
    PHOTO = "photo"
    CABLE_TEST = "cable_test"
    DOCUMENT = "document"
    TABLE = "table"

    @property
    def label(self) -> str:
        """Return what people call it, in French."""
        return _LABELS[self]


_LABELS: Mapping[UploadKind, str] = {
    UploadKind.PLAN: N_("Plan"),
    UploadKind.PHOTO: N_("Photo"),
    UploadKind.CABLE_TEST: N_("Mesures de câblage"),
    UploadKind.DOCUMENT: N_("Document"),
    UploadKind.TABLE: N_("Tableau"),
}

ALLOWED: Mapping[UploadKind, frozenset[MediaType]] = {
    UploadKind.PLAN: PICTURES | {MediaType.PDF},
    UploadKind.PHOTO: PICTURES,
    # Testers export a PDF report, a table or lines of text.
    UploadKind.CABLE_TEST: _TEXTS | {MediaType.PDF, MediaType.XLSX},
    # What is signed comes as a PDF, or as the photo of a sheet of paper.
    UploadKind.DOCUMENT: PICTURES | {MediaType.PDF},
    UploadKind.TABLE: frozenset({MediaType.XLSX, MediaType.CSV}),
}
"""The types that each kind may be."""

_NAMES: Mapping[MediaType, str] = {
    MediaType.PDF: "PDF",
    MediaType.PNG: "PNG",
    MediaType.JPEG: "JPEG",
    MediaType.WEBP: "WebP",
    MediaType.XLSX: "XLSX",
    MediaType.CSV: "CSV",
    MediaType.TEXT: N_("texte"),
}


class NotTaken(InvalidInput):
    """A file of a type that is not kept, or not as this kind."""


class TooLarge(InvalidInput):
    """A file with more bytes, or a picture with more pixels, than are taken."""


def allowed_anywhere(head: bytes) -> bool:
    """Return whether a file that begins with `head` (at most HEAD_BYTES) can be of any kind."""
    return _by_signature(head) is not None or _refused(head) is None


def media_type_of(head: bytes, *, looks_like_table: bool = False) -> MediaType:
    """Return the type that the first bytes of a file tell; its name says nothing.

    `looks_like_table` says that a text has the same number of columns in its lines. Raises NotTaken
    for every other type, with its name where it is a common one.
    """
    found = _by_signature(head)
    if found is not None:
        return found
    refused = _refused(head)
    if refused is not None:
        raise NotTaken(refused)
    return MediaType.CSV if looks_like_table else MediaType.TEXT


def refuse_other_types(kind: UploadKind, media_type: MediaType) -> None:
    """Raise NotTaken when files of this kind are not of this type."""
    if media_type not in ALLOWED[kind]:
        wanted = tuple(Sentence(_NAMES[each]) for each in MediaType if each in ALLOWED[kind])
        raise NotTaken(
            Sentence(
                "«\u00a0%(kind)s\u00a0» se donne en %(wanted)s, pas en %(given)s",
                kind=Sentence(kind.label),
                wanted=wanted,
                given=Sentence(_NAMES[media_type]),
            )
        )


def _by_signature(head: bytes) -> MediaType | None:
    # ISO 32000-2, 7.5.2: readers find the header within the first 1,024 bytes. It is taken at the
    # very beginning alone: what stands before it could be another file.
    if head.startswith(b"%PDF-"):
        return MediaType.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    # Any ZIP may be a workbook; its parts tell later (inventory.files.workbooks).
    if head.startswith(b"PK\x03\x04"):
        return MediaType.XLSX
    return None


_COMMON: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("un ancien fichier Office ou un fichier chiffré")),
    (b"MZ", N_("un programme")),
    (b"\x7fELF", N_("un programme")),
    (b"#!", N_("un programme")),
    (b"GIF8", N_("une image GIF")),
    (b"BM", N_("une image BMP")),
    (b"II*\x00", N_("une image TIFF")),
    (b"MM\x00*", N_("une image TIFF")),
    (b"7z\xbc\xaf'\x1c", N_("une archive")),
    (b"Rar!", N_("une archive")),
    (b"\x1f\x8b", N_("une archive")),
    (b"{\\rtf", N_("un document RTF")),
)
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")


def _refused(head: bytes) -> Sentence | None:
    """Return why a file that has no signature of ours is not kept; None for a text."""
    for signature, name in _COMMON:
        if head.startswith(signature):
            return _is_not_taken(name)
    if head[4:8] == b"ftyp":
        return _is_not_taken(N_("une image HEIC ou une vidéo"))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        # A drawing in SVG may hold scripts and point to other files; so may a page.
        return _is_not_taken(N_("un dessin SVG ou une page web"))
    if not head or not is_text(head):
        return Sentence("Le contenu de ce fichier n’est pas reconnu")
    return None


def is_text(part: bytes) -> bool:
    """Return whether bytes can be a part of a text: no NUL and no control but tabs and lines."""
    return not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in set(part))


def _is_not_taken(name: str) -> Sentence:
    return Sentence(
        "Ce fichier est %(type)s, qui n’est pas accepté\u00a0; donnez-le en PDF, PNG ou JPEG",
        type=Sentence(name),
    )
