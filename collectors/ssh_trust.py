"""The check of a server's host key, before any password is sent to it."""

import base64
from typing import Any


class ChangedHostKey(Exception):
    """Another host key than the pinned one was offered."""


def host_key_policy(pinned: str | None, seen: list[str]) -> Any:
    """Return paramiko's policy that accepts `pinned` alone, or anything for None, and notes it.

    It is asked for every key, since no file of known hosts is loaded. Keys are `type base64`; the
    policy raises ChangedHostKey.
    """
    from paramiko import MissingHostKeyPolicy  # noqa: PLC0415 - start-up

    class Policy(MissingHostKeyPolicy):  # type: ignore[misc]
        def missing_host_key(self, _client: Any, _hostname: str, key: Any) -> None:
            shown = f"{key.get_name()} {base64.b64encode(key.asbytes()).decode()}"
            if pinned and shown != pinned:
                raise ChangedHostKey(key.fingerprint)
            seen.append(shown)

    return Policy()
