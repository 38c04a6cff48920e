"""What decides about every school at once, asked for on a page and done in the jobs process.

The form carries a digest of what was shown. It is compared when the work is asked for, and the
work is about what was shown alone.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from api.jobs.queue import enqueue
from api.usecases.cadastre_opening import CHANGED, refuse_opening, waiting_sites
from api.usecases.rule_sets import find_rules
from api.usecases.scope import Right, Viewer, sites_within
from inventory.errors import Conflict, NotAllowed
from inventory.models import Job
from inventory.sentences import Sentence

OPENING, ELIGIBILITY = "cadastre_opening", "eligibility"


@dataclass(frozen=True, slots=True)
class WantedRun:
    """The rules to run, the digest of what they were shown to change, and whether they judge on."""

    rule_set: str
    digest: str
    adopt: bool = False

    def arguments(self) -> dict[str, Any]:
        """Return it as a job keeps it."""
        return {"rule_set": self.rule_set, "digest": self.digest, "adopt": self.adopt}


def request_opening(session: Session, viewer: Viewer, code: str, digest: str) -> Job:
    """Queue the opening of an edition for the schools that were shown.

    Raises NotAllowed without the right, NotFound, Conflict before the edition opens or when other
    schools wait than those that were shown.
    """
    if not viewer.holds(Right.DECIDE_CADASTRE):
        raise NotAllowed(Sentence("Votre rôle n’ouvre pas le cadastre"))
    refuse_opening(session, code)
    waiting = waiting_sites(session, sites_within(viewer, Right.DECIDE_CADASTRE))
    if waiting.digest != digest:
        raise Conflict(CHANGED, todo=Sentence("regardez de nouveau\u00a0; rien n’a été changé"))
    seen = list(waiting.versions.items())
    arguments = {"code": code, "seen": [list(each) for each in seen]}
    return enqueue(
        session, OPENING, arguments, viewer.actor, about=f"{code} {digest} by {viewer.actor}"
    )


def request_run(session: Session, viewer: Viewer, wanted: WantedRun) -> Job:
    """Queue the application of the rules as it was shown.

    Raises NotAllowed without the right at every site, NotFound for unknown rules. That something
    else would change by then is told by the job, before it writes anything.
    """
    refuse_runner(viewer)
    find_rules(session, wanted.rule_set)
    about = f"{wanted.digest} {'adopt' if wanted.adopt else 'run'} by {viewer.actor}"
    return enqueue(session, ELIGIBILITY, wanted.arguments(), viewer.actor, about=about)


def refuse_runner(viewer: Viewer) -> None:
    """Raise NotAllowed for who does not judge every site."""
    if not viewer.everywhere(Right.RUN_ELIGIBILITY):
        raise NotAllowed(Sentence("Votre rôle n’applique pas les règles d’éligibilité"))


def last_jobs(session: Session, viewer: Viewer, kind: str, *, limit: int = 5) -> list[Job]:
    """Return the last jobs of a kind that `viewer` asked for, newest first."""
    return list(
        session.exec(
            select(Job)
            .where(Job.kind == kind, Job.requested_by == viewer.actor)
            .order_by(col(Job.id).desc())
            .limit(limit)
        )
    )
