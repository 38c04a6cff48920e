"""The rapport de recette of a run: the frozen record in the words of a document, set as PDF."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from api.documents.typesetting import set_pages, set_pdf
from api.usecases.acceptance_record import canonical
from inventory.models import AcceptanceMap, AcceptanceRun
from site_surveys.acceptance.outcome import State, Verdict

TEMPLATE = "acceptance_report.typ"
_BRUSSELS = ZoneInfo("Europe/Brussels")
_NBSP = "\u00a0"
_SHOWN_IN_CHECKS = 4

STATES: Mapping[str, tuple[str, str]] = {
    State.PASSED: ("réussi", "good"),
    State.FAILED: ("non réussi", "bad"),
    State.NOT_PROVED: ("non prouvé", "warn"),
    State.WAIVED: ("dérogation", "warn"),
    State.NOT_APPLICABLE: ("sans objet", "neutral"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.PASSED: ("Recette réussie", "good"),
    Verdict.FAILED: ("Recette non réussie", "bad"),
    Verdict.NOT_PROVED: ("Recette incomplète", "warn"),
}
SEVERITIES: Mapping[str, tuple[str, str]] = {
    "blocking": ("bloquante", "bad"),
    "minor": ("mineure", "warn"),
}
_ROLES = {
    "access_point": "Borne WiFi",
    "switch": "Commutateur",
    "controller": "Contrôleur WiFi",
    "router": "Routeur",
    "other": "Autre",
}
_LEVELS = {"standard": "normal", "strict": "strict"}
_SIGNATURES = (
    "Pour le prestataire",
    "Pour l’établissement ou le pouvoir organisateur",
    "Le fonctionnaire dirigeant",
)


def report_pdf(session: Session, run: AcceptanceRun) -> bytes:
    """Return the report of a run as PDF/A; the same run gives the same bytes."""
    return set_pdf(TEMPLATE, report_data(run), at=run.at, attached=_files(session, run))


def report_pages(session: Session, run: AcceptanceRun) -> list[bytes]:
    """Return the same report as one PNG a page, to look at."""
    return set_pages(TEMPLATE, report_data(run), at=run.at, attached=_files(session, run))


def report_name(run: AcceptanceRun) -> str:
    """Return the file name of a run's report."""
    return f"recette-{run.site_id}-{run.id}.pdf"


def _files(session: Session, run: AcceptanceRun) -> dict[str, bytes]:
    found = session.exec(
        select(AcceptanceMap).where(AcceptanceMap.run_id == run.id).order_by(col(AcceptanceMap.id))
    )
    pictures = {_file_name(each.survey_id): each.png for each in found}
    return {**pictures, "recette.json": canonical(run.record)}


def _file_name(survey_id: int) -> str:
    return f"carte-{survey_id}.png"


def report_data(run: AcceptanceRun) -> dict[str, Any]:
    """Return what the template is given: every text of the report, in French and in order."""
    record = run.record
    at = datetime.fromisoformat(record["at"])
    number = f"Recette n°{_NBSP}{run.id}"
    fases = ", ".join(each["fase"] for each in record["site"]["implantations"])
    return {
        "title": f"Rapport de recette – {record['site']['name']}",
        "number": number,
        "keywords": ["recette", "WiFi", *([fases] if fases else [])],
        "summary": verdict_sentence(record),
        "date": f"{_moment(at)} (heure de Bruxelles)",
        "profile": f"Profil {record['profile']['version']}, niveau "
        f"{_LEVELS.get(record['profile']['level'], record['profile']['level'])}",
        "letterhead": record["profile"]["letterhead"],
        "running_head": f"{record['site']['name']}{f' ({fases})' if fases else ''}",
        "footer": f"{number} du {_day(at.astimezone(_BRUSSELS).date())} · empreinte "
        f"{run.sha256[:16]}",
        "site": {"name": record["site"]["name"], "lines": _site_lines(record["site"])},
        "verdict": _verdict(record),
        "summary_table": _summary(record["checks"]),
        "reserves": [_reserve(each) for each in sorted(record["reserves"], key=_gravity)],
        "checks_note": "Un contrôle que rien ne prouve est dit « non prouvé », jamais réussi. "
        "Le détail de chaque contrôle est à l’annexe A.".replace("« ", f"«{_NBSP}").replace(
            " »", f"{_NBSP}»"
        ),
        "groups": _groups(record["checks"]),
        "maps": [_map(each, record) for each in record["maps"]],
        "equipment": [_equipment(each) for each in record["equipment"]],
        "signatures": list(_SIGNATURES),
        "trace": list(_trace(run)),
    }


