"""What is to be done now at a site, by whom and by when, in plain French. Pure.

A task tells what moves a dossier on; the dossier's own machine decides whether it moves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from inventory.programme.dossier.facts import FINAL_ACCEPTANCE_WINDOW, Facts
from inventory.programme.dossier.status import Role, Status
from inventory.sentences import Sentence

_SCHOOL = frozenset({Role.SCHOOL_HEAD})
_SCHOOL_ALL = frozenset({Role.SCHOOL_HEAD, Role.SCHOOL_IT_CONTACT})
_AUTHORITY = frozenset({Role.ORGANISING_AUTHORITY})
_CADASTRE = frozenset({Role.CADASTRE_MANAGER})
_PROGRAMME = frozenset({Role.PROGRAMME_MANAGER})
_CONTRACTOR = frozenset({Role.CONTRACTOR})
_FIELD = frozenset({Role.CONTRACTOR, Role.INSTALLER})
_OFFICER = frozenset({Role.CONTRACT_OFFICER})


class Place(StrEnum):
    """Where a task is done in the product; the shells know the address."""

    CADASTRE = "cadastre"
    DOSSIER = "dossier"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `kind` names it for good; `due` is the last day, None: none is fixed.

    `at` is a day on which something happens, as a visit: nobody is late by it.
    """

    kind: str
    text: Sentence
    roles: frozenset[Role]
    due: date | None = None
    at: date | None = None
    place: Place | None = None

    def late_days(self, today: date) -> int:
        """Return by how many days it is late; 0 when it is not."""
        return max(0, (today - self.due).days) if self.due else 0


