"""The life of a response: filled, signed and submitted, sent back or validated."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.sentences import N_, Sentence


class ResponseState(StrEnum):
    """Where a response is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    VALIDATED = "validated"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _STATE_FR[self]


_STATE_FR = {
    ResponseState.DRAFT: N_("En cours de remplissage"),
    ResponseState.SUBMITTED: N_("Soumise, à examiner"),
    ResponseState.SENT_BACK: N_("Renvoyée avec remarques"),
    ResponseState.VALIDATED: N_("Validée"),
}


class Act(StrEnum):
    """What can be done with a response."""

    FILL = "fill"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    VALIDATE = "validate"
    REOPEN = "reopen"


_AFTER: Mapping[tuple[ResponseState, Act], ResponseState] = {
    (ResponseState.DRAFT, Act.FILL): ResponseState.DRAFT,
    (ResponseState.SENT_BACK, Act.FILL): ResponseState.SENT_BACK,
    (ResponseState.DRAFT, Act.SUBMIT): ResponseState.SUBMITTED,
    (ResponseState.SENT_BACK, Act.SUBMIT): ResponseState.SUBMITTED,
    (ResponseState.SUBMITTED, Act.SEND_BACK): ResponseState.SENT_BACK,
    (ResponseState.SUBMITTED, Act.VALIDATE): ResponseState.VALIDATED,
    (ResponseState.VALIDATED, Act.REOPEN): ResponseState.SENT_BACK,
}
_REFUSALS = {
    (ResponseState.SUBMITTED, Act.FILL): N_(
        "La réponse est soumise\u00a0: elle ne change plus, sauf si elle est renvoyée."
    ),
    (ResponseState.SUBMITTED, Act.SUBMIT): N_("La réponse est déjà soumise."),
    (ResponseState.VALIDATED, Act.FILL): N_("La réponse est validée\u00a0: elle ne change plus."),
    (ResponseState.VALIDATED, Act.SUBMIT): N_("La réponse est déjà validée."),
}
_NOT_VALIDATED = N_("La réponse n’est pas validée\u00a0: il n’y a rien à rouvrir.")
_NOT_SUBMITTED = N_("La réponse n’est pas soumise\u00a0: il n’y a rien à décider.")


def after(state: ResponseState, act: Act) -> ResponseState | Sentence:
    """Return the state after an act, or the sentence that says why it is refused."""
    reached = _AFTER.get((state, act))
    if reached is not None:
        return reached
    otherwise = _NOT_VALIDATED if act is Act.REOPEN else _NOT_SUBMITTED
    return Sentence(_REFUSALS.get((state, act), otherwise))
