"""The guard at work: the device undoes by itself what we do not confirm.

A guard is armed before anything changes and confirmed from a new session, which proves that the
path still stands. What a guard is made of is the family's knowledge (`configuration.Guard`).
"""

from collections.abc import Sequence

from deploy.conversation import Conversation
from inventory.errors import PushRejected, Unguarded
from inventory.vendors.configuration import Configuration, Exchange


def arm(
    conversation: Conversation,
    configuration: Configuration,
    seconds: int,
    *,
    undoing: bool = False,
) -> None:
    """Arm the device's guard; raises Unguarded, with the device's words, when it does not arm.

    `undoing` says that what runs is a change of ours which is being undone, and may not be saved.
    """
    own = configuration.guard
    steps = (own.arm_undoing if undoing else None) or own.arm
    try:
        conversation.exchange(steps(seconds))
    except PushRejected as error:
        raise Unguarded(
            f"the guard could not be armed ({error.what}), so nothing was sent",
            where=error.where,
            todo="look at the device: an earlier guard may still wait",
        ) from error


def protects(configuration: Configuration, seconds: int, *, has_power: bool) -> bool:
    """Return whether something undoes a change that cuts the path: a timer, or the switch's port.

    `has_power` says that the port which powers the device is known.
    """
    own = configuration.guard
    return has_power if own.by_power else bool(own.arm(seconds))


def confirm(conversation: Conversation, configuration: Configuration) -> None:
    """Keep the change; raises PushRejected when the guard was faster and has undone it."""
    conversation.exchange(configuration.guard.confirm)


def restore(conversation: Conversation, configuration: Configuration) -> bool:
    """Let the device undo the change now; return whether its guard can do that on request."""
    steps: Sequence[Exchange] = configuration.guard.restore
    conversation.exchange(steps)
    return bool(steps)
