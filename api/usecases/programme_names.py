"""Names and reasons that people write about the programme's means: what they may look like."""

from collections.abc import Sequence

from inventory.changes import MAX_REASON
from inventory.errors import InvalidInput
from inventory.sentences import Sentence

MAX_NAME = 100


def checked_name(name: str) -> str:
    """Return a name without its outer spaces; raises InvalidInput for none or one too long."""
    shown = name.strip()
    if not shown or len(shown) > MAX_NAME or not shown.isprintable():
        raise InvalidInput(
            Sentence("Un nom a de 1 à %(most)s caractères", most=MAX_NAME), where=name[:MAX_NAME]
        )
    return shown


def checked_reason(reason: str | None, *, needed: bool = False) -> str | None:
    """Return a reason without its outer spaces; raises InvalidInput for one too long.

    `needed`: also for none.
    """
    told = " ".join((reason or "").replace("\0", "").split())
    if len(told) > MAX_REASON:
        raise InvalidInput(
            Sentence("Un motif a au plus %(most)s caractères", most=MAX_REASON), where=told[:40]
        )
    if needed and not told:
        raise InvalidInput(Sentence("Dites pourquoi\u00a0: il manque le motif"))
    return told or None


def choice(known: Sequence[str], command: str) -> Sentence:
    """Return what to do about an unknown name: the names that there are, or how to make one."""
    if known:
        return Sentence("il y a\u00a0: %(names)s", names=tuple(known))
    return Sentence("il n’y en a pas encore\u00a0: %(command)s", command=command)
