"""The cadastre of `make demo-programme`: opened, filled by two, signed, sent back, validated.

All of it by the cadastre's own API; the school's dossier moves with it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from api.usecases.cadastre_editions import add_edition, shipped_edition
from inventory.database import Database
from lab.programme_people import Programme

EDITION = "INCOR26"
NETWORK: Mapping[str, Any] = {
    "outlets": 18,
    "has_internet": True,
    "internet_lines": [
        {"type": "vdsl", "provider": "Proximus", "down": "70", "monthly_cost": "65.00"}
    ],
    "filtering": "none",
    "switches": 2,
    "poe_switches": 1,
    "has_wifi": True,
    "access_points": 6,
    "wifi_keep": "replace",
    "connection_quality": "poor",
}
"""What the school's IT contact knows, in canonical form (questionnaire 2026-1)."""

SCHOOL: Mapping[str, Any] = {
    "contact_name": "Hugo Petit",
    "contact_role": "head",
    "contact_email": "direction@lac.example",
    "pupils": 240,
    "staff": 28,
    "classes": 12,
    "rooms": [
        {"kind": "classroom", "count": 12, "outlets": 14, "outlet_category": "cat6"},
        {"kind": "gym", "count": 1},
    ],
    "buildings": [{"name": "Bloc A", "floors": 2, "walls": "brick", "link": "main"}],
    "asbestos_inventory": "unknown",
}
"""What its head knows."""


def open_campaign(database: Database, day: date) -> None:
    """Keep the edition of the demo, open on `day` whatever day it is."""
    shipped = shipped_edition(EDITION)
    days = {"opens_on": day, "closes_on": day + timedelta(days=60)}
    with database.write("demo") as session:
        add_edition(session, shipped.model_copy(update=days), actor="demo")


class Cadastre:
    """The response of the demo's school, as its people fill, sign and examine it."""

    def __init__(self, programme: Programme, site_id: int) -> None:
        self.programme = programme
        self.path = f"/cadastre/editions/{EDITION}/sites/{site_id}"

    def fill(self, login: str, values: Mapping[str, Any], what: str) -> None:
        """Write answers as somebody; each field that is given must be taken in."""
        fields = {name: {"value": value} for name, value in values.items()}
        told = self.programme.ask(login, "PATCH", self.path, what, body={"fields": fields})
        taken = set(told.get("changed", ())) == set(values)
        self.programme.claim(taken, f"{login}'s answers are all taken in")

    def sign(self, login: str, what: str, *, sha256: str = "", expect: int = 200) -> str:
        """Sign what stands there now, or what had the hash `sha256`; return the hash signed."""
        signed = sha256 or self.document()
        self.programme.ask(
            login, "POST", f"{self.path}/submit", what, body={"sha256": signed}, expect=expect
        )
        return signed

    def document(self) -> str:
        """Return the hash of what signing now would sign."""
        told = self.programme.http.get(
            f"/api/v1{self.path}", headers=self.programme.headers("hugo")
        )
        return str(told.json()["document_sha256"])

    def decide(
        self, login: str, act: str, what: str, *, body: Any = None, expect: int = 200
    ) -> Any:
        """Ask for `send-back`, `validate`, `remarks` … as somebody."""
        return self.programme.ask(
            login, "POST", f"{self.path}/{act}", what, body=body, expect=expect
        )


def campaign(programme: Programme, site_id: int) -> None:
    """Walk the cadastre of the school from its opening to its validation."""
    programme.ask(
        "carl", "POST", f"/cadastre/editions/{EDITION}/open", "opens the cadastre to the schools",
        body={},
    )  # fmt: skip
    cadastre = Cadastre(programme, site_id)
    cadastre.fill("ivan", NETWORK, "tells what he knows of lines, switches and WiFi")
    cadastre.sign("hugo", "signs it half filled", expect=409)
    cadastre.sign("ivan", "signs in the place of the head", expect=403)
    cadastre.fill("hugo", SCHOOL, "tells the rest, another day")
    shown = cadastre.document()
    cadastre.fill("ivan", {"access_points": 7}, "corrects himself meanwhile")
    cadastre.sign("hugo", "signs what he read before that", sha256=shown, expect=409)
    cadastre.sign("hugo", "reads it again, signs and submits it")
    cadastre.decide("hugo", "validate", "validates his own cadastre", expect=403)
    cadastre.decide("carl", "send-back", "sends it back without a word", body={}, expect=409)
    remark = {"text": "Les élèves de maternelle en sont-ils\u00a0?", "field_id": "pupils"}
    made = cadastre.decide("carl", "remarks", "remarks on the number of pupils", body=remark)
    cadastre.decide("carl", "send-back", "sends it back with the remark", body={})
    cadastre.decide("carl", "validate", "validates what was sent back", expect=409)
    cadastre.fill("hugo", {"pupils": 261}, "counts the nursery school too")
    signed = cadastre.sign("hugo", "signs and submits it again")
    cadastre.decide("carl", f"remarks/{made['id']}/settle", "is content with the answer")
    done = cadastre.decide("carl", "validate", "validates it")
    programme.claim(done["state"] == "validated", "the cadastre is validated")
    last = done["submissions"][-1]["sha256"]
    programme.claim(last == signed, "what is validated is what was signed last")
