"""The steps of `make demo-programme`: one school, from its cadastre to its final acceptance.

Every step is made by its own people through the API. Some are tried too early, without a document,
by somebody else or on an old version: each must be refused, and changes nothing.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from lab import programme_cadastre
from lab.programme_people import Programme, in_days

CABLE_TESTS = (
    b"Cable ID,Length (m),Result,Test Limit\n"
    b"A-01,42.5,PASS,TIA Cat 6 Perm. Link\nA-02,61.2,PASS,TIA Cat 6 Perm. Link\n"
)
LONG_LINK = b"Cable ID,Length (m),Result,Test Limit\nB-01,97.4,PASS,TIA Cat 6 Perm. Link\n"
SERIAL = "CN7HKX0DEMO1"


class Dossier:
    """The dossier of the demo's school, moved by its people."""

    def __init__(self, programme: Programme, site_id: int, today: date) -> None:
        self.programme = programme
        self.site_id = site_id
        self.today = today

    def day(self, days: int) -> str:
        """Return a day counted from the first one."""
        return in_days(days, self.today)

    def move(
        self,
        login: str,
        to: str,
        *documents: str,
        expect: int = 201,
        why: str = "",
        version: str = "*",
        **more: Any,
    ) -> Any:
        """Move the dossier as somebody, with documents that are handed in first."""
        evidence = [{"kind": kind, "upload_id": self.paper(login, kind)} for kind in documents]
        return self.programme.ask(
            login,
            "POST",
            f"/sites/{self.site_id}/dossier/transitions",
            f"moves it to {to}{f' ({why})' if why else ''}",
            body={"to": to, "evidence": evidence, **more},
            expect=expect,
            headers={"If-Match": version},
        )

    def paper(self, login: str, kind: str) -> int:
        """Hand in a document as a PDF."""
        content = (
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
            + f"% {kind} of site {self.site_id}, of the demo\n".encode()
            + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
        )
        return self.programme.hand_in(login, self.site_id, f"{kind}.pdf", "document", content)

    def status(self) -> str:
        """Return where it stands."""
        told = self.programme.http.get(
            f"/api/v1/sites/{self.site_id}/dossier", headers=self.programme.headers("mona")
        )
        return str(told.json()["status"])


def administration(dossier: Dossier) -> None:
    """Walk the cadastre, the enrolment, a place in the programme."""
    programme_cadastre.campaign(dossier.programme, dossier.site_id)
    dossier.programme.claim(
        dossier.status() == "cadastre_validated", "the dossier moved with the cadastre"
    )
    dossier.move("olga", "enrolment_requested", "enrolment_form", measures=["connectivity"])
    dossier.move("mona", "scheduled", "notification", expect=409, why="without lot and funding")
    dossier.programme.ask(
        "cora", "GET", f"/sites/{dossier.site_id}", "looks for the school, not in her lot yet",
        expect=404,
    )  # fmt: skip
    facts = {"priority_score": "81.5", "funding_source": "PRR", "lot": "Lot 1"}
    dossier.move("mona", "scheduled", "notification", facts=facts)


