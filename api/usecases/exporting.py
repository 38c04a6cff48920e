"""Who takes a list away as a file stands in the audit log before the first row leaves."""

from typing import Any

from inventory import changes
from inventory.database import Database


def note_export(
    database: Database, actor: str, what: str, told: dict[str, Any], *, key: object = "*"
) -> None:
    """Record that `actor` exports `what`: a list's name; `key` is its row, where it is of one.

    `told` says which form and which part. It is written in a transaction of its own: what was sent
    is told even if sending it then fails.
    """
    with database.write(actor) as session:
        changes.note(session, "export", what, key, told)