def verdict_sentence(record: Mapping[str, Any]) -> str:
    """Return what a run came to, in one French sentence."""
    states = [check["state"] for check in record["checks"]]
    failed, unproved = states.count(State.FAILED), states.count(State.NOT_PROVED)
    still_open = [each for each in record["reserves"] if each["lifted_at"] is None]
    blocking = sum(each["severity"] == "blocking" for each in still_open)
    if not failed and not unproved:
        said = f"Les {len(states)} contrôles sont réussis ou sans objet"
    else:
        parts = []
        if failed:
            parts.append(f"{failed} contrôle{_s(failed)} non réussi{_s(failed)}")
        if unproved:
            parts.append(f"{unproved} non prouvé{_s(unproved)}")
        said = f"Sur {len(states)} contrôles, {' et '.join(parts)}"
    if not still_open:
        return f"{said}{_NBSP}; aucune réserve n’est ouverte."
    minor = len(still_open) - blocking
    kinds = [
        f"{count} {word}{_s(count)}"
        for count, word in ((blocking, "bloquante"), (minor, "mineure"))
        if count
    ]
    total = len(still_open)
    return (
        f"{said}{_NBSP}; {total} réserve{_s(total)} ouverte{_s(total)}{_NBSP}: "
        f"{' et '.join(kinds)}."
    )


def _verdict(record: Mapping[str, Any]) -> dict[str, str]:
    label, tone = VERDICTS[record["verdict"]]
    return {"label": label, "tone": tone, "sentence": verdict_sentence(record)}


def _site_lines(site: Mapping[str, Any]) -> list[dict[str, str]]:
    place = " ".join(part for part in (site["postal_code"], site["locality"]) if part)
    lines = [("Adresse", ", ".join(part for part in (site["address"], place) if part) or "–")]
    if site["province"]:
        lines.append(("Province", site["province"]))
    for each in site["implantations"]:
        told = [each["school"], each["education_network"], each["organising_authority"]]
        lines.append((f"FASE {each['fase']}", " · ".join(part for part in told if part)))
    if not site["implantations"]:
        lines.append(("FASE", "aucune implantation n’est connue pour ce site"))
    return [{"label": label, "value": value} for label, value in lines]


def _summary(checks: list[dict[str, Any]]) -> dict[str, Any]:
    states = (State.PASSED, State.FAILED, State.NOT_PROVED, State.WAIVED, State.NOT_APPLICABLE)
    heads = ("Réussis", "Non réussis", "Non prouvés", "Dérogations", "Sans objet")
    rows = []
    for group, members in groupby(checks, key=lambda check: check["group"]):
        counted = [check["state"] for check in members]
        rows.append([group, *(_count(counted.count(state)) for state in states)])
    everything = [check["state"] for check in checks]
    rows.append(["Total", *(_count(everything.count(state)) for state in states)])
    return {"head": ["Contrôles", *heads], "rows": rows}


def _count(count: int) -> str:
    return str(count) if count else "–"


def _gravity(reserve: Mapping[str, Any]) -> tuple[bool, bool, int]:
    """Return where a reserve stands in the list: open and blocking ones first."""
    lifted = reserve["lifted_at"] is not None
    return lifted, reserve["severity"] != "blocking", reserve["number"]


def _reserve(each: Mapping[str, Any]) -> dict[str, Any]:
    severity, tone = SEVERITIES[each["severity"]]
    lifted = each["lifted_at"] is not None
    return {
        "number": each["number"],
        "severity": "levée" if lifted else severity,
        "tone": "good" if lifted else tone,
        "message": each["message"],
        "state": f"Levée le {_moment(datetime.fromisoformat(each['lifted_at']))}{_NBSP}: "
        f"{each['lifted_note']}"
        if lifted
        else None,
        "responsible": each["responsible"],
        "due_on": _day(date.fromisoformat(each["due_on"])) if each["due_on"] else None,
    }


