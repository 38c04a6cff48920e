"""The dossier as the programme's text says it, to judge the product's machine by.

Written from the text of the programme (its table of statuses and its list of edges), and from
nothing of the product's: strings, sets and dates alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

PRE_ORDER = (
    "identified cadastre_pending cadastre_submitted cadastre_validated enrolment_requested "
    "scheduled prestudy site_survey awaiting_prerequisites design_approved"
).split()
AFTER = (
    "ordered cabling delivered installing configured acceptance_testing reserves_open "
    "provisionally_accepted in_service finally_accepted maintained"
).split()
ACTIVE = (*PRE_ORDER, *AFTER)
EVERY_STATUS = (*ACTIVE, "ineligible", "declined", "on_hold", "decommissioned")
EVERY_ROLE = (
    "rules programme_manager cadastre_manager adviser organising_authority school_head "
    "school_it_contact contractor installer support_agent contract_officer network_engineer "
    "supplier"
).split()
DAY_OF_START = date(2027, 1, 11)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class Way:
    """One edge: who takes it, what must have been told, the documents, whether it asks why."""

    origin: str
    to: str
    who: frozenset[str]
    told: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    why: bool = False
    path: str = "both"
    voids: frozenset[str] = frozenset()
    forgets: frozenset[str] = frozenset()


def _way(line: str, **more: object) -> Way:
    """Read `origin > to : who : told : documents : voids`."""
    ends, who, told, documents, voids = (
        each.strip() for each in (line + " : : : :").split(":")[:5]
    )
    origin, to = (each.strip() for each in ends.split(">"))
    return Way(origin, to, _set(who), _set(told), _set(documents), voids=_set(voids), **more)  # type: ignore[arg-type]


_DESIGN = "visit_report design_plan bill_of_quantities quote"
_SIGNED = "organising_authority_signed_on programme_signed_on"
_HOLDERS = _set("programme_manager organising_authority contract_officer adviser")
WIFI, STOCK = "connectivity", "equipment"
WAYS = (
    _way("identified > ineligible : rules programme_manager", why=True),
    _way("identified > cadastre_pending : school_head cadastre_manager rules"),
    _way("ineligible > cadastre_pending : rules programme_manager", why=True),
    _way("cadastre_pending > cadastre_submitted : school_head : : cadastre_response"),
    _way(
        "cadastre_submitted > cadastre_pending : cadastre_manager : : : cadastre_response", why=True
    ),
    _way("cadastre_submitted > cadastre_validated : cadastre_manager : : cadastre_validation"),
    _way(
        "cadastre_validated > ineligible : rules programme_manager cadastre_manager : : "
        ": cadastre_response cadastre_validation",
        why=True,
    ),
    _way("cadastre_validated > enrolment_requested : organising_authority : : enrolment_form"),
    _way(
        "enrolment_requested > scheduled : programme_manager "
        ": priority_score funding_source lot : notification",
        path=WIFI,
    ),
    _way("scheduled > prestudy : contractor : floor_plans_received_on"),
    _way("prestudy > site_survey : contractor adviser : visit_on : prestudy"),
    *(
        _way(
            f"{origin} > design_approved : programme_manager organising_authority "
            f": {_SIGNED} works_done : {_DESIGN}"
        )
        for origin in ("site_survey", "awaiting_prerequisites")
    ),
    *(
        _way(
            f"{origin} > awaiting_prerequisites : contractor adviser programme_manager "
            ": works_open : prerequisite_list"
        )
        for origin in ("site_survey", "design_approved")
    ),
    _way(
        "awaiting_prerequisites > site_survey : contractor adviser programme_manager "
        ": works_done : : prerequisite_list"
    ),
    _way(
        f"design_approved > site_survey : programme_manager organising_authority : : : {_DESIGN}",
        why=True,
        forgets=_set(_SIGNED),
    ),
    _way(
        "design_approved > ordered : contract_officer : works_done : specifications purchase_order"
    ),
    _way(
        "enrolment_requested > ordered : contract_officer : funding_source "
        ": specifications purchase_order",
        path=STOCK,
    ),
    *(
        _way(f"{origin} > delivered : contractor installer adviser : every_serial : delivery_note")
        for origin in ("ordered", "cabling")
    ),
    *(
        _way(f"{origin} > installing : contractor installer : both_tracks", path=WIFI)
        for origin in ("cabling", "delivered")
    ),
    _way(
        "installing > configured : contractor installer network_engineer : placed read_back "
        ": installation_photos as_built configuration_report"
    ),
    _way(
        "configured > acceptance_testing : contractor network_engineer contract_officer "
        ": validation_survey_on machine_checks_passed"
    ),
    _way(
        "acceptance_testing > reserves_open : contractor network_engineer contract_officer "
        ": reserves : reserve_list"
    ),
    _way(
        "reserves_open > acceptance_testing : contractor network_engineer contract_officer "
        ": : : reserve_list",
        forgets=_set("open_reserves blocking_reserves"),
    ),
    *(
        _way(
            f"{origin} > provisionally_accepted : contract_officer : none_blocking "
            ": acceptance_report provisional_acceptance"
        )
        for origin in ("acceptance_testing", "reserves_open")
    ),
    _way(
        "provisionally_accepted > reserves_open : contract_officer : : provisional_refusal "
        ": acceptance_report provisional_acceptance provisional_refusal",
        why=True,
        forgets=_set("blocking_reserves"),
    ),
    _way(
        "provisionally_accepted > in_service : contract_officer programme_manager "
        ": guarantee_runs : handover"
    ),
    _way(
        "delivered > in_service : programme_manager adviser contract_officer "
        ": loan_convention_signed_on : loan_convention",
        path=STOCK,
    ),
    _way(
        "in_service > finally_accepted : contract_officer : guarantee_over pv_in_time "
        ": final_acceptance",
        path=WIFI,
    ),
    _way(
        "in_service > in_service : contract_officer : pv_not_early : final_refusal "
        ": final_acceptance final_refusal",
        why=True,
        path=WIFI,
        forgets=_set("final_acceptance_drawn_up_on"),
    ),
    _way("finally_accepted > maintained : programme_manager contract_officer : : audit_report"),
    _way("maintained > decommissioned : programme_manager : : decommissioning", why=True),
    _way(
        "in_service > decommissioned : programme_manager : : decommissioning",
        why=True,
        path=STOCK,
    ),
    *(
        Way(
            status, "declined", _set("school_head organising_authority programme_manager"), why=True
        )
        for status in PRE_ORDER
    ),
    *(Way(status, "on_hold", _HOLDERS, why=True) for status in ACTIVE),
)


@dataclass
class Attempt:
    """What somebody tries: where to, as whom, with what."""

    to: str
    role: str
    told: dict[str, str]
    documents: frozenset[str]
    reason: str
    today: date


@dataclass
class Text:
    """One dossier by the text. `cabling`: waiting, running or closed."""

    measure: str
    status: str = "identified"
    version: int = 1
    held_from: str = ""
    cabling: str = "waiting"
    delivered: bool = False
    documents: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    verified: bool = False

    def ways(self) -> list[Way]:
        """Return every way that leaves where it stands."""
        if self.status == "on_hold":
            return [Way("on_hold", self.held_from, _HOLDERS)]
        found = [w for w in WAYS if w.origin == self.status and w.path in ("both", self.measure)]
        if self.delivered:
            found = [way for way in found if way.to != "delivered"]
        if self.measure == WIFI:
            if self.cabling == "waiting" and self.status in ("ordered", "delivered"):
                found.append(_way(f"{self.status} > cabling : contractor : works_window"))
            if self.cabling == "running" and self.status in ("cabling", "delivered"):
                found.append(_way(f"{self.status} > cabling : contractor : : cabling_tests"))
        return found

    def way(self, to: str) -> Way | None:
        """Return the way to `to`, or None."""
        return next((way for way in self.ways() if way.to == to), None)

    def verdict(self, tried: Attempt) -> str:
        """Return what comes of an attempt: `moved`, `role` or `refused`."""
        way = self.way(tried.to)
        if way is None:
            return "refused"
        if tried.role not in way.who:
            return "role"
        told = self.told | tried.told
        wanting = [need for need in way.told if not self._holds(need, told, tried.today)]
        lacking = way.documents - self.documents - tried.documents
        silent = way.why and not tried.reason.strip()
        return "refused" if wanting or lacking or silent else "moved"

    def late(self, tried: Attempt) -> bool:
        """Return whether the PV of a final acceptance, or of its refusal, came after its time."""
        final = (self.status, tried.to) in {
            ("in_service", "finally_accepted"),
            ("in_service", "in_service"),
        }
        told = self.told | tried.told
        drawn_up = told.get("final_acceptance_drawn_up_on") or tried.today.isoformat()
        return final and drawn_up > told["guarantee_ends_on"]

    def move(self, tried: Attempt) -> None:
        """Follow an attempt that the text allows."""
        way = self.way(tried.to)
        assert way is not None
        if self.status != "on_hold" and tried.to == "cabling":
            self.cabling = "running" if self.cabling == "waiting" else "closed"
        if self.status != "on_hold" and tried.to == "delivered":
            self.delivered = True
        self.held_from = self.status if tried.to == "on_hold" else ""
        self.documents = (self.documents | tried.documents) - way.voids
        self.told = {
            name: value
            for name, value in (self.told | tried.told).items()
            if name not in way.forgets
        }
        self.status = tried.to
        self.version += 1

    def _holds(self, need: str, told: dict[str, str], today: date) -> bool:
        ends = told.get("guarantee_ends_on")
        drawn_up = told.get("final_acceptance_drawn_up_on")
        day = today.isoformat()
        expected = int(told.get("serials_expected") or 0)
        holds = {
            "works_done": told.get("open_prerequisites", "0") in ("", "0"),
            "works_open": told.get("open_prerequisites", "0") not in ("", "0"),
            "works_window": "" < told.get("works_from", "") <= told.get("works_until", ""),
            "every_serial": 0 < expected <= int(told.get("serials_scanned") or 0),
            "both_tracks": self.delivered and self.cabling == "closed",
            "placed": told.get("access_points_placed") == "true",
            "read_back": self.verified,
            "reserves": told.get("open_reserves", "0") not in ("", "0"),
            "none_blocking": told.get("blocking_reserves") == "0",
            "guarantee_runs": bool(ends) and str(ends) > day,
            "guarantee_over": bool(ends) and str(ends) <= day,
            "pv_in_time": bool(drawn_up) and self._not_early(ends, str(drawn_up), today),
            "pv_not_early": self._not_early(ends, drawn_up or day, today),
        }
        return holds.get(need, bool(told.get(need)))

    @staticmethod
    def _not_early(ends: str | None, drawn_up: str, today: date) -> bool:
        if not ends or drawn_up > today.isoformat():
            return False
        return date.fromisoformat(drawn_up) >= date.fromisoformat(ends) - timedelta(days=15)


def everything(today: date, *, works: int, drawn_up: int, guarantee: int) -> dict[str, str]:
    """Return all that a dossier may be told on a day; days count from `today`."""
    day = today.isoformat()
    return {
        "priority_score": "7.5",
        "funding_source": "PRR",
        "lot": "3",
        "floor_plans_received_on": day,
        "visit_on": day,
        "open_prerequisites": str(works),
        "organising_authority_signed_on": day,
        "programme_signed_on": day,
        "works_from": day,
        "works_until": (today + timedelta(days=9)).isoformat(),
        "serials_expected": "10",
        "serials_scanned": "10",
        "access_points_placed": "true",
        "validation_survey_on": day,
        "machine_checks_passed": "false",
        "open_reserves": "2",
        "blocking_reserves": "0",
        "guarantee_ends_on": (today + timedelta(days=guarantee)).isoformat(),
        "final_acceptance_drawn_up_on": (today + timedelta(days=drawn_up)).isoformat(),
        "loan_convention_signed_on": day,
    }


def documents_of(ways: Iterable[Way]) -> frozenset[str]:
    """Return every document that some way asks for."""
    return frozenset(each for way in ways for each in way.documents)


EVERY_DOCUMENT = documents_of(WAYS) | {"cabling_tests"}
