"""What the demo's school does before its acceptance: it is surveyed, ordered for, and tried out."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from inventory import clock
from lab import story, survey
from lab.demo_steps import Preau

# What a person tried on the spot; the rest is left unproved, as on many a day of acceptance.
_SAID = {
    "services.clients": "DHCP, DNS et internet essayés en classe 3 sur les trois réseaux",
    "security.guests": "depuis un invité, ni l’imprimante du secrétariat ni un autre invité",
}


def prepare(preau: Preau) -> None:
    """Survey the school that is judged, after its push, with all its networks on the air.

    Then keep its order by serial, and say what a person tried there. Two nursery rooms behind
    concrete are not covered: they are the reserves that block its acceptance.
    """
    folder, fase = preau.config.parent, story.SURVEYED_FASE
    plan, samples = survey.write(
        folder / "survey",
        started_at=clock.now().replace(microsecond=0),
        ssids=[wlan["ssid"] for wlan in story.PROGRAMME["wlans"]],
    )
    preau("survey", "import", fase, "--plan", str(plan), "--samples", str(samples))
    described = json.loads((folder / "lab/district.json").read_text(encoding="utf-8"))
    school = next(each for each in described["schools"] if each["fase"] == fase)
    order = folder / "commande.csv"
    order.write_text(order_of(school), encoding="utf-8")
    preau("acceptance", "order", str(order), "--site", fase)
    for check, note in _SAID.items():
        preau("acceptance", "attest", check, "--site", fase, "--passed", "--note", note)


def order_of(school: Mapping[str, Any]) -> str:
    """Return the order of a school as CSV; an access point's serial is the one on its label."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["serial", "role", "name", "model"])
    for number, device in enumerate(school["devices"], start=1):
        serial = device["serial"] or f"LBL{school['site_fase']}{number:03d}"
        lines.writerow([serial, device["role"], device["name"], ""])
    return out.getvalue()
