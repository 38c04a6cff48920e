"""From passphrases to keys: RFC 3414 clause 2.6 and appendix A.2, and the two key extensions.

The master key costs a megabyte of hashing and is the same for all agents of a passphrase, so it is
remembered. A localised key is cheap, except with Reeder's extension, where each agent costs another
megabyte: those are remembered too.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from collectors.target import SnmpV3
from inventory.usm import AuthProtocol, PrivProtocol

_EXPANDED_OCTETS = 1_048_576  # RFC 3414 appendix A.2
_PASSPHRASES = 4_096
_AGENTS = 131_072

HASHES = {
    AuthProtocol.MD5: "md5",
    AuthProtocol.SHA1: "sha1",
    AuthProtocol.SHA224: "sha224",
    AuthProtocol.SHA256: "sha256",
    AuthProtocol.SHA384: "sha384",
    AuthProtocol.SHA512: "sha512",
}

# DES: 8 octets of key and 8 of pre-IV (RFC 3414 clause 8.1.1.1).
KEY_OCTETS = {
    PrivProtocol.DES: 16,
    PrivProtocol.AES128: 16,
    PrivProtocol.AES192: 24,
    PrivProtocol.AES192_REEDER: 24,
    PrivProtocol.AES256: 32,
    PrivProtocol.AES256_REEDER: 32,
}
_REEDER = (PrivProtocol.AES192_REEDER, PrivProtocol.AES256_REEDER)


@dataclass(frozen=True, slots=True)
class UserKeys:
    """One user's keys at one agent; None where the security level needs none."""

    auth: bytes | None = field(repr=False)
    priv: bytes | None = field(repr=False)


@lru_cache(maxsize=_AGENTS)
def user_keys(user: SnmpV3, engine_id: bytes) -> UserKeys:
    """Return the keys of `user` at the agent that calls itself `engine_id`."""
    if user.auth is None:
        return UserKeys(None, None)
    auth = localised_key(user.auth, master_key(user.auth, user.auth_passphrase), engine_id)
    if user.priv is None:
        return UserKeys(auth, None)
    return UserKeys(auth, privacy_key(user.auth, user.priv, user.priv_passphrase, engine_id))


def privacy_key(auth: AuthProtocol, priv: PrivProtocol, passphrase: str, engine_id: bytes) -> bytes:
    """Return the privacy key, as long as `priv` wants it; its hash is the authentication's."""
    key = localised_key(auth, master_key(auth, passphrase), engine_id)
    while len(key) < KEY_OCTETS[priv]:
        if priv in _REEDER:
            # draft-reeder-snmpv3-usm-3desede-00 clause 2.1: the key is the next passphrase.
            key += localised_key(auth, _expanded_hash(auth, key), engine_id)
        else:
            key += _hash(auth, key)  # draft-blumenthal-aes-usm-04 clause 3.1.2.1
    return key[: KEY_OCTETS[priv]]


@lru_cache(maxsize=_PASSPHRASES)
def master_key(auth: AuthProtocol, passphrase: str) -> bytes:
    """Return the key of a passphrase before it is localised (RFC 3414 appendix A.2).

    Raises ValueError for an empty passphrase. One of fewer than 8 characters is used as it is: the
    RFC forbids it and some vendors' devices allow it.
    """
    if not passphrase:
        raise ValueError("an empty passphrase has no key")
    return _expanded_hash(auth, passphrase.encode())


def localised_key(auth: AuthProtocol, master: bytes, engine_id: bytes) -> bytes:
    """Return a master key made good for one agent only (RFC 3414 clause 2.6)."""
    return _hash(auth, master + engine_id + master)


def _expanded_hash(auth: AuthProtocol, text: bytes) -> bytes:
    repeated = text * (_EXPANDED_OCTETS // len(text) + 1)
    return _hash(auth, repeated[:_EXPANDED_OCTETS])


def _hash(auth: AuthProtocol, data: bytes) -> bytes:
    # MD5 and SHA-1 are what the devices have; a machine in FIPS mode must not refuse to read them.
    return hashlib.new(HASHES[auth], data, usedforsecurity=False).digest()