@dataclass(frozen=True, slots=True)
class Work:
    """A work that the organising authority still has to do, and by when."""

    what: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a site. `closes_on` is the last day of the open edition of the cadastre.

    `open_reserves` None: nobody counted any. `terms` are the last days of the terms that run, by
    the role that must act.
    """

    status: Status
    facts: Facts
    equipment_only: bool = False
    closes_on: date | None = None
    remarks: int = 0
    works: tuple[Work, ...] = ()
    open_reserves: int | None = None
    terms: Mapping[Role, date] = field(default_factory=dict)


def tasks(situation: Situation) -> tuple[Task, ...]:
    """Return what is to be done now, what falls due first coming first.

    A task without a day of its own is due on the last day of the term of one of its roles.
    """
    found = [
        _within_term(task, situation.terms)
        for task in _TASKS.get(situation.status, _nothing)(situation)
    ]
    return tuple(sorted(found, key=lambda task: (task.due or task.at or date.max, task.kind)))


def _within_term(task: Task, terms: Mapping[Role, date]) -> Task:
    days = [terms[role] for role in task.roles if role in terms]
    if task.due or task.at or not days:
        return task
    return replace(task, due=min(days))


Maker = Callable[[Situation], Iterable[Task]]


def _nothing(_: Situation) -> Iterable[Task]:
    return ()


def _cadastre(site: Situation) -> Iterator[Task]:
    text = Sentence("Remplir le cadastre et le signer.")
    if site.remarks:
        text = Sentence.counted(
            "Répondre à la remarque du gestionnaire et renvoyer le cadastre.",
            "Répondre aux %(num)s remarques du gestionnaire et renvoyer le cadastre.",
            site.remarks,
        )
    yield Task("cadastre.fill", text, _SCHOOL, due=site.closes_on, place=Place.CADASTRE)


def _check_cadastre(_: Situation) -> Iterator[Task]:
    text = Sentence("Vérifier le cadastre, puis le valider ou le renvoyer.")
    yield Task("cadastre.check", text, _CADASTRE, place=Place.CADASTRE)


def _enrol(_: Situation) -> Iterator[Task]:
    text = Sentence("Demander l’adhésion au programme, avec le formulaire signé.")
    yield Task("enrolment.request", text, _AUTHORITY, place=Place.DOSSIER)


def _schedule(site: Situation) -> Iterator[Task]:
    if site.equipment_only:
        yield _order(site)
    else:
        text = Sentence("Donner à l’école une place dans la programmation.")
        yield Task("schedule", text, _PROGRAMME, place=Place.DOSSIER)


def _floor_plans(site: Situation) -> Iterator[Task]:
    if site.facts.floor_plans_received_on is None:
        text = Sentence("Transmettre les plans du bâtiment.")
        yield Task("plans.send", text, _AUTHORITY | _SCHOOL, place=Place.DOSSIER)
    else:
        yield Task("prestudy.begin", Sentence("Commencer la pré-étude."), _CONTRACTOR)


def _visit(site: Situation) -> Iterator[Task]:
    if site.facts.visit_on is None:
        text = Sentence("Convenir d’une date de visite technique.")
        yield Task("visit.agree", text, _SCHOOL | _CONTRACTOR)
    else:
        text = Sentence(
            "Accueillir la visite technique du %(day)s\u00a0: ouvrir les locaux et les armoires.",
            day=site.facts.visit_on,
        )
        yield Task("visit.welcome", text, _SCHOOL_ALL | _CONTRACTOR, at=site.facts.visit_on)


def _study(site: Situation) -> Iterator[Task]:
    if site.facts.visit_on is not None:
        text = Sentence("Rendre le rapport de visite et le plan d’implantation.")
        yield Task("study.deliver", text, _CONTRACTOR, place=Place.DOSSIER)
    if site.facts.organising_authority_signed_on is None:
        text = Sentence("Relire le plan d’implantation et le signer.")
        yield Task("study.sign", text, _AUTHORITY, place=Place.DOSSIER)
    if site.facts.programme_signed_on is None:
        yield Task("study.approve", Sentence("Approuver l’étude."), _PROGRAMME, place=Place.DOSSIER)


def _prerequisites(site: Situation) -> Iterator[Task]:
    for place, work in enumerate(site.works):
        text = Sentence("Réaliser\u00a0: %(work)s.", work=work.what)
        yield Task(f"works.{place}", text, _AUTHORITY, due=work.due, place=Place.DOSSIER)
    if not site.works:
        text = Sentence("Réaliser les travaux préparatoires demandés par l’étude.")
        yield Task("works", text, _AUTHORITY, place=Place.DOSSIER)


def _order(_: Situation) -> Task:
    text = Sentence("Établir le bon de commande.")
    return Task("order", text, _OFFICER, place=Place.DOSSIER)


def _to_order(site: Situation) -> Iterator[Task]:
    yield _order(site)


def _works(site: Situation) -> Iterator[Task]:
    if site.equipment_only:
        text = Sentence("Livrer le matériel, numéro de série par numéro de série.")
        yield Task("delivery", text, _FIELD, place=Place.DOSSIER)
        return
    begins, ends = site.facts.works_from, site.facts.works_until
    if begins and ends:
        text = Sentence(
            "Libérer les locaux pour les travaux, du %(begins)s au %(ends)s.",
            begins=begins,
            ends=ends,
        )
        yield Task("works.welcome", text, _SCHOOL_ALL, at=begins)
    else:
        text = Sentence("Fixer la période des travaux avec l’école.")
        yield Task("works.agree", text, _CONTRACTOR | _SCHOOL)
    text = Sentence("Poser et tester le câblage, livrer le matériel.")
    yield Task("works.do", text, _FIELD, due=ends, place=Place.DOSSIER)


def _delivered(site: Situation) -> Iterator[Task]:
    if not site.equipment_only:
        yield from _works(site)
    elif site.facts.loan_convention_signed_on is None:
        text = Sentence("Signer la convention de prêt du matériel.")
        yield Task("loan.sign", text, _AUTHORITY | _SCHOOL, place=Place.DOSSIER)


def _install(site: Situation) -> Iterator[Task]:
    text = Sentence("Donner accès à tous les locaux pour la pose des bornes.")
    yield Task("install.welcome", text, _SCHOOL_ALL, at=site.facts.works_until)
    text = Sentence("Poser les bornes à leur place, puis les configurer.")
    yield Task("install.do", text, _FIELD, due=site.facts.works_until, place=Place.DOSSIER)


def _test(_: Situation) -> Iterator[Task]:
    text = Sentence("Mesurer le WiFi dans chaque local et rendre le rapport de recette.")
    yield Task("acceptance.test", text, _CONTRACTOR, place=Place.DOSSIER)


def _reserves(site: Situation) -> Iterator[Task]:
    text = Sentence("Corriger les points relevés à la recette.")
    if site.open_reserves:
        text = Sentence.counted(
            "Corriger le point relevé à la recette.",
            "Corriger les %(num)s points relevés à la recette.",
            site.open_reserves,
        )
    yield Task("reserves.lift", text, _FIELD, place=Place.DOSSIER)


def _handover(_: Situation) -> Iterator[Task]:
    text = Sentence("Recevoir l’installation et signer le PV de remise.")
    yield Task("handover.sign", text, _SCHOOL | _OFFICER, place=Place.DOSSIER)


def _guarantee(site: Situation) -> Iterator[Task]:
    ends = site.facts.guarantee_ends_on
    if ends is None or site.equipment_only:
        return
    text = Sentence(
        "Dresser le PV de réception définitive entre le %(begins)s et le %(ends)s.",
        begins=ends - FINAL_ACCEPTANCE_WINDOW,
        ends=ends,
    )
    yield Task("final.accept", text, _OFFICER, due=ends, place=Place.DOSSIER)


_TASKS: Mapping[Status, Maker] = {
    Status.CADASTRE_PENDING: _cadastre,
    Status.CADASTRE_SUBMITTED: _check_cadastre,
    Status.CADASTRE_VALIDATED: _enrol,
    Status.ENROLMENT_REQUESTED: _schedule,
    Status.SCHEDULED: _floor_plans,
    Status.PRESTUDY: _visit,
    Status.SITE_SURVEY: _study,
    Status.AWAITING_PREREQUISITES: _prerequisites,
    Status.DESIGN_APPROVED: _to_order,
    Status.ORDERED: _works,
    Status.CABLING: _works,
    Status.DELIVERED: _delivered,
    Status.INSTALLING: _install,
    Status.CONFIGURED: _test,
    Status.ACCEPTANCE_TESTING: _test,
    Status.RESERVES_OPEN: _reserves,
    Status.PROVISIONALLY_ACCEPTED: _handover,
    Status.IN_SERVICE: _guarantee,
}
