"""Secrets: sealed with AES-256-GCM in the database, opened by a key file, named everywhere else.

A secret is written `‹secret:name›` in every text that a person sees. `Vault` seals and opens bytes;
`store_secret` and `open_secret` keep them in the table. The value is asked for at the moment of use
and never kept.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
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
_KEY_ID_BYTES = 8


def shown(name: str) -> str:
    """Return how a secret stands in a diff, a template's output before use, or a page."""
    return f"‹secret:{name}›"


@dataclass(frozen=True)
class Keys:
    """What a key file holds. The first sealing key seals; all of them open.

    The fingerprint key is never rotated: a rotation must not make every device look changed.
    """

    fingerprint: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def fresh(cls) -> "Keys":
        """Return new random keys."""
        return cls(secrets.token_bytes(_KEY_BYTES), (secrets.token_bytes(_KEY_BYTES),))

    def rotated(self) -> "Keys":
        """Return these keys with a new one that seals from now on."""
        return Keys(self.fingerprint, (secrets.token_bytes(_KEY_BYTES), *self.sealing))

    def newest(self, count: int) -> "Keys":
        """Return these keys without the sealing keys older than the `count` newest."""
        return Keys(self.fingerprint, self.sealing[:count])


class Vault:
    """Seals and opens with the keys of one installation.

    What it seals begins with the id of the key that sealed it, so that a rotation can be told from
    damage and can be taken up again where it stopped. With a `path` it follows the key file: a
    process that runs for months seals with the new key as soon as another one rotated them.
    """

    def __init__(self, keys: Keys, path: Path | None = None) -> None:
        self._path = path
        self._seen = _stamp(path)
        self._take(keys)

    def _take(self, keys: Keys) -> None:
        self._fingerprint_key = keys.fingerprint
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys.sealing}
        self._newest = _key_id(keys.sealing[0])

    def _follow(self) -> None:
        stamp = _stamp(self._path)
        if self._path is not None and stamp is not None and stamp != self._seen:
            self._take(read_keys(self._path))
            self._seen = stamp

    @property
    def key_id(self) -> str:
        """The id of the key that seals now, in hex."""
        self._follow()
        return self._newest.hex()

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return key id + nonce + ciphertext; `context` must be the same to open it."""
        self._follow()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain, context.encode())
        return self._newest + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return what was sealed; raises Misconfigured under another key or context."""
        self._follow()
        cipher = self._ciphers.get(sealed[:_KEY_ID_BYTES])
        nonce = sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES]
        try:
            if cipher is not None:
                rest = sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
                return cipher.decrypt(nonce, rest, context.encode())
        except InvalidTag:
            pass
        raise Misconfigured(
            f"{context} cannot be opened with this key",
            todo="put back the key file it was sealed with",
        )

    def is_newest(self, sealed: bytes) -> bool:
        """Return whether `sealed` was sealed with the key that seals now."""
        self._follow()
        return sealed.startswith(self._newest)

    def fingerprint(self, text: str) -> str:
        """Return the keyed HMAC-SHA-256 of `text` in hex: equal texts are told, nothing else is."""
        return hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).hexdigest()


def _stamp(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None  # the keys in memory stay good while somebody mends the disk
    return (found.st_mtime_ns, found.st_ino) if found else None


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"preau key id" + key).digest()[:_KEY_ID_BYTES]


def open_vault(settings: Settings, *, create: bool = False) -> Vault:
    """Return this installation's vault; with `create`, make its key file (mode 0600) if absent.

    Raises Misconfigured when the file is absent, unreadable or not a key file.
    """
    path = settings.secret_key_path()
    if create and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_keys(path, Keys.fresh())
    return Vault(read_keys(path), path)


def read_keys(path: Path) -> Keys:
    """Return the keys of a key file: a line `fingerprint KEY`, then lines `seal KEY`, newest first.

    Raises Misconfigured when the file is unreadable or not a key file.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except UnicodeDecodeError as error:
        raise _not_a_key_file(path) from error
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        raise Misconfigured(
            f"the key file cannot be read: {error.strerror}",
            where=str(path),
            todo="put it back from its backup; a new installation gets one by: preau db upgrade"
            if absent
            else "give it to the user that runs Préau, mode 0600",
        ) from error
    found: dict[str, list[bytes]] = {"fingerprint": [], "seal": []}
    for line in lines:
        kind, _, encoded = line.partition(" ")
        try:
            found[kind].append(base64.b64decode(encoded, validate=True))
        except (KeyError, binascii.Error) as error:
            raise _not_a_key_file(path) from error
    keys = [*found["fingerprint"], *found["seal"]]
    if len(found["fingerprint"]) != 1 or len(keys) < 2 or any(len(k) != _KEY_BYTES for k in keys):
        raise _not_a_key_file(path)
    return Keys(keys[0], tuple(keys[1:]))


def write_keys(path: Path, keys: Keys) -> None:
    """Put `keys` in the place of what `path` holds, at once or not at all; mode 0600."""
    lines = [_key_line("fingerprint", keys.fingerprint)]
    lines += [_key_line("seal", key) for key in keys.sealing]
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _key_line(kind: str, key: bytes) -> str:
    return f"{kind} {base64.b64encode(key).decode()}\n"


def _not_a_key_file(path: Path) -> Misconfigured:
    return Misconfigured("this is not a key file of Préau", where=str(path))


def store_secret(session: Session, vault: Vault, name: str, value: str) -> None:
    """Keep `value` under `name`, in place of what stood there."""
    row = session.get(Secret, name) or Secret(
        name=name, key_id="", sealed=b"", updated_at=clock.now()
    )
    row.key_id = vault.key_id
    row.sealed = vault.seal(value.encode(), f"secret {name}")
    row.updated_at = clock.now()
    session.add(row)


def reseal_secret(vault: Vault, row: Secret) -> None:
    """Seal one row anew with the key that seals now."""
    context = f"secret {row.name}"
    row.sealed = vault.seal(vault.open(row.sealed, context), context)
    row.key_id = vault.key_id


def open_secret(session: Session, vault: Vault, name: str) -> str:
    """Return the value kept under `name`; raises NotFound, or Misconfigured under another key."""
    row = session.get(Secret, name)
    if row is None:
        raise NotFound(f"there is no secret named {name}", todo=f"run: preau secret set {name}")
    return vault.open(row.sealed, f"secret {name}").decode()
