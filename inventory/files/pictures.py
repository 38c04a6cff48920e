"""Pictures drawn anew: what is kept are pixels, and nothing else that the file held.

No EXIF (so no place where a photo was taken), no comment, no profile and no bytes after the end
survive; the orientation that EXIF asks for is applied first.
"""

import warnings
from pathlib import Path
from threading import Lock

from PIL import Image, ImageOps

from inventory.errors import InvalidInput
from inventory.files.kinds import MediaType, TooLarge
from inventory.sentences import Sentence

_FORMATS = {MediaType.PNG: "PNG", MediaType.JPEG: "JPEG", MediaType.WEBP: "WEBP"}
# What the encoder is told: as good as the eye sees, never slower than a second for a phone's photo.
_OPTIONS: dict[MediaType, dict[str, int]] = {
    MediaType.PNG: {"compress_level": 6},
    MediaType.JPEG: {"quality": 90},
    MediaType.WEBP: {"quality": 90, "method": 2},
}
_MODES = {
    MediaType.PNG: frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}),
    MediaType.JPEG: frozenset({"L", "RGB"}),
    MediaType.WEBP: frozenset({"RGB", "RGBA"}),
}
# Pixels take memory: one picture at a time in a process, however many are handed in.
_one_at_a_time = Lock()


def redraw(source: Path, target: Path, media_type: MediaType, *, max_megapixels: float) -> None:
    """Write the picture in `source` to `target`, redrawn, in the same format.

    Raises TooLarge for more pixels than `max_megapixels` million, before they take memory, and
    InvalidInput for a file that is no whole picture. Of an animation the first picture is kept.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow doubts, we refuse or draw anew
        try:
            with Image.open(source, formats=[_FORMATS[media_type]]) as picture:
                _refuse_bombs(picture, max_megapixels)
                _pixels(picture, media_type).save(
                    target, format=_FORMATS[media_type], **_OPTIONS[media_type]
                )
        except Image.DecompressionBombError:
            raise _too_large(max_megapixels) from None
        # Pillow's decoders raise nearly anything on broken files, SyntaxError among it.
        except (OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, EOFError):
            raise _broken() from None
        except (OverflowError, ArithmeticError, RuntimeError, AttributeError, MemoryError):
            raise _broken() from None


def _pixels(picture: Image.Image, media_type: MediaType) -> Image.Image:
    """Return the pixels, upright, with no more beside them than which colour is clear."""
    if picture.mode not in _MODES[media_type]:
        clear = media_type is not MediaType.JPEG and picture.has_transparency_data
        upright = ImageOps.exif_transpose(picture).convert("RGBA" if clear else "RGB")
    else:
        upright = ImageOps.exif_transpose(picture)
    clear_colour = upright.info.get("transparency")
    upright.info = {}
    if clear_colour is not None and media_type is MediaType.PNG:
        upright.info["transparency"] = clear_colour
    return upright


def _refuse_bombs(picture: Image.Image, max_megapixels: float) -> None:
    width, height = picture.size
    if width * height > max_megapixels * 1_000_000:
        raise _too_large(max_megapixels)


def _too_large(max_megapixels: float) -> TooLarge:
    return TooLarge(
        Sentence(
            "Cette image dépasse %(number)s\u00a0mégapixels\u00a0; réduisez-la d’abord",
            number=float(max_megapixels),
        )
    )


def _broken() -> InvalidInput:
    return InvalidInput(Sentence("Cette image est abîmée ou incomplète"))
