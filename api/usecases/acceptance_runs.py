"""Acceptance runs as kept, people's word for checks, and what was ordered for a site."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.dossier_state import EvidenceFile
from inventory import clock
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import AcceptanceRun, AcceptanceWord, DeviceRole, OrderedDevice, Site
from inventory.reconcile import serial_told
from inventory.sentences import Sentence
from site_surveys.profile import AcceptanceProfile

_MOST_ORDERED = 2000
_MOST_BYTES = 5_000_000
_MOST_TEXT = 2000


def list_runs(session: Session, site_id: int, *, limit: int = 50) -> list[AcceptanceRun]:
    """Return the runs of a site, newest first."""
    found = (
        select(AcceptanceRun)
        .where(AcceptanceRun.site_id == site_id)
        .order_by(col(AcceptanceRun.id).desc())
        .limit(limit)
    )
    return list(session.exec(found))


def newest_run(session: Session, site_id: int) -> AcceptanceRun | None:
    """Return the last run of a site, or None."""
    return next(iter(list_runs(session, site_id, limit=1)), None)


def run_of_site(session: Session, site_id: int, run_id: int | None = None) -> AcceptanceRun:
    """Return a run of a site, the newest where no number is given; raises NotFound."""
    if run_id is None:
        found = newest_run(session, site_id)
        if found is None:
            raise NotFound(
                Sentence("Ce site n’a jamais été jugé"),
                todo=Sentence("lancez\u00a0: preau acceptance run"),
            )
        return found
    row = session.get(AcceptanceRun, run_id)
    if row is None or row.site_id != site_id:
        raise NotFound(Sentence("Ce site n’a pas d’essai de recette %(run_id)s", run_id=run_id))
    return row


def summary(run: AcceptanceRun) -> dict[str, Any]:
    """Return a run in a few figures, as a list of runs shows it."""
    checks = [check["state"] for check in run.record["checks"]]
    still_open = [each for each in run.record["reserves"] if each["lifted_at"] is None]
    blocking = sum(each["severity"] == "blocking" for each in still_open)
    return {
        "run": run.id,
        "at": run.at.isoformat(timespec="seconds"),
        "actor": run.actor,
        "profile": run.profile_version,
        "level": run.level,
        "verdict": run.verdict,
        "checks": {state: checks.count(state) for state in sorted(set(checks))},
        "open_blocking": blocking,
        "open_minor": len(still_open) - blocking,
        "sha256": run.sha256,
    }


def say_word(
    session: Session,
    site_id: int,
    check_id: str,
    *,
    passed: bool,
    note: str,
    evidence: EvidenceFile | None,
    actor: str,
    profile: AcceptanceProfile,
) -> AcceptanceWord:
    """Keep what a person says of a check; the next run takes it into account.

    Raises InvalidInput for a check that no person can prove, or a word without saying what was
    done.
    """
    checks = {check.id: check for check in profile.checks}
    by_people = [check.id for check in profile.checks if "person" in check.proof]
    if check_id not in by_people:
        known = (
            Sentence("Aucune personne ne peut le prouver\u00a0: %(check_id)s", check_id=check_id)
            if check_id in checks
            else Sentence("Ce contrôle n’existe pas\u00a0: %(check_id)s", check_id=check_id)
        )
        raise InvalidInput(
            known,
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(by_people)),
        )
    if not note.strip() or len(note) > _MOST_TEXT:
        raise InvalidInput(
            Sentence("Dites ce qui a été essayé et vu"),
            where=check_id,
            todo=Sentence("donnez une note (--note)"),
        )
    word = AcceptanceWord(
        site_id=site_id,
        check_id=check_id,
        passed=passed,
        note=note.strip(),
        evidence_name=evidence.file_name if evidence else None,
        evidence_sha256=evidence.sha256 if evidence else None,
        said_by=actor,
        said_at=clock.now(),
    )
    session.add(word)
    session.flush()
    said = Sentence("réussi") if passed else Sentence("non réussi")
    record_event(
        session,
        "acceptance.word",
        Sentence(
            "Recette, «\u00a0%(check)s\u00a0»\u00a0: %(said)s d’après %(who)s",
            check=checks[check_id].title,
            said=said,
            who=actor,
        ),
        site_id=site_id,
    )
    return word


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One device of an order."""

    serial: str
    role: str
    name: str | None
    model: str | None


def read_order(path: Path) -> list[OrderLine]:
    """Return the devices of an order's CSV: `serial,role`, and `name,model` where they are known.

    Raises InvalidInput with the line, when one does not fit: half an order proves nothing.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput("the order is larger than 5 MB", where=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(
            f"the order cannot be read: {error.strerror}", where=str(path)
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInput("the order is not UTF-8 text", where=str(path)) from error
    delimiter = max((";", ",", "\t"), key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"serial", "role"} <= set(names):
        raise InvalidInput(
            "the order has no columns serial and role",
            where=str(path),
            todo="its first line should be serial,role,name,model",
        )
    rows.fieldnames = names
    try:
        lines = [_order_line(row, f"{path}, line {rows.line_num}") for row in rows]
    except csv.Error as error:
        raise InvalidInput(f"the order is not CSV: {error}", where=str(path)) from error
    _refuse_doubles(lines, str(path))
    return lines


def _order_line(row: Mapping[str, Any], where: str) -> OrderLine:
    told = {name: (row.get(name) or "").strip() for name in ("serial", "role", "name", "model")}
    serial = serial_told(told["serial"])
    if serial is None:
        raise InvalidInput("a line of the order has no serial", where=where)
    if told["role"] not in set(DeviceRole):
        raise InvalidInput(
            f"{told['role'] or 'nothing'} is no role",
            where=where,
            todo=f"one of: {', '.join(DeviceRole)}",
        )
    return OrderLine(serial, told["role"], told["name"] or None, told["model"] or None)


def _refuse_doubles(lines: list[OrderLine], where: str) -> None:
    if not lines or len(lines) > _MOST_ORDERED:
        raise InvalidInput(f"an order holds 1 to {_MOST_ORDERED} devices", where=where)
    serials = [line.serial for line in lines]
    twice = next((serial for serial in serials if serials.count(serial) > 1), None)
    if twice is not None:
        raise InvalidInput(f"the serial {twice} stands twice in the order", where=where)


def keep_order(session: Session, site_id: int, lines: list[OrderLine]) -> int:
    """Keep what was ordered for a site in the place of what was kept before; return how many.

    Raises Conflict for a serial number that is ordered for another site: nothing is kept then.
    """
    elsewhere = session.exec(
        select(OrderedDevice.serial, Site.name)
        .join(Site, col(Site.id) == col(OrderedDevice.site_id))
        .where(col(OrderedDevice.serial).in_([line.serial for line in lines]))
        .where(OrderedDevice.site_id != site_id)
        .order_by(col(OrderedDevice.serial))
    ).first()
    if elsewhere is not None:
        serial, site = elsewhere
        raise Conflict(
            Sentence(
                "Le numéro %(serial)s est commandé pour une autre école\u00a0: %(site)s",
                serial=serial,
                site=site,
            )
        )
    before = {
        row.serial: row
        for row in session.exec(select(OrderedDevice).where(OrderedDevice.site_id == site_id))
    }
    # Row by row: what is taken off an order has its change record, what stays as it was has none.
    for line in lines:
        row = before.pop(line.serial, None)
        row = row or OrderedDevice(site_id=site_id, serial=line.serial, role=line.role)
        row.name, row.role, row.model = line.name, line.role, line.model
        session.add(row)
    for gone in before.values():
        session.delete(gone)
    session.flush()
    return len(lines)
