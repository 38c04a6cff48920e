"""The load, in a process of its own: `python -m tests.bench.api.load JSON`. Prints JSON.

Open loop: requests begin at moments drawn beforehand (a Poisson process), whatever became of those
before; a latency counts from that moment, so that an answer that is late makes those behind it late
too and is not left out. Closed loop: each of some connections asks again as soon as it was
answered. An answer that is not the one expected ends the run.
"""

import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.api.installation import Words

_PAGE_ROWS, _LONG_ROWS = 50, 200
_LONGEST_HEAD = 64 * 1024
_IDLE_S = 3.0  # the server closes a connection that is idle for longer
MIX = {"device_list": 35, "site_list": 25, "search": 20, "transition": 10, "funnel": 10}
"""Of a hundred requests of the open loop, how many are of each kind."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of which server; durations in seconds."""

    port: int
    token: str
    words: str
    per_s: float
    warm_s: float
    open_s: float
    closed_s: float
    connections: int
    deep_page: int


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def get(self, path: str) -> bytes:
        """Return the body of a 200; raises RuntimeError for any other answer."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode(), b"200", path)

    async def post(self, path: str, body: dict[str, Any], if_match: str) -> bytes:
        """Return the body of a 201; raises RuntimeError for any other answer."""
        sent = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head}If-Match: {if_match}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        return await self._ask(head.encode() + sent, b"201", path)

    async def _ask(self, request: bytes, expected: bytes, path: str) -> bytes:
        if self._streams is not None and time.perf_counter() - self._used > _IDLE_S:
            self._streams[1].close()
            self._streams = None
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=_LONGEST_HEAD
            )
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body = await reader.readexactly(length)
        self._used = time.perf_counter()
        if head.split(b" ", 2)[1] != expected:
            raise RuntimeError(f"{path}: {head.splitlines()[0]!r} {body[:500]!r}")
        return body


class Questions:
    """What people ask, drawn from what there is."""

    def __init__(self, words: Words, chance: random.Random) -> None:
        self._words, self._chance = words, chance
        self._moves = self._dossiers()

    def draw(self) -> tuple[str, Callable[[Connection], Any]]:
        """Return a kind of request and what makes it."""
        kind = self._chance.choices(list(MIX), list(MIX.values()))[0]
        if kind == "transition":
            return kind, next(self._moves)
        path = getattr(self, f"_{kind}")()
        return kind, lambda connection: connection.get(path)

    def _device_list(self) -> str:
        pick, words = self._chance.choice, self._words
        asked: dict[str, Any] = pick(
            (
                {"province": pick(words.provinces), "role": "access_point"},
                {"province": pick(words.provinces), "role": "switch", "health": "down"},
                {"family": pick(words.families)},
                {"family": pick(words.families), "health": "degraded"},
                {"role": "access_point", "lifecycle": "faulty"},
                {"tag": pick(words.tags)},
                {"tag": pick(words.tags), "role": "switch"},
                {"site_id": pick(words.site_ids)},
                {"q": pick(words.names)[:9]},
                {"q": pick(words.serials)[:8]},
                {"health": "shadowed", "role": "controller"},
                {"health": "down", "lifecycle": "active"},
            )
        )
        return f"/api/v1/devices?{urlencode({**asked, 'limit': _PAGE_ROWS})}"

    def _site_list(self) -> str:
        pick, words = self._chance.choice, self._words
        asked: dict[str, Any] = pick(
            (
                {},
                {"province": pick(words.provinces)},
                {"status": pick(("in_service", "cabling", "on_hold", "reserves_open"))},
                {"condition": pick(("down", "findings", "well", "unequipped"))},
                {"province": pick(words.provinces), "condition": "down"},
                {"q": pick(words.communes)},
            )
        )
        return f"/api/v1/sites?{urlencode({**asked, 'limit': _PAGE_ROWS})}"

    def _search(self) -> str:
        pick, words = self._chance.choice, self._words
        text = pick(
            (
                pick(words.communes),
                f"tilleuls {pick(words.communes)}",
                f"{pick(words.communes)} {pick(words.names).rpartition('-')[2]}",
                "saint joseph",
                pick(words.names),
                pick(words.serials),
                pick(words.serials)[:6],
                pick(words.macs),
                pick(words.hosts),
                "administration communale",
                "introuvable",
            )
        )
        return f"/api/v1/search?{urlencode({'q': text})}"

    def _funnel(self) -> str:
        asked = self._chance.choice(
            ({}, {}, {"province": self._chance.choice(self._words.provinces)})
        )
        return f"/api/v1/programme/progress?{urlencode(asked)}"

    def _dossiers(self) -> Iterator[Callable[[Connection], Any]]:
        """Yield steps of dossiers that wait: scheduled, put on hold, taken up again, and so on."""
        waiting = list(self._words.waiting)
        self._chance.shuffle(waiting)
        told = {"priority_score": "71.5", "funding_source": "PRR", "lot": "Lot 1"}
        hold = {"to": "on_hold", "reason": "Chantier reporté."}
        rounds = 0
        while True:
            for site_id, version in waiting:
                if not rounds:
                    body: dict[str, Any] = {"to": "scheduled", "facts": told}
                else:
                    body = hold if rounds % 2 else {"to": "scheduled"}
                yield _move(site_id, version + rounds, body)
            rounds += 1


def _move(site_id: int, version: int, body: dict[str, Any]) -> Callable[[Connection], Any]:
    path = f"/api/v1/sites/{site_id}/dossier/transitions"
    return lambda connection: connection.post(path, body, f'"{version}.0"')


class Pool:
    """Connections that are free; one more is opened when none is."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._free: list[Connection] = []

    async def run(self, ask: Callable[[Connection], Any]) -> None:
        """Make one request on a free connection."""
        connection = (
            self._free.pop() if self._free else Connection(self._plan.port, self._plan.token)
        )
        await ask(connection)
        self._free.append(connection)


