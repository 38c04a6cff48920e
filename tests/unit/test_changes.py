"""Change records cannot be gone past: no statement writes many domain rows at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import SQLModel

from inventory import models
from inventory.changes import UNRECORDED

ROOT = Path(__file__).parents[2]
KNOWN = {
    # Its last use is no change of a token (inventory.changes.UNREMARKABLE).
    ("api/usecases/tokens.py", "update", "ApiToken"),
    # What is deleted by age has the report of its run (docs/decisions/0160).
    ("api/usecases/retention.py", "delete", ""),
    # The table of leases, which are no domain rows.
    ("inventory/leases.py", "delete", "_LEASES"),
    ("inventory/leases.py", "update", "_LEASES"),
}


def bulk_writes(path: Path) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        if node.func.id in {"delete", "update"}:
            of = node.args[0]
            name = of.id if isinstance(of, ast.Name) else ""
            table = getattr(getattr(models, name, None), "__tablename__", None) if name else None
            if table not in UNRECORDED:
                yield str(path.relative_to(ROOT)), node.func.id, name


def test_no_statement_writes_many_domain_rows_past_their_change_records() -> None:
    assert issubclass(models.OrderedDevice, SQLModel)
    found = {
        each
        for package in ("api", "collectors", "deploy", "inventory", "site_surveys")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for each in bulk_writes(path)
    }
    assert found == KNOWN
