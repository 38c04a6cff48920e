"""One device, or a recording of one, read into an Observation.

Recognised first by one GET, then asked only for what its family's reading needs. A recording goes
through the same pure functions.
"""

from collections.abc import Callable, Sequence

from collectors.outcome import Outcome
from collectors.recognise import recognise, recognition_names
from collectors.recorded import observe_recording
from collectors.snmp.client import converse_many
from collectors.snmp.engine import Conversation
from collectors.target import SnmpTarget
from inventory.observation import Observation
from inventory.settings import Settings
from inventory.vendors.plausible import plausible

__all__ = ["observe_many", "observe_recording"]


def observe_many(
    targets: Sequence[SnmpTarget],
    *,
    settings: Settings,
    on_done: Callable[[Outcome[SnmpTarget, Observation]], None] | None = None,
) -> list[Outcome[SnmpTarget, Observation]]:
    """Return for each target, in their order, what it says of itself, or why it could not be read.

    An outcome's error is Unreachable, Refused or Garbled. What a device that answers could not tell
    stands in its Observation's `problems`. `on_done` is called as each one ends.
    """
    return converse_many(
        targets, _observe, max_in_flight=settings.snmp_max_devices_in_flight, on_done=on_done
    )


async def _observe(conversation: Conversation) -> Observation:
    told = await conversation.get(recognition_names())
    reading = recognise(told).reading
    return plausible(reading.observe(await conversation.walk(reading.columns_of(told))))
