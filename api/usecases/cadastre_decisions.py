"""Signing and submitting a response, sending it back with remarks, validating it.

Each moves the site's dossier with it, where the dossier waits for the cadastre; a school that is
further on answers a later edition without its dossier moving.
"""

from dataclasses import dataclass

from sqlmodel import Session

from api.usecases.cadastre_filling import refuse_unless
from api.usecases.cadastre_remarks import MAX_REMARK, add_remark, locked_response
from api.usecases.cadastre_responses import (
    CadastreRefused,
    ResponseForm,
    read_form,
)
from api.usecases.dossier_state import EvidenceFile, dossier_of_site
from api.usecases.dossiers import advance
from api.usecases.eligibility_runs import Cause, run_for
from api.usecases.rule_sets import rules_in_force
from api.usecases.site_detail import implantations
from inventory import clock
from inventory.errors import Conflict
from inventory.events import record_event
from inventory.models import (
    CadastreEdition,
    CadastreRemark,
    CadastreResponse,
    CadastreSubmission,
)
from inventory.programme.cadastre.documents import canonical, response_document, sha256_of
from inventory.programme.cadastre.states import Act
from inventory.programme.cadastre.values import clean_text
from inventory.programme.dossier import EvidenceKind, Role, Status
from inventory.sentences import N_, Sentence

