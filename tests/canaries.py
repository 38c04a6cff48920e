"""Canaries: secrets with a value of their own, and the search for one in whatever was written."""

import base64
import bz2
import functools
import gzip
import hashlib
import json
import lzma
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import sqlalchemy

from inventory.database import Database

# A shorter piece of a canary would meet itself by chance in a file of some megabytes.
_PIECE = 10
# By the first octets of what they made.
_UNPACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"x": zlib.decompress,
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
}


def canary(kind: str) -> str:
    """Return a value that stands nowhere else; letters and digits, so no quoting breaks it up."""
    return f"{kind}{secrets.token_hex(10)}"


def passphrase_key(passphrase: str, ssid: str) -> str:
    """Return the 64 digits that a WPA passphrase becomes (IEEE 802.11-2020, J.4)."""
    return hashlib.pbkdf2_hmac("sha1", passphrase.encode(), ssid.encode(), 4096, 32).hex()


@functools.cache
def forms(value: str) -> frozenset[bytes]:
    """Return how a value may stand in a file: as it is, in part, in hex, in base64, in UTF-16."""
    raw = value.encode()
    # A piece is whole in each of these, and the whole value holds it.
    found = {raw[-_PIECE:], raw[-_PIECE:].hex().encode(), raw[-_PIECE:].hex().upper().encode()}
    found |= {value.encode("utf-16-le"), value.encode("utf-16-be")}
    for before in range(3):
        # The characters at both ends depend on the bytes around it.
        coded = base64.b64encode(bytes(before) + raw)[4 if before else 0 : -4]
        found |= {coded, coded.replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(found)


def found_in(written: bytes, values: Iterable[str]) -> list[str]:
    """Return which values stand in `written`, or in what it unpacks to."""
    texts = [written, *_unpacked(written)]
    return [
        value for value in values if any(form in text for form in forms(value) for text in texts)
    ]


def _unpacked(written: bytes) -> Iterator[bytes]:
    for start, unpack in _UNPACKERS.items():
        if not written.startswith(start):
            continue
        try:
            yield unpack(written)
        except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError):
            continue


def files_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file's path and content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def cells_of(database: Database) -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table that the database really has, whatever the models say."""
    with database.read() as session:
        connection = session.connection()
        inspector = sqlalchemy.inspect(connection)
        for schema in inspector.get_schema_names():
            if schema in {"information_schema", "pg_catalog"}:
                continue
            for table in inspector.get_table_names(schema=schema):
                name = f"{schema}.{table}"
                rows = connection.exec_driver_sql(f'SELECT * FROM "{schema}"."{table}"')
                for row in rows.mappings():
                    for column, value in row.items():
                        yield f"{name}.{column}", _bytes(value)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, default=str, ensure_ascii=False).encode()