def _groups(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": group, "checks": [_check(check) for check in members]}
        for group, members in groupby(checks, key=lambda check: check["group"])
    ]


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    state, tone = STATES[check["state"]]
    wanting = [each for each in check["results"] if each["state"] not in _QUIET]
    quiet = [each for each in check["results"] if each["state"] in _QUIET]
    lines = _together(wanting or quiet if len(quiet) <= 1 else wanting)
    hidden = sum(count for _, count in lines[_SHOWN_IN_CHECKS:])
    rest = []
    if hidden:
        rest.append(f"et {hidden} autre{_s(hidden)} à l’annexe A")
    if len(quiet) > (0 if wanting else 1):
        rest.append(f"{len(quiet)} élément{_s(len(quiet))} conforme{_s(len(quiet))}")
    return {
        "title": check["title"],
        "limit": check["limit"],
        "source": f"Source{_NBSP}: {check['source']}",
        "state": state,
        "tone": tone,
        "shown": [line for line, _ in lines[:_SHOWN_IN_CHECKS]],
        "rest": " · ".join(rest) or None,
        "results": [
            {
                "subject": each["subject"],
                "found": each["found"],
                "state": STATES[each["state"]][0],
                "tone": STATES[each["state"]][1],
            }
            for each in check["results"]
        ],
    }


def _together(results: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return a line for each thing found, with the subjects that share it, and their count."""
    shared: dict[str, list[str]] = {}
    for each in results:
        shared.setdefault(each["found"], []).append(each["subject"])
    return [
        (f"{', '.join(subjects)}{_NBSP}: {found}" if any(subjects) else found, len(subjects))
        for found, subjects in shared.items()
    ]


_QUIET = (State.PASSED, State.NOT_APPLICABLE)


def _map(each: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, str]:
    surveyed = (
        f"Relevé du {_day(date.fromisoformat(each['surveyed_on']))}"
        if each["surveyed_on"]
        else "Relevé non daté"
    )
    return {
        "file": _file_name(each["survey"]),
        "title": each["place"],
        "caption": f"{surveyed}. Étude n°{_NBSP}{each['survey']}.",
        "alternative": map_alternative(each["place"], record["checks"]),
    }


def map_alternative(place: str, checks: Iterable[Mapping[str, Any]]) -> str:
    """Return what a heat map shows, in words: the rooms that are covered and those that are not."""
    rooms = [
        result
        for check in checks
        if check["id"] == "radio.primary_coverage"
        for result in check["results"]
        if result["subject"].endswith(f"({place})")
    ]
    if not rooms:
        return f"Carte de couverture, {place}."
    good = sum(each["state"] == State.PASSED for each in rooms)
    said = f"Carte de couverture, {place}{_NBSP}: {good} locaux couverts sur {len(rooms)}."
    bad = [each["subject"] for each in rooms if each["state"] == State.FAILED]
    return f"{said} Non couverts{_NBSP}: {', '.join(bad)}." if bad else said


def _equipment(each: Mapping[str, Any]) -> dict[str, Any]:
    model = " ".join(part for part in (each["vendor"], each["model"]) if part) or None
    return {
        "name": each["name"],
        "role": _ROLES.get(each["role"], each["role"]),
        "model": model,
        "serial": each["serial"],
        "ordered": each["serial_from"] == "order",
        "firmware": each["firmware"],
        "port": each["port"],
    }


def _trace(run: AcceptanceRun) -> Iterable[dict[str, str]]:
    record = run.record
    yield {"label": "Recette (toutes les données)", "value": run.sha256}
    yield {"label": "Données examinées", "value": run.inputs_sha256}
    yield {"label": "Profil de recette", "value": record["profile"]["sha256"]}
    for survey in record["inputs"]["surveys"]:
        yield {"label": f"Étude n°{_NBSP}{survey['id']}", "value": survey["sha256"]}
    for each in record["maps"]:
        yield {"label": f"Carte de l’étude n°{_NBSP}{each['survey']}", "value": each["sha256"]}
    for each in record["inputs"]["documents"]:
        yield {"label": f"Document du dossier ({each['kind']})", "value": each["sha256"]}
    yield {"label": "Faite par", "value": record["actor"]}
    yield {"label": "Faite le", "value": record["at"]}


def _moment(at: datetime) -> str:
    return at.astimezone(_BRUSSELS).strftime(f"%d/%m/%Y à{_NBSP}%H:%M")


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _s(count: int) -> str:
    return "s" if count > 1 else ""
