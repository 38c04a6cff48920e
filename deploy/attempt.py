"""One device under change: sessions to it, reading back, confirming, undoing, and proving each.

What a push and a resume have in common; how they undo is in `undo`. Nothing is believed of the
device but what a session of its own shows; a step stands in the journal before it is taken.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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

RETRY_S = 2.0
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
        self.guard_waits_until = 0.0  # when it acts, of the monotonic clock; 0: it does not wait

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
                time.sleep(RETRY_S / 2)
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
            time.sleep(RETRY_S / 2)

    def is_used(self, talk: Conversation, configuration: str) -> bool:
        """Return whether a configuration is in use, or is so within the family's time."""
        try:
            self.wait_for_effect(talk, configuration)
        except PushRejected:
            return False
        return True

    # -- the guard

    def arm(self, talk: Conversation, *, undoing: bool = False) -> None:
        """Arm the guard, and send nothing more in this session once it may have acted.

        Raises Unguarded when the device does not arm it.
        """
        own = self.configuration.guard
        waits_s = own.waits_s(self.order.guard_s)
        ends_s = waits_s + own.settle_s
        note = f"{own.kind}, {self.order.guard_s} s"
        self.journal(Step("arm_guard", note, guard_ends_s=ends_s))
        asked_at = time.monotonic()  # the device counts from before its answer is here
        self.guard_acted_at = asked_at + ends_s
        guard.arm(talk, self.configuration, self.order.guard_s, undoing=undoing)
        self.guard_waits_until = asked_at + waits_s if waits_s else 0.0
        talk.unguarded_from = self.guard_waits_until or None

    def confirm(self, talk: Conversation) -> None:
        """Take the guard off; raises PushRejected when it was faster."""
        self.journal(Step("confirm"))
        guard.confirm(talk, self.configuration)
        self.guard_waits_until = 0.0

    def tidy(self, talk: Conversation) -> None:
        """Take away what a guard leaves that acted, or whose confirmation was broken off."""
        with suppress(PushRejected):  # it waits: that of another push, whose it is to take it away
            talk.exchange(self.configuration.guard.tidy)

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
