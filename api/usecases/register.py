"""Importing an edition of the register: show what it changes, then change that and no more."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.usecases.eligibility_runs import Cause, run_for
from api.usecases.register_rows import RegisterRows, as_register, load_rows, write_register
from api.usecases.register_sites import SitePlan, plan_sites, write_sites
from api.usecases.rule_sets import rules_in_force
from inventory import clock
from inventory.errors import Conflict, InvalidInput
from inventory.events import record_event
from inventory.models import RegisterImport
from inventory.programme.register.difference import Difference, difference, shown_pair
from inventory.programme.register.edition import Edition, read_edition
from inventory.programme.register.entries import Register
from inventory.sentences import Sentence

BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register file that was read: its name, the hash of its bytes, and what it says."""

    name: str
    sha256: str
    edition: Edition


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing a file would change now."""

    file: RegisterFile
    difference: Difference
    sites: SitePlan

    @property
    def empty(self) -> bool:
        """Whether nothing would be written."""
        return self.difference.empty and self.sites.empty

    def counts(self) -> dict[str, int]:
        """Return how many of what; the same names as in `RegisterImport.counts`."""
        kinds = Counter(changed.kind for changed in self.difference.changed)
        return {
            "lines": self.file.edition.lines,
            "duplicates": self.file.edition.duplicates,
            "rejected": len(self.file.edition.rejected),
            "created": len(self.difference.created),
            "changed": len(self._changed_implantations()),
            "closed": len(self.difference.closed),
            "reopened": len(self.difference.reopened),
            "unchanged": self.difference.unchanged,
            "withheld": len(self.difference.withheld),
            "schools_created": len(self.difference.new_schools),
            "schools_changed": kinds["school"],
            "authorities_created": len(self.difference.new_authorities),
            "authorities_changed": kinds["organising_authority"],
            "sites_created": self.sites.created,
            "dossiers_created": len(self.sites.new_dossiers),
            "dossiers_moved": len(self.sites.moves),
        }

    def _changed_implantations(self) -> set[str]:
        kinds = ("implantation", "teaching_offer")
        reopened = {shown_pair(pair) for pair in self.difference.reopened}
        return {
            changed.key.split(" ")[0]
            for changed in self.difference.changed
            if changed.kind in kinds
        } - reopened


def read_register_file(path: Path) -> RegisterFile:
    """Return what a register file holds; raises InvalidInput when it cannot be used."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidInput(
            f"the register cannot be read: {reason}", where=str(path), todo="nothing was changed"
        ) from error
    return parse_register(content, str(path))


def parse_register(content: bytes, name: str) -> RegisterFile:
    """Return what the bytes of a register file hold; raises InvalidInput."""
    return RegisterFile(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        edition=read_edition(content, name),
    )


def preview_import(session: Session, file: RegisterFile, *, partial: bool = False) -> Preview:
    """Return what importing `file` would change; writes nothing."""
    return _preview(session, file, partial=partial)[0]


def apply_import(
    session: Session,
    file: RegisterFile,
    *,
    actor: str,
    partial: bool = False,
    accept_closures: bool = False,
    max_closed_share: float = 0.2,
    expected: Preview | None = None,
) -> Preview:
    """Import `file` and return what that changed; nothing at all the second time.

    A `partial` edition closes nothing. Raises InvalidInput when the edition would close more than
    `max_closed_share` of the open implantations and `accept_closures` is not given; Conflict when
    the difference is no longer the one that was shown (`expected`), or another import runs.
    """
    preview, known, rows = _preview(session, file, partial=partial)
    if expected is not None and preview != expected:
        raise Conflict(
            "the register was changed since the difference was shown",
            where=file.name,
            todo="look at the difference again; nothing was changed",
        )
    if not accept_closures:
        refuse_closures(preview, max_closed_share)
    if preview.empty:
        return preview
    today = clock.now().astimezone(BRUSSELS).date()
    try:
        _write(session, preview, known, rows, actor=actor, today=today)
    except IntegrityError as error:
        raise Conflict(
            "another import of the register was written meanwhile",
            where=file.name,
            todo="run the import again; nothing was changed",
        ) from error
    return preview


def refuse_closures(preview: Preview, max_closed_share: float) -> None:
    """Raise InvalidInput when an edition closes so much that it may be a part or a torn file."""
    closed = len(preview.difference.closed)
    if preview.difference.closed_share > max_closed_share:
        raise InvalidInput(
            f"the file leaves out {closed} of the open implantations "
            f"({preview.difference.closed_share:.0%}), more than {max_closed_share:.0%}",
            where=preview.file.name,
            todo="give --partial if it is a part of the register, --accept-closures if they all "
            "closed; nothing was changed",
        )
    if closed and preview.file.edition.anonymous_damage:
        raise InvalidInput(
            f"the file leaves out {closed} of the open implantations, and has lines of which not "
            "even the school can be read",
            where=preview.file.name,
            todo="mend the rejected lines or give --accept-closures; nothing was changed",
        )


def _preview(
    session: Session, file: RegisterFile, *, partial: bool
) -> tuple[Preview, Register, RegisterRows]:
    rows = load_rows(session)
    known = as_register(rows)
    changes = difference(known, file.edition, partial=partial)
    return Preview(file, changes, plan_sites(session, rows, changes)), known, rows


def _write(
    session: Session,
    preview: Preview,
    known: Register,
    rows: RegisterRows,
    *,
    actor: str,
    today: date,
) -> None:
    write_register(session, rows, known, preview.difference, today)
    write_sites(session, rows, known, preview.difference, preview.sites, today=today)
    # What stands elsewhere than the import looks, or was answered by older rules, is judged too.
    run_for(session, rules_in_force(session), None, actor=actor, cause=Cause.REGISTER)
    counts = preview.counts()
    session.add(
        RegisterImport(
            at=clock.now(),
            actor=actor,
            file_name=Path(preview.file.name).name,
            sha256=preview.file.sha256,
            counts=counts,
        )
    )
    record_event(session, "register.imported", _sentence(counts), body=dict[str, Any](counts))
    session.flush()


def _sentence(counts: dict[str, int]) -> Sentence:
    return Sentence(
        "Signalétique importé\u00a0: implantations créées\u00a0: %(created)s, "
        "modifiées\u00a0: %(changed)s, fermées\u00a0: %(closed)s\u00a0; "
        "lignes rejetées\u00a0: %(rejected)s.",
        created=counts["created"],
        changed=counts["changed"],
        closed=counts["closed"],
        rejected=counts["rejected"],
    )
