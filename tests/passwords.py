"""Passwords that tests log in with."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

PASSWORD = "quatre mots faciles à retenir"


@cache
def cheap_hasher() -> PasswordHash:
    """Return what makes and verifies hashes in no time, and that anyone may break."""
    return PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])


@cache
def cheap_hash() -> str:
    """Return a hash of PASSWORD."""
    return cheap_hasher().hash(PASSWORD)
