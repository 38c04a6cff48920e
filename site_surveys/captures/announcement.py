"""Beacons and probe responses: what an access point says of one of its networks.

IEEE 802.11-2020, 9.3.3.2 and 9.3.3.10 (the frames), 9.4.2 (the elements); 802.11ax-2021, 9.4.2.249
(HE Operation, which alone names the channel at 6 GHz).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from site_surveys.captures.security import Protection, classify

_BEACON, _PROBE_RESPONSE = 8, 5
_ESS, _IBSS, _PRIVACY = 0x0001, 0x0002, 0x0010
_SSID, _DS, _BSS_LOAD, _RSN, _HT_OPERATION, _VENDOR, _RSNX, _EXTENDED = (
    0, 3, 11, 48, 61, 221, 244, 255,
)  # fmt: skip
_HE_OPERATION = 36
_WPA, _P2P = b"\x00\x50\xf2\x01", b"\x50\x6f\x9a\x09"
_RSN_OVERRIDES, _RSNX_OVERRIDE = (b"\x50\x6f\x9a\x29", b"\x50\x6f\x9a\x2a"), b"\x50\x6f\x9a\x2b"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one beacon or probe response says; None: not told."""

    bssid: str
    ssid: str | None
    """None: hidden."""
    channel: int | None
    six_ghz: bool
    protection: Protection | None
    station_count: int | None
    utilisation_percent: float | None


def announcement(frame: bytes) -> Announcement | None:
    """Return what an 802.11 frame announces; None for every frame but an access point's own.

    Ad hoc networks and Wi-Fi Direct groups are people's devices: they are none either.
    """
    if len(frame) < 36 or frame[0] & 0x0F or frame[0] >> 4 not in (_BEACON, _PROBE_RESPONSE):
        return None
    start = 24 + (4 if frame[1] & 0x80 else 0)  # +HTC: the HT Control field
    bssid = frame[16:22]
    if frame[1] & 0x40 or bssid[0] & 1 or not any(bssid) or len(frame) < start + 12:
        return None
    (capability,) = struct.unpack_from("<H", frame, start + 10)
    if not capability & _ESS or capability & _IBSS:
        return None
    return _from_elements(bssid, bool(capability & _PRIVACY), frame[start + 12 :])


def _from_elements(bssid: bytes, privacy: bool, content: bytes) -> Announcement | None:
    elements, whole = _elements(content)
    vendor = [body for number, body in elements if number == _VENDOR]
    if any(body.startswith(_P2P) for body in vendor):
        return None
    first: dict[int, bytes] = {}
    for number, body in elements:
        first.setdefault(number, body)
    six_ghz = _six_ghz_channel(elements)
    load = first.get(_BSS_LOAD, b"")
    return Announcement(
        bssid=bssid.hex(),
        ssid=_ssid(first.get(_SSID, b"")),
        channel=six_ghz or _channel(first),
        six_ghz=six_ghz is not None,
        # Cut short, a frame may have lost its RSN element: then nothing is said of its security.
        protection=_protection(privacy, tuple(_security_elements(elements))) if whole else None,
        station_count=struct.unpack("<H", load[:2])[0] if len(load) >= 5 else None,
        utilisation_percent=round(load[2] * 100 / 255, 1) if len(load) >= 5 else None,
    )


def _elements(content: bytes) -> tuple[list[tuple[int, bytes]], bool]:
    """Return the elements that are whole, and whether the last one is."""
    elements: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(content):
        end = at + 2 + content[at + 1]
        if end > len(content):
            return elements, False
        elements.append((content[at], content[at + 2 : end]))
        at = end
    return elements, at == len(content)


def _security_elements(elements: list[tuple[int, bytes]]) -> Iterator[tuple[str, bytes]]:
    for number, body in elements:
        if number == _RSN:
            yield "rsn", body
        elif number == _RSNX:
            yield "rsnx", body
        elif number == _VENDOR and body[:4] == _WPA:
            yield "wpa", body[4:]
        elif number == _VENDOR and body[:4] in _RSN_OVERRIDES:
            yield "rsn", body[4:]
        elif number == _VENDOR and body[:4] == _RSNX_OVERRIDE:
            yield "rsnx", body[4:]


@lru_cache(maxsize=4096)
def _protection(privacy: bool, told: tuple[tuple[str, bytes], ...]) -> Protection | None:
    bodies = {kind: tuple(body for k, body in told if k == kind) for kind in ("rsn", "rsnx", "wpa")}
    return classify(
        privacy=privacy,
        rsn=bodies["rsn"],
        rsnx=bodies["rsnx"],
        wpa=bodies["wpa"][0] if bodies["wpa"] else None,
    )


def _ssid(body: bytes) -> str | None:
    if not any(body) or len(body) > 32:
        return None
    text = body.decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _channel(first: dict[int, bytes]) -> int | None:
    for number in (_DS, _HT_OPERATION):
        body = first.get(number)
        if body and 1 <= body[0] <= 196:
            return body[0]
    return None


def _six_ghz_channel(elements: list[tuple[int, bytes]]) -> int | None:
    """Return the primary channel of HE Operation's 6 GHz information."""
    for number, body in elements:
        if number != _EXTENDED or len(body) < 7 or body[0] != _HE_OPERATION:
            continue
        parameters = int.from_bytes(body[1:4], "little")
        # extension number, parameters (3), BSS colour, basic MCS (2), then the optional fields:
        # VHT information (3) if bit 14, co-hosted BSSIDs (1) if bit 15, 6 GHz (5) if bit 17
        at = 7 + (3 if parameters >> 14 & 1 else 0) + (parameters >> 15 & 1)
        if parameters >> 17 & 1 and len(body) >= at + 5 and 1 <= body[at] <= 233:
            return body[at]
    return None
