"""Names of files that people hand in, made safe to show, to keep and to send back."""

import re
import unicodedata

from inventory.files.kinds import EXTENSIONS, MediaType

MAX_CHARACTERS = 120
# Windows' separators come from Windows' browsers of long ago, and from those who try.
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_FORBIDDEN = re.compile(r'[<>:"|?*%]+')


def clean_name(given: str, media_type: MediaType) -> str:
    """Return a name without folders and controls, that ends as files of its type do.

    Controls are Unicode's category C, among them the marks that turn the direction of writing: with
    one, `photo[RLO]gpj.exe` would read as an image. It is never empty and never hidden.
    """
    name = unicodedata.normalize("NFC", _FOLDERS.sub("", given))
    name = "".join(each if unicodedata.category(each)[0] != "C" else "" for each in name)
    name = " ".join(_FORBIDDEN.sub(" ", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" in EXTENSIONS[media_type]:
        extension = f".{ending.lower()}"
    else:
        stem, extension = name, media_type.extension
    stem = stem.strip(". ")[: MAX_CHARACTERS - len(extension)].strip(". ")
    return f"{stem or 'fichier'}{extension}"
