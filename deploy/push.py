"""One push: read, compare, guard, send, read back, confirm; or undo, and prove that it is undone.

A device ends in one of few states, and each is what was read from it: `verified` shows all that was
intended, `rolled_back` shows again what ran before, `skipped` and `failed` were not touched, and
`in_doubt` could not be read back, its guard being left to act. No database is known here; the
journal is told each step before it is taken.
"""

from collections.abc import Callable
from contextlib import suppress

from deploy import guard
from deploy.attempt import Journal, PushOrder, PushResult, Step
from deploy.difference import remediation
from deploy.undo import Undoing
from inventory.errors import DeviceError, PushRejected, Unguarded
from inventory.models import PushState

__all__ = ["Journal", "PushOrder", "PushResult", "Step", "push"]


class _Changed(Exception):
    """The device or its secrets are not what the plan saw."""


def push(order: PushOrder, digest: Callable[[str], str], journal: Journal) -> PushResult:
    """Carry out one order and return how it ended; a device's failure is a result, not raised."""
    return _Push(order, digest, journal).carry_out()


class _Push(Undoing):
    def __init__(self, order: PushOrder, digest: Callable[[str], str], journal: Journal) -> None:
        super().__init__(order, journal)
        self._digest = digest
        self._touched = False  # whether anything, the guard included, was set on the device

    def carry_out(self) -> PushResult:
        try:
            if not self._send():
                return self.result(PushState.UNCHANGED)
            self.verify()
        except _Changed as changed:
            return self.result(PushState.SKIPPED, kind="Conflict", error=str(changed))
        except Unguarded as error:
            return self.failed(PushState.FAILED, error)  # nothing was sent
        except DeviceError as error:
            return self.undo(error) if self._touched else self.failed(PushState.FAILED, error)
        return self.verified()

    def _send(self) -> tuple[str, ...]:
        """Send the planned lines and return them; none where the device needs none."""
        self.journal(Step("read"))
        with self.session() as talk:
            self.shown = self.before = talk.read()
            self.names = {**self.names, **self.order.known(self.before)}
            self.configuration = self.configuration.guarded_for(
                self.before, touches_path=self.order.touches_path
            )
            lines = self._planned_lines()
            if not lines:
                return lines
            self._refuse_unguarded()
            self._touched = True
            self.arm(talk)
            self.journal(Step("send", lines=len(lines)))
            try:
                talk.send(lines)
            except PushRejected:
                with suppress(DeviceError):  # what matters is the line that was refused
                    talk.give_up_lines()
                raise
            self.journal(Step("apply"))
            talk.exchange(self.configuration.apply(lines))
        return lines

    def _planned_lines(self) -> tuple[str, ...]:
        """Return the lines to send, with their secrets; raises _Changed for other than reviewed."""
        if self._digest(self.before) != self.order.running_digest:
            raise _Changed("its configuration changed since the plan; plan again")
        grammar = self.configuration.grammar
        masked = remediation(grammar, grammar.scrub(self.before, self.names), self.order.intended)
        if "\n".join(masked) != self.order.remediation:
            raise _Changed("a secret or the product changed since the plan; plan again")
        try:
            self.intended = self.order.restores or grammar.unscrub(
                self.order.intended, self.before, self.order.values, self.names
            )
        except (KeyError, ValueError) as error:
            raise _Changed(
                f"a secret of the plan cannot be put in ({error}); plan again"
            ) from error
        return remediation(grammar, self.before, self.intended)

    def _refuse_unguarded(self) -> None:
        """Raise Unguarded for a change that could cut the path and that nothing would undo."""
        order = self.order
        if not order.touches_path or order.accepted_by:
            return
        if not guard.protects(
            self.configuration, order.guard_s, has_power=order.cut_power is not None
        ):
            raise Unguarded(
                "the change could cut the path to it and no guard would undo it, "
                "so nothing was sent",
                where=str(self.target),
                todo="somebody on site may accept it: preau deploy accept",
            )
