"""The proposals of one zone that wait or were refused, found again by what tells one thing."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from inventory.models import Proposal, ProposalState
from inventory.proposals import Found


class ProposalBook:
    """Knows a proposal again: by an address of its own, its serial, or its name and place.

    A controller lists thousands of access points, so each is looked up and none searched for.
    """

    def __init__(self, session: Session, zone_id: int) -> None:
        waiting = (ProposalState.OPEN, ProposalState.REFUSED)
        query = select(Proposal).where(
            Proposal.zone_id == zone_id, col(Proposal.state).in_(waiting)
        )
        self._by_mark: dict[str, Proposal] = {}
        self._by_name: dict[str, list[Proposal]] = {}
        for row in session.exec(query.order_by(col(Proposal.id))):
            self.add(row)

    def add(self, row: Proposal) -> None:
        """Know a proposal from now on, or by what it tells now."""
        for mark in _marks(row.serial, row.macs):
            self._by_mark.setdefault(mark, row)
        named = self._by_name.setdefault(_short(row.name), [])
        if row not in named:
            named.append(row)

    def remove(self, row: Proposal) -> None:
        """Know a proposal no more: it was accepted."""
        for mark in _marks(row.serial, row.macs):
            if self._by_mark.get(mark) is row:
                del self._by_mark[mark]
        named = self._by_name.get(_short(row.name), [])
        if row in named:
            named.remove(row)

    def find(self, found: Found) -> Proposal | None:
        """Return the proposal that `found` is; None: nobody decided or waits for it.

        An address outweighs a serial, as it does for devices.
        """
        for mark in _marks(found.marks.serial, sorted(found.marks.macs)):
            if mark in self._by_mark:
                return self._by_mark[mark]
        named = self._by_name.get(_short(found.name), ())
        return next((row for row in named if _may_be(row, found)), None)


def _marks(serial: str | None, macs: list[str]) -> Iterator[str]:
    yield from (f"mac {mac}" for mac in macs)
    if serial is not None:
        yield f"serial {serial}"


def _short(name: str) -> str:
    # CDP says sw1.school.example where LLDP says sw1.
    return name.split(".", maxsplit=1)[0].lower()


def _may_be(row: Proposal, found: Found) -> bool:
    """Tell whether two of one name are one by their place, where their marks do not deny it."""
    if (row.macs and found.marks.macs) or (row.serial and found.marks.serial):
        return False
    if row.host is not None and row.host == found.host:
        return True
    place = (found.place.device_id, found.place.port)
    return row.seen_on is not None and (row.seen_by_id, row.seen_on) == place
