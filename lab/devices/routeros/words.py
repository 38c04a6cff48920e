"""How RouterOS writes and reads a value, and how it complains."""

import re

_BARE = re.compile(r"[A-Za-z0-9_.:/,*+-]+")
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "_": " "}
_UNITS_S = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}


class Complaint(Exception):
    """What the console prints instead of doing a line."""


def shown(value: str) -> str:
    """Return a value as an export writes it."""
    if _BARE.fullmatch(value):
        return value
    signs = []
    for octet in value.encode():
        if chr(octet) in '"\\$':
            signs.append("\\" + chr(octet))
        elif octet == 10:
            signs.append("\\n")
        elif octet == 13:
            signs.append("\\r")
        else:
            signs.append(chr(octet) if 32 <= octet < 127 else f"\\{octet:02X}")
    return '"' + "".join(signs) + '"'


def escaped(text: str, place: int) -> tuple[bytes, int]:
    """Return the octets of the escape whose backslash is at `place`, and where it ends."""
    sign = text[place + 1 : place + 2]
    if sign in _NAMED:
        return _NAMED[sign].encode(), place + 2
    if sign and sign in '"\\$?':
        return sign.encode(), place + 2
    digits = text[place + 1 : place + 3]
    if re.fullmatch(r"[0-9A-F]{2}", digits):
        return bytes([int(digits, 16)]), place + 3
    raise Complaint(f"syntax error (line 1 column {place + 2})")


def seconds(text: str) -> float:
    """Return a time as `3m`, `180s`, `00:03:00` or `20` in seconds."""
    if match := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    if text.isdecimal():
        return float(text)
    parts = re.findall(r"(\d+)([wdhms])", text)
    if not parts or "".join(a + b for a, b in parts) != text:
        raise Complaint("invalid value for argument interval")
    return sum(int(count) * _UNITS_S[unit] for count, unit in parts)
