"""How two drafts differ, site by site."""

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.programme.planning.problem import Slot


@dataclass(frozen=True, slots=True)
class Moved:
    """A site that has another place in the second plan; None: no place."""

    site_id: int
    before: Slot | None
    after: Slot | None

    @property
    def quarters(self) -> int | None:
        """Return by how many quarters it comes later (below 0: earlier); None: placed in one."""
        if self.before is None or self.after is None:
            return None
        one, other = self.before.quarter, self.after.quarter
        return 4 * (other.year - one.year) + other.number - one.number


def compare(before: Mapping[int, Slot], after: Mapping[int, Slot]) -> tuple[Moved, ...]:
    """Return the sites that have another place in `after`, by id."""
    return tuple(
        Moved(site_id, before.get(site_id), after.get(site_id))
        for site_id in sorted(before.keys() | after.keys())
        if before.get(site_id) != after.get(site_id)
    )