def study(dossier: Dossier) -> None:
    """Walk the study, the works that the school must have done first, the design."""
    programme, site = dossier.programme, f"/sites/{dossier.site_id}"
    dossier.move("cora", "prestudy", expect=409, why="without floor plans")
    dossier.move("cora", "prestudy", facts={"floor_plans_received_on": dossier.day(0)})
    dossier.move("cora", "site_survey", "prestudy", facts={"visit_on": dossier.day(10)})
    programme.ask(
        "cora", "POST", f"{site}/prerequisites", "finds that a protected socket is needed",
        body={"kind": "power", "description": "Une prise protégée dans le local serveur"},
        expect=201,
    )  # fmt: skip
    dossier.move("cora", "awaiting_prerequisites", "prerequisite_list")
    design = ("visit_report", "design_plan", "bill_of_quantities", "quote")
    signed = {
        "organising_authority_signed_on": dossier.day(12),
        "programme_signed_on": dossier.day(12),
        "open_prerequisites": "0",
    }
    dossier.move(
        "mona", "design_approved", *design, facts=signed, expect=409, why="told, but counted"
    )
    photo = dossier.paper("olga", "prerequisite_list")
    programme.ask(
        "olga", "POST", f"{site}/prerequisites/1/lift", "has the socket mounted",
        body={"note": "Posée le 12", "upload_id": photo},
    )  # fmt: skip
    dossier.move("mona", "design_approved", *design, facts=signed)
    dossier.move("olga", "on_hold", reason="Déménagement d’une aile")
    dossier.move("mona", "ordered", expect=409, why="while on hold")
    programme.later(20, "the wing has moved")
    dossier.move("olga", "design_approved", why="resumes where it was")
    programme.later(45, "nobody ordered")
    late = programme.ask("mona", "GET", "/late", "looks at what is late")["late"]
    told = [each["ball"] for each in late if each["site_id"] == dossier.site_id]
    programme.claim(told == ["contract_officer"], f"the officer alone is late: {told}")


def works(dossier: Dossier) -> None:
    """Walk the order, the two tracks and the visits of the installer."""
    programme = dossier.programme
    before = programme.ask("otto", "GET", f"/sites/{dossier.site_id}/dossier", "reads the dossier")
    dossier.move("otto", "ordered", "specifications", "purchase_order")
    dossier.move(
        "olga", "on_hold", reason="Trop tard", version=f'"{before["version"]}"', expect=412,
        why="on the version of before the order",
    )  # fmt: skip
    window = {"works_from": dossier.day(70), "works_until": dossier.day(80)}
    dossier.move("cora", "cabling", expect=409, why="without a works window")
    dossier.move("cora", "cabling", facts=window)
    cabling = _visit(programme, dossier.site_id, "cabling")
    bad = programme.hand_in("ines", dossier.site_id, "b.csv", "cable_test", LONG_LINK)
    links = programme.ask(
        "ines", "POST", f"{cabling}/cable-tests", "sends the tests of a link of 97,4 m",
        body={"client_id": "t1", "upload_id": bad},
    )  # fmt: skip
    programme.claim(links[0]["fault"] is not None, "a link of 97,4 m is named as too long")
    good = programme.hand_in("ines", dossier.site_id, "a.csv", "cable_test", CABLE_TESTS)
    for _ in range(2):
        links = programme.ask(
            "ines", "POST", f"{cabling}/cable-tests", "sends the tests of two good links",
            body={"client_id": "t2", "upload_id": good},
        )  # fmt: skip
    programme.claim(len(links) == 3, "what is sent twice is one record")
    _end(programme, cabling, ("asbestos", "route", "labels", "firestop", "clean"))
    dossier.move("ines", "installing", expect=409, why="with both tracks open")
    dossier.move("cora", "cabling", "cabling_tests", why="closes the track")
    delivery = _visit(programme, dossier.site_id, "delivery")
    dossier.move(
        "ines", "delivered", "delivery_note", facts={"serials_expected": "1"}, expect=409,
        why="nothing scanned yet",
    )  # fmt: skip
    scanned = {"client_id": "s1", "serial": SERIAL}
    programme.ask("ines", "POST", f"{delivery}/serials", f"scans {SERIAL}", body=scanned)
    programme.ask(
        "ines", "POST", f"{delivery}/serials", f"scans {SERIAL} again",
        body={**scanned, "client_id": "s2"}, expect=409,
    )  # fmt: skip
    _end(programme, delivery, ("parcels", "damage", "stored"))
    dossier.move("ines", "delivered", "delivery_note", facts={"serials_expected": "1"})
    dossier.move("ines", "installing")
    mounting = _visit(programme, dossier.site_id, "mounting")
    papers = ("installation_photos", "as_built", "configuration_report")
    dossier.move("ines", "configured", *papers, expect=409, why="not placed, not configured")
    placed = {"device_id": 1, "room": "Classe 4", "name": "ap1", "switch": "sw1", "port": "1/1/3"}
    programme.ask("ines", "POST", f"{mounting}/placements", "mounts it in Classe 4", body=placed)
    _end(programme, mounting, ("plan", "fixing", "light", "clean"))


