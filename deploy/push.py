"""One push: read, compare, guard, send, read back, confirm; or undo, and prove that it is undone.

A device ends in one of few states, and each is what was read from it: `verified` shows all that was
intended, `rolled_back` shows again what ran before, `skipped` and `failed` were not touched, and
`in_doubt` could not be read back, its guard being left to act. No database is known here; the
journal is told each step before it is taken.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from collectors.ssh import open_session
from collectors.target import SshTarget
from deploy import guard
from deploy.conversation import Conversation
from deploy.difference import Difference, difference
from deploy.render import names_by_value
from inventory.errors import DeviceError, PushRejected, Refused, Unguarded
from inventory.models import PushState
from inventory.vendors.configuration import Configuration, DisplayedValue, Exchange, Settled

Journal = Callable[[str, str | None], None]

_RETRY_S = 2.0
_ANSWER_AGAIN_S = 60.0  # how long a device may take to let us in after its network was reloaded


@dataclass(frozen=True, slots=True)
class PushOrder:
    """What was planned for one device, frozen; `values` are the secrets, opened just before."""

    target: SshTarget
    configuration: Configuration
    running_digest: str
    intended: str
    remediation: str
    values: Mapping[str, str] = field(repr=False)
    guard_s: int = 180
    # The names of secrets by the hashed forms of them in a configuration: deploy.displayed.
    known: Callable[[str], Mapping[str, str]] = field(default=lambda _shown: {}, repr=False)


@dataclass(frozen=True, slots=True)
class PushResult:
    """How it ended. `shown` is the last configuration that was read; it holds secrets."""

    state: PushState
    error_kind: str | None = None
    error: str | None = None
    shown: str | None = field(default=None, repr=False)
    displayed: tuple[DisplayedValue, ...] = field(default=(), repr=False)
    host_key: str | None = None


class _Changed(Exception):
    """The device or its secrets are not what the plan saw."""


def push(order: PushOrder, digest: Callable[[str], str], journal: Journal) -> PushResult:
    """Carry out one order and return how it ended; a device's failure is a result, not raised."""
    return _Push(order, digest, journal).carry_out()


