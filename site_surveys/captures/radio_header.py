"""What a receiver adds before a frame: radiotap (link type 127), Prism (119), or nothing (105)."""

import struct
from dataclasses import dataclass

BARE, PRISM, RADIOTAP = 105, 119, 127
LINK_TYPES = {BARE: "IEEE 802.11", PRISM: "Prism", RADIOTAP: "radiotap"}


@dataclass(frozen=True, slots=True)
class Received:
    """An 802.11 frame without its checksum, and how it was received; None: not told."""

    frame: bytes
    frequency_mhz: int | None = None
    channel: int | None = None
    rssi_dbm: int | None = None
    noise_dbm: int | None = None


# radiotap.org, defined fields: bit -> (alignment, size). All values are little-endian, and aligned
# to the header's first byte.
_FIELDS = {
    0: (8, 8), 1: (1, 1), 2: (1, 1), 3: (2, 4), 4: (2, 2), 5: (1, 1), 6: (1, 1), 7: (2, 2),
    8: (2, 2), 9: (2, 2), 10: (1, 1), 11: (1, 1), 12: (1, 1), 13: (1, 1), 14: (2, 2), 15: (2, 2),
    16: (1, 1), 17: (1, 1), 18: (4, 8), 19: (1, 3), 20: (4, 8), 21: (2, 12), 22: (8, 12),
    23: (2, 12), 24: (2, 12), 25: (2, 6), 26: (1, 1), 27: (2, 4),
}  # fmt: skip
_FLAGS, _CHANNEL, _SIGNAL, _NOISE, _XCHANNEL = 1, 3, 5, 6, 18
_RADIOTAP_NAMESPACE, _VENDOR_NAMESPACE, _MORE = 29, 30, 31
_HAS_CHECKSUM, _BAD_CHECKSUM = 0x10, 0x40

# The two numberings of the wlan-ng and madwifi drivers: the field is in the high bits.
_PRISM_CODES = (0x00000044, 0x00000041)
_PRISM_HEADER_SIZE = 144


def received(link_type: int, content: bytes) -> Received | None:
    """Return a captured frame with what its receiver tells; None when that is broken.

    Raises ValueError for a link type that is not of WiFi.
    """
    if link_type == BARE:
        return Received(content)
    if link_type == PRISM:
        return _prism(content)
    if link_type == RADIOTAP:
        return _radiotap(content)
    raise ValueError(f"link type {link_type} is not a WiFi capture")


def _radiotap(content: bytes) -> Received | None:
    if len(content) < 8 or content[0] != 0:
        return None
    (length,) = struct.unpack_from("<H", content, 2)
    if not 8 <= length <= len(content):
        return None
    try:
        told = _radiotap_fields(content[:length])
    except (struct.error, IndexError):
        return None
    flags = told.get(_FLAGS, b"\0")[0]
    if flags & _BAD_CHECKSUM:
        return None
    frame = content[length:-4] if flags & _HAS_CHECKSUM else content[length:]
    frequency = struct.unpack("<H", told[_CHANNEL][:2])[0] if _CHANNEL in told else None
    if _XCHANNEL in told and not frequency:
        frequency = struct.unpack("<H", told[_XCHANNEL][4:6])[0]
    return Received(
        frame,
        frequency_mhz=frequency or None,
        rssi_dbm=_plausible(told.get(_SIGNAL)),
        noise_dbm=_plausible(told.get(_NOISE)),
    )


def _radiotap_fields(header: bytes) -> dict[int, bytes]:
    """Return the first value of each field: the one for the whole frame, before each antenna's."""
    words = []
    at = 4
    while True:
        words.append(struct.unpack_from("<I", header, at)[0])
        at += 4
        if not words[-1] >> _MORE:
            break
    told: dict[int, bytes] = {}
    for word in words:
        for bit in range(_RADIOTAP_NAMESPACE):
            if not word >> bit & 1:
                continue
            if bit not in _FIELDS:  # its size is unknown, so is all that follows
                return told
            alignment, size = _FIELDS[bit]
            at += -at % alignment
            value = header[at : at + size]
            if len(value) < size:
                return told
            told.setdefault(bit, value)
            at += size
        # Another vendor's fields follow, or bits beyond 31, of which none is defined.
        if word >> _VENDOR_NAMESPACE & 1 or not word >> _RADIOTAP_NAMESPACE & 1:
            break
    return told


def _plausible(value: bytes | None) -> int | None:
    """Return a signed level; None for the 0 and the extremes by which drivers say "unknown"."""
    if value is None:
        return None
    (level,) = struct.unpack("b", value)
    return level if -120 <= level < 0 else None


def _prism(content: bytes) -> Received | None:
    if len(content) < _PRISM_HEADER_SIZE:
        return None
    order = "<" if struct.unpack_from("<I", content)[0] in _PRISM_CODES else ">"
    code, length = struct.unpack_from(f"{order}II", content)
    if code not in _PRISM_CODES or not _PRISM_HEADER_SIZE <= length <= len(content):
        return None
    told: dict[int, int] = {}
    for at in range(24, _PRISM_HEADER_SIZE, 12):
        name, status, _, value = struct.unpack_from(f"{order}IHHi", content, at)
        if status == 0:  # "the value is given"
            told[name >> 16 if code == _PRISM_CODES[0] else name >> 12] = value
    channel, signal, noise = told.get(3), told.get(6), told.get(7)
    return Received(
        content[length:],
        channel=channel if channel and 1 <= channel <= 196 else None,
        rssi_dbm=_level_in_dbm(signal),
        noise_dbm=_level_in_dbm(noise),
    )


def _level_in_dbm(value: int | None) -> int | None:
    # Some drivers give dBm, others a scale of their own, which is positive.
    return value if value is not None and -120 <= value < 0 else None
