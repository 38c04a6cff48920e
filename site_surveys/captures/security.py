"""How a network is protected, from *all* key managements that it offers, not from the first one.

IEEE 802.11-2020, 9.4.2.24 (RSNE) with table 9-151 (AKM suites); WPA3 Specification 3.x (Wi-Fi
Alliance) for what makes WPA3: SAE or OWE or a SHA-256 802.1X, with protected management frames.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

_IEEE, _MICROSOFT, _WFA = b"\x00\x0f\xac", b"\x00\x50\xf2", b"\x50\x6f\x9a"


class HeardSecurity(StrEnum):
    """How a network is protected; the first ones are those that `inventory.intent` plans."""

    OPEN = "open"
    OWE = "owe"
    WPA2_PERSONAL = "wpa2_personal"
    WPA2_WPA3_PERSONAL = "wpa2_wpa3_personal"
    WPA3_PERSONAL = "wpa3_personal"
    WPA2_ENTERPRISE = "wpa2_enterprise"
    WPA3_ENTERPRISE = "wpa3_enterprise"
    WPA2_WPA3_ENTERPRISE = "wpa2_wpa3_enterprise"
    WPA3_ENTERPRISE_192 = "wpa3_enterprise_192"
    WEP = "wep"
    WPA_PERSONAL = "wpa_personal"
    WPA_ENTERPRISE = "wpa_enterprise"
    WPA_WPA2_PERSONAL = "wpa_wpa2_personal"
    WPA_WPA2_ENTERPRISE = "wpa_wpa2_enterprise"
    OTHER = "other"


class Pmf(StrEnum):
    """Protected management frames (802.11w)."""

    NO = "no"
    CAPABLE = "capable"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Protection:
    """How a network is protected, and by what it says so."""

    security: HeardSecurity
    pmf: Pmf = Pmf.NO
    akms: tuple[str, ...] = ()
    """Suites as `00-0F-AC:8`, in the order offered."""
    tkip: bool = False
    hash_to_element: bool = False
    """SAE hash-to-element, from the RSN extension (needed at 6 GHz)."""


@dataclass(frozen=True, slots=True)
class _Rsn:
    ciphers: tuple[bytes, ...]
    akms: tuple[bytes, ...]
    capabilities: int


_PSK = {2, 4, 6}
_SAE = {8, 9, 24, 25}
_OWE = {18}
_DOT1X_SHA1 = {1}
_DOT1X_SHA256 = {3, 5}
_DOT1X_192 = {12, 13}
_DOT1X = _DOT1X_SHA1 | _DOT1X_SHA256 | _DOT1X_192 | {11, 22, 23}


def classify(
    *,
    privacy: bool,
    rsn: tuple[bytes, ...] = (),
    wpa: bytes | None = None,
    rsnx: tuple[bytes, ...] = (),
) -> Protection | None:
    """Return the protection of a network; None when an element is broken: it cannot be told.

    `privacy` is the capability bit; `rsn` and `rsnx` are the bodies of the RSN (48) and RSNX (244)
    elements and of the overrides that a WPA3 compatibility network adds; `wpa` is the body of
    Microsoft's WPA element after its type.
    """
    told = [_rsn(body, _IEEE) for body in rsn]
    old = None if wpa is None else _rsn(wpa, _MICROSOFT)
    if None in told or (wpa is not None and old is None):
        return None
    sets = [each for each in told if each is not None]
    if not sets and old is None:
        return Protection(HeardSecurity.WEP if privacy else HeardSecurity.OPEN)
    akms = tuple(dict.fromkeys(akm for each in sets for akm in each.akms))
    pmf = _pmf(sets)
    numbers = {akm[3] for akm in akms if akm[:3] == _IEEE}
    return Protection(
        security=_security(numbers, pmf, old),
        pmf=pmf,
        akms=tuple(_suite(akm) for akm in akms or (old.akms if old else ())),
        tkip=any(cipher[3] == 2 for each in [*sets, *([old] if old else [])]
                 for cipher in each.ciphers),
        hash_to_element=any(len(body) > 0 and body[0] & 0x20 for body in rsnx),
    )  # fmt: skip


def _security(akms: set[int], pmf: Pmf, old: _Rsn | None) -> HeardSecurity:
    if not akms:
        return _wpa_only(old)
    if akms <= _OWE:
        return HeardSecurity.OWE
    if akms <= _SAE:
        return HeardSecurity.WPA3_PERSONAL
    if akms <= _PSK | _SAE:
        if old is not None:
            return HeardSecurity.WPA_WPA2_PERSONAL
        return HeardSecurity.WPA2_WPA3_PERSONAL if akms & _SAE else HeardSecurity.WPA2_PERSONAL
    return _enterprise(akms, pmf, old) if akms <= _DOT1X else HeardSecurity.OTHER


def _enterprise(akms: set[int], pmf: Pmf, old: _Rsn | None) -> HeardSecurity:
    if old is not None:
        return HeardSecurity.WPA_WPA2_ENTERPRISE
    if pmf is Pmf.REQUIRED and akms <= _DOT1X_192:
        return HeardSecurity.WPA3_ENTERPRISE_192
    if pmf is Pmf.REQUIRED and not akms & _DOT1X_SHA1:
        return HeardSecurity.WPA3_ENTERPRISE
    if pmf is not Pmf.NO and akms & _DOT1X_SHA256 and akms & _DOT1X_SHA1:
        return HeardSecurity.WPA2_WPA3_ENTERPRISE
    return HeardSecurity.WPA2_ENTERPRISE


def _wpa_only(old: _Rsn | None) -> HeardSecurity:
    kinds = {akm[3] for akm in old.akms if akm[:3] == _MICROSOFT} if old else set()
    if kinds == {2}:
        return HeardSecurity.WPA_PERSONAL
    return HeardSecurity.WPA_ENTERPRISE if kinds == {1} else HeardSecurity.OTHER


def _pmf(sets: list[_Rsn]) -> Pmf:
    # Several RSN elements are several ways in: the weakest decides what an attacker can do.
    if sets and all(each.capabilities & 0x40 for each in sets):
        return Pmf.REQUIRED
    return Pmf.CAPABLE if any(each.capabilities & 0xC0 for each in sets) else Pmf.NO


def _rsn(body: bytes, oui: bytes) -> _Rsn | None:
    """Return the suites of an RSN element; what its end leaves out has the clause's default."""
    default_cipher = oui + (b"\x04" if oui == _IEEE else b"\x02")
    try:
        if struct.unpack_from("<H", body)[0] != 1:
            return None
        group = body[2:6] if len(body) >= 6 else default_cipher
        pairwise, at = _suites(body, 6, default_cipher)
        akms, at = _suites(body, at, oui + b"\x01")
    except (struct.error, ValueError):
        return None
    capabilities = struct.unpack_from("<H", body, at)[0] if len(body) >= at + 2 else 0
    return _Rsn((group, *pairwise), akms, capabilities)


def _suites(body: bytes, at: int, default: bytes) -> tuple[tuple[bytes, ...], int]:
    if len(body) < at + 2:
        return (default,), len(body)
    (count,) = struct.unpack_from("<H", body, at)
    end = at + 2 + 4 * count
    if count == 0 or end > len(body):
        raise ValueError("a list of suites does not fit its element")
    return tuple(body[start : start + 4] for start in range(at + 2, end, 4)), end


def _suite(suite: bytes) -> str:
    return f"{suite[:3].hex('-').upper()}:{suite[3]}"
