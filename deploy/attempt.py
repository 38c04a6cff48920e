"""One device under change: sessions to it, reading back, confirming, undoing, and proving each.

What a push and a resume have in common. Nothing is believed of the device but what a session of its
own shows; a step stands in the journal before it is taken.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from collectors.ssh import open_session
from collectors.target import SshTarget
from deploy import guard
from deploy.conversation import Conversation
from deploy.difference import remediation
from deploy.render import names_by_value
from inventory.errors import DeviceError, PushRejected, Refused
from inventory.models import PushState
from inventory.vendors.configuration import Configuration, DisplayedValue, Exchange, Settled

_RETRY_S = 2.0
_ANSWER_AGAIN_S = 60.0  # how long a device may take to let us in after its network was reloaded
_SAVE_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What is done next. `lines` are sent by it; a guard armed by it has acted in `guard_ends_s`.

    `note` is for a person and holds no secret.
    """

    name: str
    note: str | None = None
    lines: int | None = None
    guard_ends_s: float | None = None


Journal = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class PushOrder:
    """What was planned for one device, frozen; `values` are the secrets, opened just before.

    `restores` is the full text of a kept configuration that is brought back; `intended` is then the
    same, masked. `accepted_by` is who, on site, accepts a change that no guard would undo.
    `cut_power` takes the power from the device at its switch and gives it back, where that port is
    known. `before`, `steps` and `guard_left_s` are told to a resume: what ran before the push, its
    journal, and how long its guard may still take to act.
    """

    target: SshTarget
    configuration: Configuration
    running_digest: str
    intended: str
    remediation: str
    values: Mapping[str, str] = field(repr=False)
    guard_s: int = 180
    # The names of secrets by the hashed forms of them in a configuration: deploy.displayed.
    known: Callable[[str], Mapping[str, str]] = field(default=lambda _shown: {}, repr=False)
    touches_path: bool = False
    accepted_by: str | None = None
    restores: str | None = field(default=None, repr=False)
    cut_power: Callable[[], None] | None = None
    before: str = field(default="", repr=False)
    steps: tuple[str, ...] = ()
    guard_left_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PushResult:
    """How it ended. `shown` is the last configuration that was read; it holds secrets.

    `planned` says of a resume that the device is as it was before the push and may be sent it.
    """

    state: PushState
    error_kind: str | None = None
    error: str | None = None
    shown: str | None = field(default=None, repr=False)
    displayed: tuple[DisplayedValue, ...] = field(default=(), repr=False)
    host_key: str | None = None


