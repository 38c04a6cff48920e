"""The protocols of SNMPv3's User-based Security Model, by the names that people give them."""

from dataclasses import dataclass
from enum import StrEnum


class AuthProtocol(StrEnum):
    """How a message is authenticated: HMAC with this hash (RFC 3414 clauses 6 and 7, RFC 7860)."""

    MD5 = "md5"
    SHA1 = "sha"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


class PrivProtocol(StrEnum):
    """How a message is encrypted: DES in CBC (RFC 3414 clause 8) or AES in CFB (RFC 3826).

    AES with 192 and 256 bits never became a standard. Most agents lengthen the key as
    draft-blumenthal-aes-usm-04 says; Cisco and some others as draft-reeder-snmpv3-usm-3desede-00.
    """

    DES = "des"
    AES128 = "aes128"
    AES192 = "aes192"
    AES256 = "aes256"
    AES192_REEDER = "aes192-reeder"
    AES256_REEDER = "aes256-reeder"


@dataclass(frozen=True)
class SnmpV3User:
    """An SNMPv3 user as a person gives it: the passphrases are secrets, by their names."""

    name: str
    auth: AuthProtocol | None = None
    auth_secret: str | None = None
    priv: PrivProtocol | None = None
    priv_secret: str | None = None