class _Push:
    def __init__(self, order: PushOrder, digest: Callable[[str], str], journal: Journal) -> None:
        self.order = order
        self.configuration = order.configuration
        self.names = names_by_value(order.values)
        self.digest = digest
        self.journal = journal
        self.target = order.target
        self.before = ""  # what ran, with its secrets
        self.intended = ""
        self.shown: str | None = None
        self.touched = False  # whether anything, the guard included, was set on the device
        self.armed_at = 0.0

    def carry_out(self) -> PushResult:
        try:
            change = self._send()
            if not change:
                return self._result(PushState.UNCHANGED)
            self._verify()
            self._keep()
        except _Changed as changed:
            return self._result(PushState.SKIPPED, kind="Conflict", error=str(changed))
        except Unguarded as error:
            return self._failed(PushState.FAILED, error)  # nothing was sent
        except DeviceError as error:
            return self._undo(error) if self.touched else self._failed(PushState.FAILED, error)
        displayed = self.configuration.grammar.displayed(self.order.intended, self.shown or "")
        return replace(self._result(PushState.VERIFIED), displayed=displayed)

    def _send(self) -> Difference:
        self.journal("read", None)
        with self._conversation() as talk:
            self.shown = self.before = talk.read()
            self.names = {**self.names, **self.order.known(self.before)}
            self.configuration = self.configuration.guarded_for(self.before)
            change = self._planned_change()
            if not change:
                return change
            self.journal("arm_guard", f"{self.configuration.guard.kind}, {self.order.guard_s} s")
            self.touched = True
            self.armed_at = time.monotonic()
            guard.arm(talk, self.configuration, self.order.guard_s)
            self.journal("send", f"{len(change.remediation)} lines")
            try:
                talk.send(change.remediation)
            except PushRejected:
                with suppress(DeviceError):  # what matters is the line that was refused
                    talk.give_up_lines()
                raise
            self.journal("apply", None)
            talk.exchange(self.configuration.apply(change.remediation))
        return change

    def _planned_change(self) -> Difference:
        """Return the change with its secrets; raises _Changed where it is not the reviewed one."""
        if self.digest(self.before) != self.order.running_digest:
            raise _Changed("its configuration changed since the plan; plan again")
        grammar = self.configuration.grammar
        try:
            self.intended = grammar.unscrub(
                self.order.intended, self.before, self.order.values, self.names
            )
        except (KeyError, ValueError) as error:
            raise _Changed(
                f"a secret of the plan cannot be put in ({error}); plan again"
            ) from error
        masked = difference(grammar, grammar.scrub(self.before, self.names), self.order.intended)
        if "\n".join(masked.remediation) != self.order.remediation:
            raise _Changed("a secret or the product changed since the plan; plan again")
        return difference(grammar, self.before, self.intended)

    def _verify(self) -> None:
        """Read back in a new session, which proves the path, and see the change in use."""
        self.journal("read_back", None)
        with self._again(_ANSWER_AGAIN_S) as talk:
            self._refuse_difference(talk)
            self._wait_for_effect(talk, self.intended)
        with self._again(_ANSWER_AGAIN_S) as talk:
            self._refuse_difference(talk)
            self.journal("confirm", None)
            guard.confirm(talk, self.configuration)

    def _keep(self) -> None:
        """Save what was confirmed, so that it outlives a reload of the device."""
        if not self.configuration.save:
            return
        self.journal("save", None)
        with self._again(_ANSWER_AGAIN_S) as talk:
            talk.exchange(self.configuration.save)

    def _refuse_difference(self, talk: Conversation) -> None:
        grammar = self.configuration.grammar
        self.shown = talk.read()
        expected = grammar.as_shown(self.order.intended, self.intended, self.shown)
        left = difference(grammar, self.shown, expected)
        if left:
            first = difference(
                grammar,
                grammar.scrub(self.shown, self.names),
                grammar.scrub(expected, self.names),
            ).remediation or ("a secret",)
            raise PushRejected(
                f"it took {len(left.remediation)} lines that it does not show, "
                f"the first « {' / '.join(first[:2])} »",
                where=str(self.target),
            )

    def _wait_for_effect(self, talk: Conversation, configuration: str) -> None:
        effect = self.configuration.effect
        if effect is None:
            return
        deadline = time.monotonic() + effect.timeout_s
        while True:
            seen: Settled = effect.judge(talk.ask(Exchange(effect.command)), configuration)
            if seen.done:
                return
            if time.monotonic() > deadline:
                raise PushRejected(
                    f"it shows the configuration but does not use it: {seen.problem}",
                    where=str(self.target),
                )
            time.sleep(_RETRY_S / 2)

    def _undo(self, cause: DeviceError) -> PushResult:
        """Bring the old configuration back and prove it; else leave the device to its guard."""
        self.journal("roll_back", type(cause).__name__)
        wait_s = self.configuration.guard.waits_s(self.order.guard_s)
        deadline = self.armed_at + wait_s + self.configuration.guard.settle_s
        by_guard = True
        while True:
            try:
                if self._old_is_back(by_guard=by_guard):
                    return self._failed(PushState.ROLLED_BACK, cause)
                by_guard = False  # it had nothing left to do: the lines do it
            except Refused as error:
                return self._failed(PushState.IN_DOUBT, error)
            except DeviceError as error:
                self.journal("roll_back_waits", type(error).__name__)
            if time.monotonic() > deadline:
                return self._failed(PushState.IN_DOUBT, cause)
            time.sleep(_RETRY_S)

    def _old_is_back(self, *, by_guard: bool) -> bool:
        grammar = self.configuration.grammar
        with self._conversation() as talk:
            talk.exchange(self.configuration.discard)
            self.shown = talk.read()
            back = difference(grammar, self.shown, self.before)
            if not back:
                self._stand_down(talk)
                return True
            if not (by_guard and guard.restore(talk, self.configuration)):
                talk.send(back.remediation)
                talk.exchange(self.configuration.apply(back.remediation))
        with self._again(_ANSWER_AGAIN_S) as talk:
            self.shown = talk.read()
            if difference(grammar, self.shown, self.before):
                return False
            self._wait_for_effect(talk, self.before)
            self._stand_down(talk)
        return True

    def _stand_down(self, talk: Conversation) -> None:
        # The old configuration runs: a guard that still waits has nothing left to put back.
        try:
            guard.confirm(talk, self.configuration)
        except PushRejected:
            self.journal("guard_had_acted", None)

    @contextmanager
    def _conversation(self) -> Iterator[Conversation]:
        with open_session(self.target) as session:
            # The key that was seen first is the one that every later session must show.
            self.target = replace(self.target, host_key=session.host_key or None)
            yield Conversation(session, self.configuration, self.names)

    @contextmanager
    def _again(self, patience_s: float) -> Iterator[Conversation]:
        """Yield a new session, waiting for a device that reloads its network."""
        deadline = time.monotonic() + patience_s
        while True:
            try:
                opened = self._conversation()
                talk = opened.__enter__()
                break
            except Refused:
                raise
            except DeviceError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_S / 2)
        try:
            yield talk
        finally:
            opened.__exit__(None, None, None)

    def _failed(self, state: PushState, error: DeviceError) -> PushResult:
        return self._result(state, kind=type(error).__name__, error=str(error))

    def _result(
        self, state: PushState, *, kind: str | None = None, error: str | None = None
    ) -> PushResult:
        return PushResult(state, kind, error, self.shown or None, host_key=self.target.host_key)
