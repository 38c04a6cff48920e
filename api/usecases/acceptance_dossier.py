"""What an acceptance run says to the dossier: its facts, and its report as a document.

The dossier moves by its own machine and guards alone; this hands them what the run proved.
"""

import hashlib
from collections.abc import Sequence

from sqlmodel import Session

from api.usecases.acceptance_report import report_name, report_pdf
from api.usecases.acceptance_runs import run_of_site
from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import advance
from inventory.errors import InvalidInput
from inventory.models import AcceptanceRun, DossierTransition
from inventory.programme.dossier import EvidenceKind, Role, Status

MOVES = (Status.ACCEPTANCE_TESTING, Status.RESERVES_OPEN, Status.PROVISIONALLY_ACCEPTED)
"""The moves that a run speaks for."""

_DOCUMENT = {
    Status.RESERVES_OPEN: EvidenceKind.RESERVE_LIST,
    Status.PROVISIONALLY_ACCEPTED: EvidenceKind.ACCEPTANCE_REPORT,
}


def facts_of_run(run: AcceptanceRun) -> dict[str, str]:
    """Return what a run tells the dossier: the day of the survey, whether the machines found well.

    A check that only people can prove is not the machines'. What is not proved is not told.
    """
    told: dict[str, str] = {}
    days = [each["surveyed_on"] for each in run.record["maps"] if each["surveyed_on"]]
    if days:
        told["validation_survey_on"] = max(days)
    states = [check["state"] for check in run.record["checks"] if "collectors" in check["proof"]]
    told["machine_checks_passed"] = "false" if "failed" in states else "true"
    return told


def move_after_run(
    session: Session,
    site_id: int,
    to: Status,
    *,
    actor: str,
    role: Role,
    run_id: int | None = None,
    evidence: Sequence[EvidenceFile] = (),
) -> DossierTransition:
    """Move a dossier on what a run (by default the newest) proved; return the step.

    The run's report is handed in as the list of reserves or the acceptance report, by the hash of
    its bytes, where the move asks for one and `evidence` holds none. Reserves are counted by the
    dossier itself. Raises InvalidInput for a move that no run speaks for, and as `advance` does.
    """
    if to not in MOVES:
        raise InvalidInput(
            f"no acceptance run moves a dossier to {to.value}",
            todo=f"one of: {', '.join(MOVES)}",
        )
    run = run_of_site(session, site_id, run_id)
    handed = list(evidence)
    kind = _DOCUMENT.get(to)
    if kind is not None and all(each.kind is not kind for each in handed):
        content = report_pdf(session, run)
        sha256 = hashlib.sha256(content).hexdigest()
        handed.append(EvidenceFile(kind, report_name(run), sha256, len(content)))
    return advance(
        session,
        site_id,
        to,
        actor=actor,
        role=role,
        facts=facts_of_run(run) if to is Status.ACCEPTANCE_TESTING else None,
        evidence=handed,
    )
