"""The size of a PNG or JPEG picture from its first bytes, without decoding it."""

import struct

MOST_PIXELS = 60_000_000
"""A plan of A0 at 200 dots an inch; more would exhaust a small server when it is drawn."""

_PNG = b"\x89PNG\r\n\x1a\n"
# ITU-T T.81, table B.1: the start-of-frame markers; C4, C8 and CC are something else.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(content: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels; raises ValueError for anything but a PNG or a JPEG."""
    if content.startswith(_PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
    elif content.startswith(b"\xff\xd8"):
        width, height = _jpeg_size(content)
    else:
        raise ValueError("the drawing is neither PNG nor JPEG")
    if not (0 < width * height <= MOST_PIXELS):
        raise ValueError(f"the drawing has {width} by {height} pixels, which cannot be used")
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content):
        if content[at] != 0xFF:
            break
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte (T.81, B.1.1.2)
            at += 1
            continue
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise ValueError("the drawing is a broken JPEG")
