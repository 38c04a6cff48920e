"""The demo's acceptance: one school is surveyed, ordered by serial, judged and reported."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory import clock
from lab import survey
from lab.demo_steps import Preau, say

SCHOOL = "95001/9501"
"""École communale Les Tilleuls: every push to its devices is read back as intended."""

# What a person tried there; the rest is left unproved, as on many a day of acceptance.
_SAID = {
    "services.clients": "DHCP, DNS et internet essayés en classe 3 sur les trois réseaux",
    "security.guests": "depuis un invité, ni l’imprimante du secrétariat ni un autre invité",
}


def accept(preau: Preau, district: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Survey, judge and report one school of the district; return what came of it.

    Two nursery rooms behind concrete are not covered: their reserves block the acceptance. The
    keys are `survey_rmse_db`, `acceptance` (the verdict), `checks_passed`, `reserves_blocking`,
    `reserves_minor`, `report_bytes` and `acceptance_ok`, which is true when all of it is as told
    here.
    """
    school = next(each for each in district["schools"] if each["fase"] == SCHOOL)
    plan, samples = survey.write(
        folder / "survey",
        started_at=_after_the_push(),
        ssids=("Ecole-Eleves", "Ecole-Administration", "Ecole-Invites"),
    )
    preau("survey", "import", SCHOOL, "--plan", str(plan), "--samples", str(samples))
    drawn = preau.json("survey", "map", SCHOOL, "--out", str(folder / "carte.png"))
    order = folder / "commande.csv"
    order.write_text(_order(school), encoding="utf-8")
    preau("acceptance", "order", str(order), "--site", SCHOOL)
    for check, note in _SAID.items():
        preau("acceptance", "attest", check, "--site", SCHOOL, "--passed", "--note", note)
    judged = preau.json("acceptance", "run", "--site", SCHOOL)
    report = folder / "recette.pdf"
    written = preau.json("acceptance", "report", "--site", SCHOOL, "--out", str(report))
    open_rooms = {
        each["subject"].split(" (")[0]
        for each in preau.json("acceptance", "show", "--site", SCHOOL)["record"]["reserves"]
        if each["check"] == "radio.primary_coverage"
    }
    say("", f"{judged['open_blocking']} blocking reserves are open; the report: {report}")
    return {
        "survey_rmse_db": drawn["rmse_db"],
        "acceptance": judged["verdict"],
        "checks_passed": judged["checks"]["passed"],
        "reserves_blocking": judged["open_blocking"],
        "reserves_minor": judged["open_minor"],
        "report_bytes": written["bytes"],
        "acceptance_ok": open_rooms == set(survey.BAD_ROOMS)
        and report.read_bytes().startswith(b"%PDF-"),
    }


def _after_the_push() -> datetime:
    """Return when the walk began: now, so after what was pushed."""
    return clock.now().replace(microsecond=0)


def _order(school: Mapping[str, Any]) -> str:
    """Return the order of a school; an access point's serial is the one on its label."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["serial", "role", "name", "model"])
    for number, device in enumerate(school["devices"], start=1):
        serial = device["serial"] or f"LBL{school['site_fase']}{number:03d}"
        lines.writerow([serial, device["role"], device["name"], ""])
    return out.getvalue()
