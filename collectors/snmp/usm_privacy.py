"""Encrypting and decrypting a scoped PDU: DES in CBC (RFC 3414 clause 8), AES in CFB (RFC 3826)."""

import secrets
from itertools import count

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from collectors.snmp.ber import Malformed
from inventory.usm import PrivProtocol

SALT_OCTETS = 8
_DES_BLOCK = 8

# A salt never repeats under a key: counted in this process, from a random place (RFC 3826 clause
# 3.1.2.1 leaves the choice to us; of DES's, an agent reads all 8 octets without looking into them).
_salts = count(secrets.randbits(64))


def encrypt(
    priv: PrivProtocol, key: bytes, plain: bytes, *, boots: int, time_s: int
) -> tuple[bytes, bytes]:
    """Return (salt, ciphertext); with DES the plain text is padded to whole blocks."""
    salt = (next(_salts) & 0xFFFFFFFFFFFFFFFF).to_bytes(SALT_OCTETS, "big")
    if priv is PrivProtocol.DES:
        plain += bytes(-len(plain) % _DES_BLOCK)
    encryptor = _cipher(priv, key, boots, time_s, salt).encryptor()
    return salt, encryptor.update(plain) + encryptor.finalize()


def decrypt(
    priv: PrivProtocol, key: bytes, encrypted: bytes, *, boots: int, time_s: int, salt: bytes
) -> bytes:
    """Return the plain text, with DES's padding still at its end.

    Raises Malformed when salt or ciphertext cannot be what the protocol makes. A wrong key is not
    told here: it gives bytes that mean nothing.
    """
    if len(salt) != SALT_OCTETS:
        raise Malformed("the privacy parameters do not have 8 octets")
    if priv is PrivProtocol.DES and len(encrypted) % _DES_BLOCK:
        raise Malformed("the encrypted part does not fill whole DES blocks")
    decryptor = _cipher(priv, key, boots, time_s, salt).decryptor()
    return decryptor.update(encrypted) + decryptor.finalize()


def _cipher(
    priv: PrivProtocol, key: bytes, boots: int, time_s: int, salt: bytes
) -> Cipher[CBC] | Cipher[CFB]:
    if priv is PrivProtocol.DES:
        initial = bytes(left ^ right for left, right in zip(key[8:16], salt, strict=True))
        # Triple DES with one key three times is DES, which the library no longer has alone.
        return Cipher(TripleDES(key[:8] * 3), CBC(initial))
    initial = boots.to_bytes(4, "big") + time_s.to_bytes(4, "big") + salt
    return Cipher(AES(key), CFB(initial))
