"""Secrets: sealed with AES-256-GCM in the database, opened by a key file, named everywhere else.

A secret is written `‹secret:name›` in every text that a person sees. `Vault` seals and opens bytes;
`store_secret` and `open_secret` keep them in the table. The value is asked for at the moment of use
and never kept.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from inventory import clock
from inventory.errors import Misconfigured, NotFound
from inventory.models.secret import Secret
from inventory.settings import Settings

_NONCE_BYTES = 12
_KEY_BYTES = 32


def shown(name: str) -> str:
    """Return how a secret stands in a diff, a template's output before use, or a page."""
    return f"‹secret:{name}›"


class Vault:
    """Seals and opens with the key of one installation."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, not {_KEY_BYTES}")
        self._cipher = AESGCM(key)
        self._hmac_key = hashlib.sha256(b"preau displayed form" + key).digest()
        self.key_id = hashlib.sha256(b"preau key id" + key).hexdigest()[:16]

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return nonce + ciphertext; `context` must be the same to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return what was sealed; raises Misconfigured under another key or context."""
        try:
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode()
            )
        except InvalidTag as error:
            raise Misconfigured(
                f"{context} cannot be opened with this key",
                todo="put back the key file it was sealed with",
            ) from error

    def fingerprint(self, text: str) -> str:
        """Return the keyed HMAC-SHA-256 of `text` in hex: equal texts are told, nothing else is."""
        return hmac.new(self._hmac_key, text.encode(), hashlib.sha256).hexdigest()


def open_vault(settings: Settings, *, create: bool = False) -> Vault:
    """Return this installation's vault; with `create`, make its key file (mode 0600) if absent.

    Raises Misconfigured when the file is absent, unreadable or not a key.
    """
    path = settings.secret_key_path()
    if create and not path.exists():
        _make_key_file(path)
    try:
        return Vault(base64.b64decode(path.read_bytes().strip(), validate=True))
    except OSError as error:
        raise Misconfigured(
            f"the key file cannot be read: {error.strerror}",
            where=str(path),
            todo="run: preau db upgrade",
        ) from error
    except ValueError as error:
        raise Misconfigured("this is not a key file of Préau", where=str(path)) from error


def _make_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")


def store_secret(session: Session, vault: Vault, name: str, value: str) -> None:
    """Keep `value` under `name`, in place of what stood there."""
    row = session.get(Secret, name) or Secret(
        name=name, key_id="", sealed=b"", updated_at=clock.now()
    )
    row.key_id = vault.key_id
    row.sealed = vault.seal(value.encode(), f"secret {name}")
    row.updated_at = clock.now()
    session.add(row)


def open_secret(session: Session, vault: Vault, name: str) -> str:
    """Return the value kept under `name`; raises NotFound, or Misconfigured under another key."""
    row = session.get(Secret, name)
    if row is None:
        raise NotFound(f"there is no secret named {name}", todo=f"run: preau secret set {name}")
    return vault.open(row.sealed, f"secret {name}").decode()