class Attempt:
    """One push or resume of one device; its subclasses say in which order things are done."""

    def __init__(self, order: PushOrder, journal: Journal) -> None:
        self.order = order
        self.configuration = order.configuration
        self.names: dict[str, str] = names_by_value(order.values)
        self.journal = journal
        self.target = order.target
        self.before = order.before  # what ran, with its secrets
        self.intended = ""
        self.shown: str | None = None
        self.guard_acted_at = time.monotonic() + order.guard_left_s

    # -- sessions

    @contextmanager
    def session(self) -> Iterator[Conversation]:
        """Yield a new session; raises Unreachable, Refused or Garbled."""
        with open_session(self.target) as session:
            # The key that was seen first is the one that every later session must show.
            self.target = replace(self.target, host_key=session.host_key or None)
            yield Conversation(session, self.configuration, self.names)

    @contextmanager
    def session_again(self, patience_s: float = _ANSWER_AGAIN_S) -> Iterator[Conversation]:
        """Yield a new session, waiting for a device that reloads its network."""
        deadline = time.monotonic() + patience_s
        while True:
            try:
                opened = self.session()
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

    # -- proving what is intended

    def verify(self) -> None:
        """See the change in new sessions, shown and in use; then confirm it and save it.

        A change that could cut the path, or that took a while to be in use, is confirmed from yet
        another session, which proves that the path stands once all has settled. Raises DeviceError.
        """
        self.journal(Step("read_back"))
        with self.session_again() as talk:
            self.refuse_difference(talk)
            at_once = self.wait_for_effect(talk, self.intended)
            if at_once and not self.order.touches_path:
                self._confirm_and_save(talk)
                return
        with self.session_again() as talk:
            self.refuse_difference(talk)
            self._confirm_and_save(talk)

    def refuse_difference(self, talk: Conversation) -> None:
        """Read back; raises PushRejected when anything that was intended is not shown."""
        grammar = self.configuration.grammar
        self.shown = talk.read()
        expected = grammar.as_shown(self.order.intended, self.intended, self.shown)
        left = remediation(grammar, self.shown, expected)
        if left:
            first = remediation(
                grammar,
                grammar.scrub(self.shown, self.names),
                grammar.scrub(expected, self.names),
            ) or ("a secret",)
            raise PushRejected(
                f"it took {len(left)} lines that it does not show, "
                f"the first « {' / '.join(first[:2])} »",
                where=str(self.target),
            )

    def wait_for_effect(self, talk: Conversation, configuration: str) -> bool:
        """Wait until a configuration is in use; return whether it was so at once.

        Raises PushRejected when it is not in the family's time.
        """
        effect = self.configuration.effect
        if effect is None:
            return True
        deadline = time.monotonic() + effect.timeout_s
        at_once = True
        while True:
            seen: Settled = effect.judge(talk.ask(Exchange(effect.command)), configuration)
            if seen.done:
                return at_once
            if time.monotonic() > deadline:
                raise PushRejected(
                    f"it shows the configuration but does not use it: {seen.problem}",
                    where=str(self.target),
                )
            at_once = False
            time.sleep(_RETRY_S / 2)

    def _is_used(self, talk: Conversation, configuration: str) -> bool:
        """Return whether a configuration is in use, or is so within the family's time."""
        try:
            self.wait_for_effect(talk, configuration)
        except PushRejected:
            return False
        return True

    def confirm(self, talk: Conversation) -> None:
        """Take the guard off; raises PushRejected when it was faster."""
        self.journal(Step("confirm"))
        guard.confirm(talk, self.configuration)

    def _confirm_and_save(self, talk: Conversation) -> None:
        self.confirm(talk)
        if not self.configuration.save:
            return
        self.journal(Step("save"))
        try:
            talk.exchange(self.configuration.save)
        except DeviceError:
            self._save_again()

    def _save_again(self) -> None:
        """Save from a new session: the device may have restarted, with the old configuration."""
        for attempt in range(_SAVE_ATTEMPTS):
            self.journal(Step("save"))
            with self.session_again() as talk:
                self.refuse_difference(talk)
                try:
                    talk.exchange(self.configuration.save)
                except DeviceError:
                    if attempt + 1 == _SAVE_ATTEMPTS:
                        raise
                else:
                    return

    # -- undoing

    def undo(self, cause: DeviceError) -> PushResult:
        """Bring the old configuration back and prove it; else leave the device to its guard."""
        self.journal(Step("roll_back", type(cause).__name__))
        deadline = self.guard_acted_at
        by_guard, power_cut = True, False
        while True:
            try:
                if self._old_is_back(by_guard=by_guard):
                    return self.failed(PushState.ROLLED_BACK, cause)
                by_guard = False  # it had nothing left to do: the lines do it
            except Refused as error:
                # Not asked twice, but for a device that forgets with its power what locked us out.
                if power_cut or not self._cut_power():
                    return self.failed(PushState.IN_DOUBT, error)
                power_cut, by_guard = True, True
                deadline = time.monotonic() + self.configuration.guard.settle_s
            except DeviceError as error:
                self.journal(Step("roll_back_waits", type(error).__name__))
            if time.monotonic() > deadline:
                if power_cut or not self._cut_power():
                    return self.failed(PushState.IN_DOUBT, cause)
                power_cut, by_guard = True, True
                deadline = time.monotonic() + self.configuration.guard.settle_s
            time.sleep(_RETRY_S)

    def _cut_power(self) -> bool:
        """Let the switch take the device's power and give it back; return whether it did."""
        if not self.configuration.guard.by_power or self.order.cut_power is None:
            return False
        self.journal(Step("power_cycle"))
        try:
            self.order.cut_power()
        except DeviceError as error:
            self.journal(Step("roll_back_waits", type(error).__name__))
            return False
        return True

    def _old_is_back(self, *, by_guard: bool) -> bool:
        grammar = self.configuration.grammar
        with self.session() as talk:
            talk.exchange(self.configuration.discard)
            self.shown = talk.read()
            back = remediation(grammar, self.shown, self.before)
            if not back and self._is_used(talk, self.before):
                self.stand_down(talk)
                return True
            if not back:
                # Shown, and not in use: what uses it is started anew.
                lines = remediation(grammar, self.intended, self.before)
                talk.exchange(self.configuration.apply(lines))
            elif not (by_guard and guard.restore(talk, self.configuration)):
                talk.send(back)
                talk.exchange(self.configuration.apply(back))
        with self.session_again() as talk:
            self.shown = talk.read()
            if remediation(grammar, self.shown, self.before):
                return False
            self.wait_for_effect(talk, self.before)
            self.stand_down(talk)
        return True

    def stand_down(self, talk: Conversation) -> None:
        """Take the guard off a device that shows its old configuration."""
        try:
            guard.confirm(talk, self.configuration)
        except PushRejected:
            # A guard that had acted, or was never armed, has nothing left to be taken off.
            self.journal(Step("guard_had_acted"))

    # -- how it ended

    def verified(self) -> PushResult:
        """Return that the device shows and uses what was intended."""
        displayed = self.configuration.grammar.displayed(self.order.intended, self.shown or "")
        return replace(self.result(PushState.VERIFIED), displayed=displayed)

    def failed(self, state: PushState, error: DeviceError) -> PushResult:
        """Return an end that an error of the device led to."""
        return self.result(state, kind=type(error).__name__, error=str(error))

    def result(
        self, state: PushState, *, kind: str | None = None, error: str | None = None
    ) -> PushResult:
        """Return an end, with what was read last."""
        return PushResult(state, kind, error, self.shown or None, host_key=self.target.host_key)
