"""Undoing: the old configuration is brought back, put in use, and proven; else the guard does it.

A guard that is over protects nothing any more. So lines that undo what it left are sent under a new
one: a path that they cut is found again, where it would otherwise be lost for good.
"""

import time

from deploy import guard
from deploy.attempt import RETRY_S, Attempt, PushResult, Step
from deploy.conversation import Conversation
from deploy.difference import remediation
from inventory.errors import DeviceError, PushRejected, Refused, Unguarded
from inventory.models import PushState


class Undoing(Attempt):
    """An attempt that can bring back what ran before it.

    `unapplied` says that lines which undo were typed, and nobody knows whether they were put in use
    as well.
    """

    unapplied = False
    _deadline = 0.0  # until then it is tried
    _anew = False  # whether it waits for a guard of the undoing as well, once

    def undo(self, cause: DeviceError) -> PushResult:
        """Bring the old configuration back and prove it; else leave the device to its guard."""
        self.journal(Step("roll_back", type(cause).__name__))
        self._deadline = self.guard_acted_at
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
            except DeviceError as error:
                self.journal(Step("roll_back_waits", type(error).__name__))
            if time.monotonic() > self._deadline:
                if power_cut or not self._cut_power():
                    return self.failed(PushState.IN_DOUBT, cause)
                power_cut, by_guard = True, True
            time.sleep(RETRY_S)

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
        self._deadline = time.monotonic() + self.configuration.guard.settle_s
        return True

    def _old_is_back(self, *, by_guard: bool) -> bool:
        grammar = self.configuration.grammar
        with self.session() as talk:
            talk.exchange(self.configuration.discard)
            self.shown = talk.read()
            back = remediation(grammar, self.shown, self.before)
            if not back:
                if not self.unapplied and self.is_used(talk, self.before):
                    self.stand_down(talk)
                    return True
                self.apply_before(talk)
            elif not (by_guard and guard.restore(talk, self.configuration)):
                self._send_back(talk, back)
        with self.session_again() as talk:
            self.shown = talk.read()
            if remediation(grammar, self.shown, self.before):
                return False
            self.wait_for_effect(talk, self.before)
            self.stand_down(talk)
        return True

    def _send_back(self, talk: Conversation, back: tuple[str, ...]) -> None:
        """Send the lines that undo, under a guard, and put them in use."""
        self._guard_anew(talk)
        self.unapplied = True
        talk.send(back)
        talk.exchange(self.configuration.apply(back))
        self.unapplied = False

    def apply_before(self, talk: Conversation) -> None:
        """Put in use what is shown again: what the push had changed is started anew."""
        lines = remediation(self.configuration.grammar, self.intended, self.before)
        talk.exchange(self.configuration.apply(lines))
        self.unapplied = False

    def _guard_anew(self, talk: Conversation) -> None:
        """Have a guard for the lines that undo, where the push's own may be over.

        One that waits still is left as it is: a device does not arm a second. Raises Unguarded
        where there is none and the path is concerned.
        """
        own = self.configuration.guard
        waits_s = own.waits_s(self.order.guard_s)
        if not waits_s:
            return
        first_waits_until = self.guard_waits_until
        if not self._anew:
            self._anew = True
            self._deadline = max(self._deadline, time.monotonic() + waits_s + own.settle_s)
        try:
            self.arm(talk, undoing=True)
        except Unguarded:
            if time.monotonic() < first_waits_until:
                talk.unguarded_from = first_waits_until
            elif self.order.touches_path and not self.order.accepted_by:
                raise

    def stand_down(self, talk: Conversation) -> None:
        """Take the guard off a device that shows its old configuration."""
        talk.unguarded_from = None
        try:
            guard.confirm(talk, self.configuration)
        except PushRejected:
            # A guard that had acted, or was never armed, has nothing left to be taken off.
            self.journal(Step("guard_had_acted"))
            self.tidy(talk)