CHANGED = Sentence("La réponse a changé entre-temps\u00a0: relisez-la.")
_STOPPED = (Status.DECLINED, Status.ON_HOLD, Status.INELIGIBLE, Status.DECOMMISSIONED)
_BEFORE = (Status.IDENTIFIED, Status.CADASTRE_PENDING)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the authenticated person, under the name by which the writes are recorded."""

    actor: str
    name: str


def document_of(session: Session, form: ResponseForm) -> str:
    """Return what signing a response signs: the canonical text of what is sent."""
    pairs = [
        f"{each.school_fase}/{each.implantation_fase}"
        for each in implantations(session, form.site.id or 0)
    ]
    return response_document(
        edition=form.edition.code,
        questionnaire=form.questionnaire.version,
        site="+".join(pairs) or f"site {form.site.id}",
        answers=form.sent,
    )


def submit(
    session: Session, edition: CadastreEdition, site_id: int, signer: Signer, *, sha256: str
) -> CadastreSubmission:
    """Sign and submit the response whose canonical text has the hash `sha256`.

    Raises Conflict when the answers are no longer those that were shown, CadastreRefused with every
    problem when something is missing or wrong, or when the dossier has stopped; MoveRefused and
    NotAllowed as the dossier's machine decides.
    """
    row = locked_response(session, edition, site_id)
    reached = refuse_unless(edition, row.state, Act.SUBMIT)
    form = read_form(session, edition, site_id)
    if form.blocking:
        raise CadastreRefused(
            Sentence.counted(
                "Une réponse manque ou n’est pas juste.",
                "%(num)s réponses manquent ou ne sont pas justes.",
                len(form.blocking),
            ),
            form.blocking,
        )
    document = document_of(session, form)
    if sha256_of(document) != sha256:
        raise Conflict(
            Sentence("Des réponses ont changé depuis leur lecture\u00a0: rien n’est soumis"),
            todo=Sentence("relisez ce qui sera soumis, puis signez"),
        )
    transition_id = _move_to_submitted(session, form, document, signer.actor)
    submission = CadastreSubmission(
        response_id=row.id or 0,
        signed_by=signer.actor,
        signed_name=signer.name,
        signed_at=clock.now(),
        document=document,
        sha256=sha256,
        transition_id=transition_id,
    )
    session.add(submission)
    row.state = reached
    _touch(row)
    _tell(session, form, "cadastre.submitted", N_("Cadastre %(edition)s signé et soumis."))
    session.flush()
    return submission


def look_again(
    session: Session, edition: CadastreEdition, site_id: int, *, seen_version: int
) -> None:
    """Hold a response for this writer; raises CadastreRefused unless it is at `seen_version`.

    Before a decision: what is decided on is what was looked at.
    """
    if locked_response(session, edition, site_id).version != seen_version:
        raise CadastreRefused(CHANGED)


def send_back(
    session: Session, edition: CadastreEdition, site_id: int, *, actor: str, reason: str = ""
) -> None:
    """Send a submitted response back to its school, with the open remarks and `reason`.

    Raises CadastreRefused when there is neither, and when the response is not submitted.
    """
    row = locked_response(session, edition, site_id)
    reached = refuse_unless(edition, row.state, Act.SEND_BACK)
    form = read_form(session, edition, site_id)
    reason = clean_text(reason)[:MAX_REMARK]
    if not reason and not form.open_remarks:
        raise CadastreRefused(
            Sentence("Dites ce qui est à revoir\u00a0: une remarque ou un motif.")
        )
    if reason:
        add_remark(session, edition, site_id, reason, actor=actor)
    told = reason or " ".join(remark.text for remark in form.open_remarks)
    submission = form.submissions[-1]
    if _waits_for_decision(session, site_id, submission):
        advance(
            session,
            site_id,
            Status.CADASTRE_PENDING,
            actor=actor,
            role=Role.CADASTRE_MANAGER,
            reason=told,
        )
    submission.decided_by, submission.decided_at = actor, clock.now()
    row.state = reached
    _touch(row)
    _tell(session, form, "cadastre.sent_back", N_("Cadastre %(edition)s renvoyé avec remarques."))
    session.flush()


def validate(session: Session, edition: CadastreEdition, site_id: int, *, actor: str) -> None:
    """Validate a submitted response; its remarks are settled with it.

    Raises CadastreRefused when it is not submitted, MoveRefused as the dossier's machine decides.
    """
    row = locked_response(session, edition, site_id)
    reached = refuse_unless(edition, row.state, Act.VALIDATE)
    form = read_form(session, edition, site_id)
    submission = form.submissions[-1]
    at = clock.now()
    validation = canonical(
        {
            "edition": edition.code,
            "response_sha256": submission.sha256,
            "validated_at": at.isoformat(),
            "validated_by": actor,
        }
    )
    if _waits_for_decision(session, site_id, submission):
        name = f"validation-{edition.code}-{site_id}.json"
        advance(
            session,
            site_id,
            Status.CADASTRE_VALIDATED,
            actor=actor,
            role=Role.CADASTRE_MANAGER,
            evidence=[_evidence(EvidenceKind.CADASTRE_VALIDATION, name, validation)],
        )
    submission.decided_by, submission.decided_at = actor, at
    submission.validation = validation
    for remark in form.open_remarks:
        remark.settled_at, remark.settled_by = at, actor
    row.state = reached
    _touch(row)
    _tell(session, form, "cadastre.validated", N_("Cadastre %(edition)s validé."))
    session.flush()
    run_for(session, rules_in_force(session), [site_id], actor=actor, cause=Cause.CADASTRE)


def reopen(
    session: Session, edition: CadastreEdition, site_id: int, *, actor: str, reason: str
) -> None:
    """Give a validated response back to its school, where no dossier rests on it any more.

    As after a site that became ineligible was taken in again. Raises CadastreRefused otherwise.
    """
    row = locked_response(session, edition, site_id)
    reached = refuse_unless(edition, row.state, Act.REOPEN)
    form = read_form(session, edition, site_id)
    if dossier_of_site(session, site_id).status == Status.CADASTRE_VALIDATED:
        raise CadastreRefused(
            Sentence("Le dossier repose sur cette réponse\u00a0: elle ne se rouvre pas.")
        )
    reason = clean_text(reason)[:MAX_REMARK]
    if not reason:
        raise CadastreRefused(Sentence("Le motif est obligatoire."))
    session.add(
        CadastreRemark(response_id=row.id or 0, text=reason, made_by=actor, made_at=clock.now())
    )
    row.state = reached
    _touch(row)
    _tell(session, form, "cadastre.reopened", N_("Cadastre %(edition)s rouvert."))
    session.flush()


def _touch(row: CadastreResponse) -> None:
    row.version += 1
    row.updated_at = clock.now()


def _move_to_submitted(
    session: Session, form: ResponseForm, document: str, actor: str
) -> int | None:
    site_id = form.site.id or 0
    status = Status(dossier_of_site(session, site_id).status)
    if status in _STOPPED:
        raise CadastreRefused(
            Sentence(
                "Le dossier de l’école est «\u00a0%(status)s\u00a0»\u00a0: "
                "il n’attend pas de cadastre.",
                status=Sentence(status.label),
            )
        )
    if status not in _BEFORE:
        return None
    if status is Status.IDENTIFIED:
        advance(session, site_id, Status.CADASTRE_PENDING, actor=actor, role=Role.SCHOOL_HEAD)
    name = f"cadastre-{form.edition.code}-{site_id}.json"
    return advance(
        session,
        site_id,
        Status.CADASTRE_SUBMITTED,
        actor=actor,
        role=Role.SCHOOL_HEAD,
        evidence=[_evidence(EvidenceKind.CADASTRE_RESPONSE, name, document)],
    ).id


def _waits_for_decision(session: Session, site_id: int, submission: CadastreSubmission) -> bool:
    """Whether the dossier stands where this submission put it, or is held there."""
    if submission.transition_id is None:
        return False
    dossier = dossier_of_site(session, site_id)
    held = dossier.status_before_hold if dossier.status == Status.ON_HOLD else dossier.status
    return held == Status.CADASTRE_SUBMITTED


def _evidence(kind: EvidenceKind, name: str, document: str) -> EvidenceFile:
    return EvidenceFile(kind, name, sha256_of(document), len(document.encode()))


def _tell(session: Session, form: ResponseForm, kind: str, template: str) -> None:
    record_event(
        session,
        kind,
        Sentence(template, edition=form.edition.code),
        site_id=form.site.id,
        body={"edition": form.edition.code},
    )
