"""One conversation with one agent: GET, and a walk of several columns at once.

A walk asks up to `WIDTH` columns in each GETBULK and notes for each column where it stands. What an
agent cannot do is asked in smaller pieces (fewer repetitions, then fewer columns, then GETNEXT);
what it cannot do at all ends that column with a problem, never the conversation.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from collectors.snmp import familiar, message
from collectors.snmp.ber import END_OF_MIB_VIEW, VarBind
from collectors.snmp.familiar import Column, Known, Question
from collectors.snmp.message import Response
from collectors.snmp.sizing import Sizing
from collectors.snmp.trail import Changed, Trail, wrong_place
from collectors.snmp.transport import Address, NoAnswer, NotOurs, Transport, random_id
from collectors.snmp.usm import UsmSession
from collectors.target import SnmpTarget
from inventory.errors import DeviceError, Garbled, Refused, Unreachable
from inventory.observation import Problem
from inventory.vendors.mib import MibView, Oid, Value, dotted

WIDTH = 8
NAMES_A_GET = 24
MAX_ROWS = 100_000
SILENT_COLUMNS = 2
DEADLINE_S = 120.0
_AUTHORIZATION_ERROR = 16


class _Silent(Exception):
    """The agent, which answered before, answers nothing any more."""


@dataclass
class Conversation:
    """What is known of one agent while it is read. `answered` turns true with its first reply."""

    transport: Transport
    target: SnmpTarget
    address: Address
    values: dict[Oid, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    answered: bool = False
    _width: int = WIDTH
    _rows: int = 1
    _bulk: bool = True
    _silent_columns: int = 0
    _head: bytes = field(default=b"", repr=False)
    _usm: UsmSession | None = None
    _sizing: Sizing = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._bulk = self.target.v3 is not None or self.target.version != "1"
        self._sizing = Sizing((self.target.zone, self.address), self.target.max_bytes)
        version = message.V1 if self.target.version == "1" else message.V2C
        self._head = message.encode_head(version, self.target.community.encode())
        if self.target.v3 is not None:
            self._usm = UsmSession(self.transport, self.target, self.target.v3, self.address)

    def view(self) -> MibView:
        """Return all that was read until now."""
        return MibView(self.values, self.problems)

    async def get(self, names: Sequence[Oid]) -> MibView:
        """Return a view of the instances that exist among `names`."""
        for start in range(0, len(names), NAMES_A_GET):
            await self._get(list(names[start : start + NAMES_A_GET]))
        return self.view()

    async def _get(self, names: list[Oid]) -> None:
        response = await self._ask(message.GET, Question(message.encode_tail(message.GET, names)))
        if response.error_status == message.NO_ERROR:
            asked = set(names)
            self._keep(bind for bind in response.varbinds if bind[0] in asked)
        elif len(names) == 1:
            if response.error_status != message.NO_SUCH_NAME:
                self._problem(names[0], response.error_word)
        elif response.error_status != message.TOO_BIG and (1 <= response.error_index <= len(names)):
            # SNMPv1 answers nothing when one name does not exist, so it is asked without it.
            await self._get(names[: response.error_index - 1] + names[response.error_index :])
        else:
            half = len(names) // 2
            await self._get(names[:half])
            await self._get(names[half:])

    async def walk(self, roots: Iterable[Oid], *, deadline_s: float = DEADLINE_S) -> MibView:
        """Return a view of all instances under each of `roots`.

        An agent that answered once is never an error afterwards: when it falls silent or the
        deadline passes, what was read until then is returned, with a problem that says so.
        """
        try:
            async with asyncio.timeout(deadline_s):
                await self._walk(deque(Column(root, root) for root in roots))
        except TimeoutError:
            self.problems.append(Problem("walk", f"it was not finished after {deadline_s:.0f} s"))
        except _Silent:
            self.problems.append(Problem("walk", "the agent stopped answering"))
        return self.view()

    async def retrace(self, trail: Trail) -> list[Oid] | Changed:
        """Read again what a walk found, and that it would find nothing else now.

        Returns the names that were answered to the trail's hops, in their order, or what is not as
        it was. What was read until then stands in the view. Raises Unreachable where it answers
        nothing at all.
        """
        answers: list[Oid] = []
        for step in trail.steps:
            try:
                response = await self._ask(message.GET_NEXT, step.question)
            except (Unreachable, Garbled):
                if not self.answered:
                    raise
                return Changed(None)
            if response.error_status != message.NO_ERROR:
                return Changed(None)
            if response.known is not None:
                pattern, values = response.known
                self.values.update(zip(pattern.kept, pattern.pick(values), strict=True))
                answers += [name for name, _ in pattern.heads]
                continue
            wrong = wrong_place(step, response.varbinds)
            if wrong is not None:
                told = response.varbinds[wrong][0] if wrong < len(response.varbinds) else ()
                return trail.changed(step.hops[wrong], told)
            self._keep(response.varbinds[place] for place in step.found)
            names = [name for name, _, _ in response.varbinds[: len(step.hops)]]
            answers += names
            if all(value is not None for _, _, value in response.varbinds):
                step.question.learn(names, step.found, (), self.address)
        return answers

    async def _walk(self, queue: deque[Column]) -> None:
        active: list[Column] = []
        while True:
            while queue and len(active) < self._width:
                active.append(queue.popleft())
            while len(active) > self._width:
                queue.appendleft(active.pop())
            if not active:
                return
            await self._step(active)
            active = [column for column in active if not column.ended]

    async def _step(self, active: list[Column]) -> None:
        pdu_type = message.GET_BULK if self._bulk else message.GET_NEXT
        standing = tuple([(column.root, column.last) for column in active])
        rows = self._sizing.rows(len(active)) if self._bulk else 1
        question = familiar.question((pdu_type, rows, standing), _encode_question)
        self._rows = question.repetitions
        try:
            response = await self._ask(pdu_type, question)
        except (Unreachable, Garbled) as error:
            if not self.answered:
                raise
            self._on_silence(active, error)
            return
        self._silent_columns = 0
        self._sizing.note(response.octets, response.bindings)
        if response.error_status != message.NO_ERROR:
            self._on_error(active, response)
        elif response.known is not None:
            self._take_known(active, response.known)
        elif len(response.varbinds) < len(active):
            self._take_by_name(active, response.varbinds)
        else:
            self._take_in_order(active, response.varbinds, question)

    def _take_known(self, active: list[Column], known: Known) -> None:
        pattern, values = known
        self.values.update(zip(pattern.kept, pattern.pick(values), strict=True))
        for column, (last, rows, ended) in zip(active, pattern.steps, strict=True):
            column.last = last
            column.rows += rows
            column.ended = ended
            if column.rows > MAX_ROWS:
                self._end(column, f"it has more than {MAX_ROWS} rows")

    def _take_in_order(
        self, active: list[Column], varbinds: list[VarBind], question: Question
    ) -> None:
        width, problems = len(active), len(self.problems)
        asked = min(width * (question.repetitions if self._bulk else 1), len(varbinds))
        kept: list[int] = []
        before = [column.rows for column in active]
        for place, column in enumerate(active):
            self._take_column(column, varbinds[place:asked:width])
            taken = column.rows - before[place]
            kept += range(place, place + taken * width, width)
        if len(self.problems) == problems and all(value is not None for _, _, value in varbinds):
            steps = [
                Column(column.root, column.last, column.rows - rows, column.ended)
                for column, rows in zip(active, before, strict=True)
            ]
            names = [name for name, _, _ in varbinds]
            question.learn(names, kept, steps, self.address)

    def _take_column(self, column: Column, varbinds: list[VarBind]) -> None:
        root, last, rows = column.root, column.last, column.rows
        width, values = len(root), self.values
        for name, tag, value in varbinds:
            if tag == END_OF_MIB_VIEW or name[:width] != root:
                column.ended = True
                break
            if name <= last:
                self._end(column, f"its OIDs do not increase after {dotted(last)}")
                break
            if rows >= MAX_ROWS:
                self._end(column, f"it has more than {MAX_ROWS} rows")
                break
            last = name
            rows += 1
            if value is not None:
                values[name] = value
        column.last, column.rows = last, rows

    def _take_by_name(self, active: list[Column], varbinds: list[VarBind]) -> None:
        """Take a reply that is shorter than one row: only the names tell whose values it holds."""
        moved = False
        for bind in varbinds:
            for column in active:
                if bind[0][: len(column.root)] == column.root and bind[0] > column.last:
                    moved = True
                    self._take_column(column, [bind])
        if moved:
            return
        if len(active) > 1:
            self._width = 1  # alone, a column's end is told from a column that was left out
        else:
            self._ask_less(active, "its answer holds nothing that was asked")

    def _on_error(self, active: list[Column], response: Response) -> None:
        status, index = response.error_status, response.error_index
        if status == message.TOO_BIG:
            if self._bulk and self._sizing.too_big(self._rows):
                return
            if self._width > 1:
                self._width = max(1, len(active) // 2)
            else:
                self._ask_less(active, response.error_word)
        elif status == message.NO_SUCH_NAME and (index or len(active) == 1):
            active[min(index, len(active)) - 1 if index else 0].ended = True
        elif not self._bulk and 1 <= index <= len(active):
            self._end(active[index - 1], response.error_word)
        else:
            self._ask_less(active, response.error_word)

    def _on_silence(self, active: list[Column], error: DeviceError) -> None:
        if self._bulk and self._rows > 1 and self._sizing.lost():
            return  # perhaps the path lets no fragments pass
        before = len(self.problems)
        self._ask_less(active, error.what)
        self._silent_columns += len(self.problems) - before
        if self._silent_columns >= SILENT_COLUMNS:
            raise _Silent

    def _ask_less(self, active: list[Column], why: str) -> None:
        """Ask one column by GETNEXT from now on; where that was asked already, end the column."""
        if self._width > 1 or self._bulk:
            self._width, self._bulk = 1, False
        else:
            self._end(active[0], why)

    def _end(self, column: Column, why: str) -> None:
        column.ended = True
        self._problem(column.root, why)

    def _problem(self, name: Oid, why: str) -> None:
        self.problems.append(Problem(what=dotted(name), why=why))

    def _keep(self, varbinds: Iterable[VarBind]) -> None:
        for name, _, value in varbinds:
            if value is not None:
                self.values[name] = value

    async def _ask(self, pdu_type: int, question: Question) -> Response:
        try:
            response = await self._exchange(pdu_type, question)
        except NoAnswer as error:
            raise self._unanswered(error) from error
        self.answered = True
        if response.error_status == _AUTHORIZATION_ERROR:
            who = "our community" if self._usm is None else "to let our user read"
            raise Refused(f"the agent refuses {who}", where=str(self.target))
        return response

    async def _exchange(self, pdu_type: int, question: Question) -> Response:
        request_id = random_id()
        pdu = message.complete_pdu(pdu_type, request_id, question.tail)
        if self._usm is not None:
            return await self._usm.exchange(pdu, request_id, question)

        def read(data: bytes) -> Response:
            response = message.decode_response(data, question)
            if response.request_id != request_id:
                raise NotOurs("with a request id that was not asked")
            return response

        return await self.transport.exchange(
            self.address,
            message.complete_message(self._head, pdu),
            read,
            timeout_s=self.target.timeout_s,
            retries=self.target.retries,
        )

    def _unanswered(self, error: NoAnswer) -> DeviceError:
        if error.garbled:
            return Garbled(str(error), where=str(self.target))
        return Unreachable(str(error), where=str(self.target), todo=self._advice())

    def _advice(self) -> str | None:
        if self.answered:
            return None
        if self._usm is None:
            return "check the address, the port and the community"
        return "check the address, the port and whether the agent speaks SNMPv3"


def _encode_question(key: familiar.Key) -> bytes:
    pdu_type, repetitions, standing = key
    names = [last for _, last in standing]
    return message.encode_tail(pdu_type, names, max_repetitions=repetitions)