def acceptance(dossier: Dossier) -> None:
    """Walk the tests, a reserve, a refusal, the provisional acceptance, the handover."""
    programme, site = dossier.programme, f"/sites/{dossier.site_id}"
    papers = ("installation_photos", "as_built", "configuration_report")
    dossier.move("ines", "configured", *papers)
    told = {"validation_survey_on": dossier.day(90), "machine_checks_passed": "true"}
    dossier.move("nina", "acceptance_testing", facts=told)
    visit = _visit(programme, dossier.site_id, "acceptance_help")
    programme.ask(
        "ines", "POST", f"{visit}/reserves", "notes a blocking reserve",
        body={"client_id": "r1", "message": "La borne du gymnase pend à son câble",
              "severity": "blocking"},
    )  # fmt: skip
    report = ("acceptance_report", "provisional_acceptance")
    dossier.move("otto", "provisionally_accepted", *report, expect=409, why="a blocking reserve")
    dossier.move("nina", "reserves_open", "reserve_list")
    lifting = {"note": "Fixée et vérifiée sur place par N. Lenoir"}
    programme.ask(
        "cora", "POST", f"{site}/reserves/1/lift", "says that her own defect is gone",
        body=lifting, expect=403,
    )  # fmt: skip
    programme.ask("nina", "POST", f"{site}/reserves/1/lift", "lifts it on site", body=lifting)
    dossier.move("nina", "acceptance_testing")
    dossier.move("otto", "provisionally_accepted", *report)
    dossier.move(
        "otto", "reserves_open", "provisional_refusal", reason="Le PV nomme une autre école"
    )
    dossier.move("otto", "provisionally_accepted", expect=409, why="on the PV that was refused")
    dossier.move("otto", "provisionally_accepted", *report)
    ends = {"guarantee_ends_on": dossier.day(65 + 400)}
    dossier.move("otto", "in_service", "handover", facts=ends)


def final(dossier: Dossier) -> None:
    """Walk the guarantee, a refused and then a pronounced final acceptance."""
    programme = dossier.programme
    dossier.move("otto", "finally_accepted", "final_acceptance", expect=409, why="guarantee runs")
    dossier.move(
        "otto", "in_service", "final_refusal", reason="Deux bornes en panne", expect=409,
        why="a refusal more than 15 days early",
    )  # fmt: skip
    programme.later(390, "ten days before the guarantee ends")
    dossier.move("otto", "in_service", "final_refusal", reason="Deux bornes en panne")
    programme.later(10, "the guarantee has ended")
    pv = {"final_acceptance_drawn_up_on": dossier.day(65 + 400)}
    made = dossier.move("otto", "finally_accepted", "final_acceptance", facts=pv)
    programme.claim(made["status"] == "finally_accepted", "it is finally accepted")


def _visit(programme: Programme, site_id: int, kind: str) -> str:
    made = programme.ask(
        "cora", "POST", "/work-orders", f"plans a visit: {kind}",
        body={"site_id": site_id, "kind": kind, "installer": "ines",
              "access_note": "Sonner à la loge, avant 16 h"},
        expect=201,
    )  # fmt: skip
    return f"/work-orders/{made['id']}"


def _end(programme: Programme, order: str, items: Sequence[str]) -> None:
    programme.ask("ines", "POST", f"{order}/end", "ends the visit too early", expect=409)
    for item in items:
        programme.ask(
            "ines", "POST", f"{order}/checks", f"ticks {item}",
            body={"item_id": item, "answer": "done"},
        )  # fmt: skip
    programme.ask("ines", "POST", f"{order}/end", "ends the visit")