async def _open_loop(
    plan: Plan, pool: Pool, questions: Questions, seconds: float, chance: random.Random
) -> dict[str, list[float]]:
    """Return the latencies in ms by kind."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    begun = time.perf_counter()

    async def one(due: float, kind: str, ask: Callable[[Connection], Any]) -> None:
        await pool.run(ask)
        taken[kind].append(1000 * (time.perf_counter() - begun - due))

    at = 0.0
    async with asyncio.TaskGroup() as running:
        while (at := at + chance.expovariate(plan.per_s)) < seconds:
            kind, ask = questions.draw()
            await asyncio.sleep(max(0.0, begun + at - time.perf_counter()))
            running.create_task(one(at, kind, ask))
    return taken


async def _closed_loop(plan: Plan, path: str) -> float:
    """Return how many requests a second were answered."""
    count = 0
    end = time.perf_counter() + plan.closed_s

    async def one() -> None:
        nonlocal count
        connection = Connection(plan.port, plan.token)
        while time.perf_counter() < end:
            body = await connection.get(path)
            assert body.count(b'"serial"') == _PAGE_ROWS, path
            count += 1

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as running:
        for _ in range(plan.connections):
            running.create_task(one())
    return count / (time.perf_counter() - begun)


async def _deep_cursor(plan: Plan) -> str | None:
    """Return the cursor of a page far down the list, found as a client does: page by page."""
    connection = Connection(plan.port, plan.token)
    skipped, after = 0, ""
    while (left := (plan.deep_page - 1) * _PAGE_ROWS - skipped) > 0:
        rows = min(left, _LONG_ROWS)
        cursor = {"after": after} if after else {}
        page = json.loads(
            await connection.get(f"/api/v1/devices?{urlencode({'limit': rows, **cursor})}")
        )
        skipped += len(page["devices"])
        after = page["next"]
        if after is None:
            return None
    return after


async def _run(plan: Plan) -> dict[str, Any]:
    chance = random.Random(7)
    questions = Questions(Words.read(Path(plan.words)), chance)
    pool = Pool(plan)
    await _open_loop(plan, pool, questions, plan.warm_s, chance)
    taken = await _open_loop(plan, pool, questions, plan.open_s, chance)
    first = f"/api/v1/devices?limit={_PAGE_ROWS}"
    found: dict[str, Any] = {
        "latencies_ms": taken,
        "saturation_rps": await _closed_loop(plan, first),
    }
    cursor = await _deep_cursor(plan)
    if cursor is not None:
        found["deep_page_rps"] = await _closed_loop(plan, f"{first}&after={cursor}")
    return found


def main() -> None:
    """Make the load that the one argument describes, and print what was measured."""
    plan = Plan(**json.loads(sys.argv[1]))
    json.dump(asyncio.run(_run(plan)), sys.stdout)


if __name__ == "__main__":
    main()
