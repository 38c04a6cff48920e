"""One of many: what is told again and again within a window is one event with a count. Pure.

An episode is about one subject of one device: the link of a port, an access point. The same told
again counts up the event that stands. The opposite is another event, since what is told last must
stand last; a subject that changes again and again gets one event more, which says so and follows.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from inventory.vendors.notification import Meaning, Told

WINDOW_S = 60.0
CHANGES_TOLD = 3  # an access point that restarts comes, goes and comes again

_TOPIC = {
    Meaning.LINK_DOWN: "link",
    Meaning.LINK_UP: "link",
    Meaning.ACCESS_POINT_DOWN: "access_point",
    Meaning.ACCESS_POINT_UP: "access_point",
    Meaning.POE_ON: "poe",
    Meaning.POE_OFF: "poe",
}


@dataclass(eq=False, slots=True)
class Entry:
    """One event to be: `row_id` once it stands in the event log, `written` what it said there."""

    device_id: int
    told: Told | None
    source: str
    count: int = 1
    changes: int = 0  # of an unstable subject; 0 for any other
    row_id: int | None = None
    written: int = 0

    @property
    def is_new(self) -> bool:
        """Whether it does not stand in the event log yet."""
        return self.row_id is None


@dataclass(slots=True)
class _Episode:
    opened_s: float
    entry: Entry
    changes: int = 0


class Episodes:
    """What was heard within the window; the oldest are forgotten beyond `most`."""

    def __init__(self, *, window_s: float = WINDOW_S, most: int = 50_000) -> None:
        self._window_s = window_s
        self._most = most
        self._open: OrderedDict[Hashable, _Episode] = OrderedDict()
        self._waiting: dict[int, Entry] = {}  # by id(): to be written, in the order of hearing

    def __len__(self) -> int:
        return len(self._open)

    def hear(self, device_id: int, source: str, told: Told, now_s: float) -> bool:
        """Take one notification; returns whether it is news, and no repetition."""
        topic = _TOPIC.get(told.meaning, told.meaning.value)
        episode = self._episode((device_id, topic, told.subject), now_s)
        if episode is None:
            entry = Entry(device_id, told, source)
            self._begin((device_id, topic, told.subject), _Episode(now_s, entry))
            self._wait(entry)
            return True
        entry = episode.entry
        if entry.told is not None and entry.told.meaning is told.meaning:
            entry.count += 1
            self._wait(entry)
            return False
        episode.changes += 1
        if not entry.changes:
            changes = episode.changes if episode.changes > CHANGES_TOLD else 0
            episode.entry = Entry(device_id, told, source, changes=changes)
        else:
            entry.told, entry.changes = told, episode.changes
            entry.count += 1
        self._wait(episode.entry)
        return not entry.changes

    def limited(self, device_id: int, source: str, count: int, now_s: float) -> None:
        """Take notifications that were thrown away because their source sends too many."""
        episode = self._episode((device_id, "limited"), now_s)
        if episode is None:
            entry = Entry(device_id, None, source, count)
            self._begin((device_id, "limited"), _Episode(now_s, entry))
        else:
            # A storm is one event however long it lasts: the window begins with its end.
            episode.opened_s, entry = now_s, episode.entry
            entry.count += count
        self._wait(entry)

    def take(self) -> list[Entry]:
        """Return what must be written or written again, and forget that it must."""
        taken = list(self._waiting.values())
        self._waiting.clear()
        return taken

    def put_back(self, entries: list[Entry]) -> None:
        """Keep these for the next time: the database did not take them."""
        self._waiting = {id(each): each for each in entries} | self._waiting

    def _episode(self, key: Hashable, now_s: float) -> _Episode | None:
        episode = self._open.get(key)
        if episode is not None and now_s - episode.opened_s > self._window_s:
            del self._open[key]
            return None
        return episode

    def _begin(self, key: Hashable, episode: _Episode) -> None:
        if len(self._open) >= self._most:
            self._open.popitem(last=False)
        self._open[key] = episode

    def _wait(self, entry: Entry) -> None:
        # While the database does not answer, what is heard last is what is lost.
        if len(self._waiting) < self._most or id(entry) in self._waiting:
            self._waiting[id(entry)] = entry
