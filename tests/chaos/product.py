"""`preau` as it is, but that it counts the minutes of the lab's devices as those do.

They are shorter than ours (`tests.chaos.schools`). A product that took them for minutes would hold
a guard for armed that has acted, and go on sending: what it never does to a real device.
"""

from dataclasses import replace

from api.cli import main
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import families
from tests.chaos.schools import minute_s

_FAMILY = {
    known.configuration.device_type: name
    for name, known in families().items()
    if known.configuration is not None
}
_guarded_for = Configuration.guarded_for


def _in_lab_minutes(
    configuration: Configuration, running: str, *, touches_path: bool = True
) -> Configuration:
    found = _guarded_for(configuration, running, touches_path=touches_path)
    waits_s, short = found.guard.waits_s, minute_s(_FAMILY[found.device_type]) / 60
    guard = replace(found.guard, waits_s=lambda seconds: int(waits_s(seconds) * short))
    return replace(found, guard=guard)


if __name__ == "__main__":
    Configuration.guarded_for = _in_lab_minutes  # type: ignore[method-assign, assignment]
    main()
