"""After a run was killed: read a device back in a new session, and bring it to a known end.

The journal tells what may have been done, the device what was. The old configuration needs its
guard taken off and may be sent the change again; the new one, whole, is verified and confirmed as a
push would; anything between is undone. Nothing is sent before the device was read.
"""

import time
from dataclasses import replace

from deploy import guard
from deploy.attempt import Journal, PushOrder, PushResult, Step
from deploy.conversation import Conversation
from deploy.difference import remediation
from deploy.rollout import Recovery, recovery
from deploy.undo import Undoing
from inventory.errors import DeviceError, Interrupted, PushRejected, Refused
from inventory.models import PushState

_LOOK_AGAIN_S = 1.0  # for a command that was on its way to the device when the run was killed
_GUARD_ACTS_S = 10.0  # how long a guard may take from its time until what it did can be read


def recover(order: PushOrder, journal: Journal) -> PushResult:
    """Bring a device in doubt to a known end and return it; a device's failure is a result.

    `planned`: the old configuration runs without a guard, and the change may be sent (again).
    `verified`, `rolled_back` and `in_doubt` are what they are for a push.
    """
    return _Recovery(order, journal).carry_out()


class _Recovery(Undoing):
    def __init__(self, order: PushOrder, journal: Journal) -> None:
        super().__init__(order, journal)
        self.configuration = order.configuration.guarded_for(
            order.before, touches_path=order.touches_path
        )
        self._guard_ends = self.guard_acted_at - self.configuration.guard.settle_s
        if not {"confirm", "stand_down"} & set(order.steps):
            self.guard_waits_until = self._guard_ends
        # What was typed to undo stands; whether it was also put in use, nobody knows.
        self.unapplied = "roll_back" in order.steps

    def carry_out(self) -> PushResult:
        self.names = {**self.names, **self.order.known(self.before)}
        self.journal(Step("read_again"))
        try:
            self.intended = self._wanted()
            return self._settle()
        except Refused as error:
            return self.failed(PushState.IN_DOUBT, error)
        except DeviceError as error:
            return self._may_go_again(self.undo(error), error)

    def _may_go_again(self, result: PushResult, cause: DeviceError) -> PushResult:
        """Return that a device which was put back only as the run was killed may be sent it."""
        lines = self.order.remediation.splitlines()
        again = "send" not in self.order.steps or all(map(self.configuration.repeatable, lines))
        ours = isinstance(cause, Interrupted) and "roll_back" not in self.order.steps
        if result.state is PushState.ROLLED_BACK and ours and again:
            return replace(result, state=PushState.PLANNED, error_kind=None, error=None)
        return result

    def _wanted(self) -> str:
        if self.order.restores:
            return self.order.restores
        grammar = self.configuration.grammar
        try:
            return grammar.unscrub(self.order.intended, self.before, self.order.values, self.names)
        except (KeyError, ValueError) as error:
            raise Interrupted(
                f"the run was killed, and a secret of its plan is gone ({error})"
            ) from error

    def _settle(self) -> PushResult:
        with self.session_again(max(self.order.guard_left_s, _LOOK_AGAIN_S)) as talk:
            todo = self._judged(talk)
            if todo is Recovery.STAND_DOWN:
                if self.unapplied:
                    self.apply_before(talk)
                self.journal(Step("stand_down"))
                self.stand_down(talk)
            elif todo is Recovery.FINISH and "read_back" not in self.order.steps:
                # What was typed stands; whether it was also put in use, nobody knows.
                self.journal(Step("apply"))
                lines = remediation(self.configuration.grammar, self.before, self.intended)
                talk.exchange(self.configuration.apply(lines))
        if todo is Recovery.STAND_DOWN:
            return self._old()
        if todo is Recovery.UNDO:
            raise Interrupted("the run was killed while it changed the device")
        self.verify()
        return self.verified()

    def _judged(self, talk: Conversation) -> Recovery:
        # Lines that were typed and not applied are ours: the journal says that we began.
        talk.exchange(self.configuration.discard)
        self.shown = talk.read()
        grammar = self.configuration.grammar
        expected = grammar.as_shown(self.order.intended, self.intended, self.shown)
        return recovery(
            shows_old=not remediation(grammar, self.shown, self.before),
            shows_new=not remediation(grammar, self.shown, expected),
            steps=self.order.steps,
        )

    def _old(self) -> PushResult:
        """Return that the old configuration runs, once a second look says the same."""
        time.sleep(_LOOK_AGAIN_S)
        with self.session_again() as talk:
            self.shown = talk.read()
            if remediation(self.configuration.grammar, self.shown, self.before):
                raise Interrupted("the run was killed while it changed the device")
            self.wait_for_effect(talk, self.before)
        cause = Interrupted("the run was killed; the configuration of before runs, so plan again")
        return self._may_go_again(self.failed(PushState.ROLLED_BACK, cause), cause)

    def confirm(self, talk: Conversation) -> None:
        """Take the guard off, where the killed run has not done so already."""
        self.journal(Step("confirm"))
        try:
            guard.confirm(talk, self.configuration)
        except PushRejected:
            if "confirm" not in self.order.steps:
                raise
            # Either we had confirmed, or the guard acts just now: then it shows soon.
            near = time.monotonic() > self._guard_ends - _GUARD_ACTS_S
            time.sleep(_GUARD_ACTS_S if near else _LOOK_AGAIN_S)
            with self.session_again() as again:
                self.refuse_difference(again)
                self.tidy(again)
