"""How many rows a walk asks at once, so that the answer fits the path and the agent.

An agent fills a GETBULK's answer as far as it was asked, so the size is ours to choose: many rows
cost few packets, but a datagram larger than a frame comes in fragments, of which some firewalls and
tunnels let none pass. How many octets a binding has is taken from the agent's last answer. What an
agent could not answer, or what did not arrive, is remembered for its next walk.
"""

from collectors.snmp.transport import Address

FRAME_OCTETS = 1_400  # what passes in one frame, also through a tunnel
MOST_ROWS = 60
_OCTETS_A_BINDING = 22  # before the first answer: a Counter32 of IF-MIB
_OVERHEAD_OCTETS = 60  # of the message around the bindings; some more under SNMPv3
_REMEMBERED = 200_000

# What was learned of agents, by their address: (rows at most, octets at most). Emptied when full.
_learned: dict[tuple[str, Address], tuple[int, int]] = {}


class Sizing:
    """The sizes of one agent's answers; `agent` is its zone and address."""

    def __init__(self, agent: tuple[str, Address], max_octets: int) -> None:
        self._agent = agent
        most_rows, octets = _learned.get(agent, (MOST_ROWS, max_octets))
        self._most_rows, self._octets = most_rows, min(octets, max_octets)
        self._octets_a_binding = float(_OCTETS_A_BINDING)

    def rows(self, columns: int) -> int:
        """Return how many rows of so many columns are asked at once."""
        fit = (self._octets - _OVERHEAD_OCTETS) / (self._octets_a_binding * columns)
        return max(1, min(int(fit), self._most_rows))

    def note(self, octets: int, bindings: int) -> None:
        """Take the size of an answer's bindings into account."""
        if bindings:
            self._octets_a_binding = octets / bindings

    def too_big(self, rows: int) -> bool:
        """Ask half of the rows that were too big an answer; False when it was one row only."""
        if rows <= 1:
            return False
        self._learn(rows // 2, self._octets)
        return True

    def lost(self) -> bool:
        """Ask no more than fits a frame from now on; False when that was so already."""
        if self._octets <= FRAME_OCTETS:
            return False
        self._learn(self._most_rows, FRAME_OCTETS)
        return True

    def _learn(self, most_rows: int, octets: int) -> None:
        self._most_rows, self._octets = most_rows, octets
        if len(_learned) >= _REMEMBERED:
            _learned.clear()
        _learned[self._agent] = (most_rows, octets)
