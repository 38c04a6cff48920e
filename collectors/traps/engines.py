"""What SNMPv3 engines proved of their clocks, and whose engine each is.

RFC 3414 clause 3.2, step 7b: a message whose boots or time run back more than the window was
recorded earlier and is sent again. Between two messages the engine's clock is taken to run as ours.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

_WINDOW_S = 150
_LATEST = 2**31 - 1


@dataclass(slots=True)
class _Clock:
    boots: int
    time_s: int
    heard_s: float  # our monotonic time when it told so
    device_id: int | None = None


@dataclass(frozen=True, slots=True)
class KnownEngine:
    """An engine as it is kept between two runs."""

    zone_id: int
    engine_id: bytes
    boots: int
    time_s: int
    heard_at: datetime
    device_id: int | None = None


class EngineClocks:
    """The clocks of the engines that proved them, the least recently heard forgotten at `most`."""

    def __init__(self, *, most: int = 200_000) -> None:
        self._most = most
        self._clocks: OrderedDict[tuple[int, bytes], _Clock] = OrderedDict()
        self._unsaved: set[tuple[int, bytes]] = set()

    def __len__(self) -> int:
        return len(self._clocks)

    def recall(self, engine: KnownEngine, now: datetime) -> None:
        """Take what was kept of an engine; its clock ran on since."""
        since_s = max((now - engine.heard_at).total_seconds(), 0.0)
        self._keep(
            (engine.zone_id, engine.engine_id),
            _Clock(engine.boots, engine.time_s, time.monotonic() - since_s, engine.device_id),
        )

    def is_timely(self, zone_id: int, engine_id: bytes, boots: int, time_s: int) -> bool:
        """Tell whether an authentic message is no older than the window, and remember its clock."""
        if boots == _LATEST:  # RFC 3414 clause 2.2.2: such an engine must be given a new id
            return False
        key, now_s = (zone_id, engine_id), time.monotonic()
        known = self._clocks.get(key)
        if known is None:
            self._keep(key, _Clock(boots, time_s, now_s))
            self._unsaved.add(key)
            return True
        self._clocks.move_to_end(key)
        if boots > known.boots:
            known.boots, known.time_s, known.heard_s = boots, time_s, now_s
            self._unsaved.add(key)
            return True
        if boots < known.boots:
            return False
        runs_s = known.time_s + now_s - known.heard_s
        if time_s < runs_s - _WINDOW_S:
            return False
        if time_s > runs_s:
            known.time_s, known.heard_s = time_s, now_s
        return True

    def belongs(self, zone_id: int, engine_id: bytes, device_id: int) -> None:
        """Remember whose engine it is, as its address told."""
        clock = self._clocks.get((zone_id, engine_id))
        if clock is not None and clock.device_id != device_id:
            clock.device_id = device_id
            self._unsaved.add((zone_id, engine_id))

    def owner(self, zone_id: int, engine_id: bytes) -> int | None:
        """Return the device whose engine it is, None when no address told."""
        clock = self._clocks.get((zone_id, engine_id))
        return clock.device_id if clock else None

    def zones_of(self, engine_id: bytes, zone_ids: list[int]) -> list[int]:
        """Return those of the zones in which a device's engine has this id."""
        return [each for each in zone_ids if self.owner(each, engine_id) is not None]

    def take_unsaved(self, now: datetime) -> list[KnownEngine]:
        """Return the engines to be kept: new ones, those that restarted, those that were tied."""
        found = []
        now_s = time.monotonic()
        unsaved, self._unsaved = self._unsaved, set()  # another thread adds to it
        for zone_id, engine_id in unsaved:
            clock = self._clocks.get((zone_id, engine_id))
            if clock is not None:
                heard_at = now - timedelta(seconds=now_s - clock.heard_s)
                found.append(
                    KnownEngine(
                        zone_id, engine_id, clock.boots, clock.time_s, heard_at, clock.device_id
                    )
                )
        return found

    def put_back(self, engines: list[KnownEngine]) -> None:
        """Keep these for the next time: the database did not take them."""
        self._unsaved |= {(each.zone_id, each.engine_id) for each in engines}

    def _keep(self, key: tuple[int, bytes], clock: _Clock) -> None:
        if len(self._clocks) >= self._most:
            self._clocks.popitem(last=False)
        self._clocks[key] = clock
