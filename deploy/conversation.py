"""Commands to one device and the judgement of its answers, for shells and for CLIs alike."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence

from collectors.ssh import SshSession
from inventory.errors import Garbled, PushRejected
from inventory.vendors.configuration import Configuration, Dialect, Exchange, Shape, hide

_REACHED = "preau-reached:"
_NEXT = "preau-next"
# What is typed ahead of a shell must fit its terminal's buffer (4,096 octets on Linux), and a line
# the editor of BusyBox (CONFIG_FEATURE_EDITING_MAX_LEN, 1,024 by default): we fill less than half.
_SCRIPT_CHARACTERS = 1500
_LINE_CHARACTERS = 400
_MOST_LINES_OF_A_REFUSAL = 12


def batches(steps: Sequence[Exchange]) -> Iterator[list[Exchange]]:
    """Yield the steps in turn, as many together as one script may hold.

    A step whose answer is looked at, or that leaves something in the background, stands alone.
    """
    together: list[Exchange] = []
    for step in steps:
        alone = step.accept is not None or step.command.rstrip().endswith("&")
        size = sum(len(each.command) for each in together) + len(step.command)
        if together and (alone or size > _SCRIPT_CHARACTERS):
            yield together
            together = []
        if alone:
            yield [step]
        else:
            together.append(step)
    if together:
        yield together


def script(commands: Sequence[str]) -> str:
    """Return commands as one, which ends at the first that fails, with its status and its place.

    Short ones share a line, since each line comes back in a packet of its own. One of several lines
    may end with a here-document, and keeps its own; one that ends with `&` or `;` is ended already.
    """
    lines = ["preau_at=0; "]
    for place, command in enumerate(commands, start=1):
        ended = "\n" in command or command.endswith(("&", ";"))
        body = f"{{ {command}\n}}" if ended else f"{{ {command}; }}"
        step = f"{body} && preau_at={place}"
        first, *others = f"{step} {'||' if place == len(commands) else '&& '}".split("\n")
        if len(lines[-1]) + len(first) > _LINE_CHARACTERS:
            lines.append("")
        lines[-1] += first
        lines += others
    failed = f'{{ preau_status=$?; echo "{_REACHED}$preau_at"; (exit $preau_status); }}'
    return "\n".join([*lines, failed])


class Conversation:
    """One open session with a device of a known family.

    `names` are the secrets that may stand in what is said, by value: the device's own words in an
    error never show them.
    """

    def __init__(
        self, session: SshSession, configuration: Configuration, names: Mapping[str, str]
    ) -> None:
        self.session = session
        self.configuration = configuration
        self.unguarded_from: float | None = None
        # As it is, and as it stands quoted in a command line of ours.
        quoted = {configuration.spoken(value): name for value, name in names.items()}
        self._names = {**quoted, **names}

    def read(self) -> str:
        """Return the running configuration in the family's one form.

        Raises PushRejected when somebody's uncommitted changes wait on the device: what runs and
        what is shown are then not the same, and a commit of ours would commit them too.
        """
        unfinished = self.configuration.unfinished
        if unfinished is None:
            answers = self._answers(self.configuration.read)
        else:
            waiting, *answers = self._answers((unfinished, *self.configuration.read))
            self._refuse_unfinished(waiting)
        text = self.configuration.normalise(answers)
        if not text.strip():
            raise Garbled("the running configuration came back empty", where=self._where())
        return text

    def ask(self, exchange: Exchange) -> str:
        """Return the answer to one command; raises PushRejected, in the device's words."""
        if self.configuration.dialect is Dialect.SHELL:
            answer = self.session.shell(exchange.command, timeout_s=exchange.timeout_s)
            failed, text = answer.status != 0, answer.text
        else:
            text = self.session.run(
                exchange.command,
                expect=self.configuration.prompt,
                questions=self.configuration.questions,
                timeout_s=exchange.timeout_s,
            )
            failed = self._is_refusal(exchange.command, text)
        if failed or (exchange.accept and not re.search(exchange.accept, text)):
            raise self._rejected(exchange.command, text)
        return text

    def exchange(self, steps: Sequence[Exchange]) -> None:
        """Ask each in turn; raises PushRejected at the first that fails.

        Also where `unguarded_from`, a moment of the monotonic clock, has passed: an answer that was
        long in coming may come from a device that has undone the change, and has no guard any more.
        """
        if self.configuration.dialect is not Dialect.SHELL:
            for step in steps:
                self._refuse_unguarded()
                self.ask(step)
            return
        for together in batches(steps):
            self._refuse_unguarded()
            self._run_script(together)

    def _refuse_unguarded(self) -> None:
        if self.unguarded_from is not None and time.monotonic() > self.unguarded_from:
            raise PushRejected(
                "its guard's time is over before all was sent, so nothing more is sent",
                where=self._where(),
                todo="plan again, with a longer guard_s where it always takes so long",
            )

    def send(self, lines: Sequence[str]) -> None:
        """Type configuration lines; raises PushRejected at the first that the device refuses."""
        configuration = self.configuration
        self.exchange([Exchange(line) for line in configuration.enter])
        self.exchange([Exchange(line) for line in configuration.commands(lines)])
        self.exchange([Exchange(line) for line in configuration.leave])

    def give_up_lines(self) -> None:
        """Leave the configuration mode and forget what is not applied, after a refused line."""
        self.unguarded_from = None
        self.exchange([Exchange(line) for line in self.configuration.leave])
        self.exchange(self.configuration.discard)

    def _run_script(self, steps: Sequence[Exchange]) -> None:
        """Run several commands of a shell in one go; raises PushRejected for the first to fail."""
        if len(steps) == 1:
            self.ask(steps[0])
            return
        answer = self.session.shell(
            script([step.command for step in steps]),
            timeout_s=sum(step.timeout_s for step in steps),
        )
        if answer.status:
            text, _, place = answer.text.rpartition(_REACHED)
            reached = int(place) if place.strip().isdecimal() else 0
            raise self._rejected(steps[reached].command, text)

    def _answers(self, commands: Sequence[str]) -> list[str]:
        """Return the answer to each command; a shell gives them in one go, one after the other."""
        asked = [Exchange(command, timeout_s=60.0) for command in commands]
        if self.configuration.dialect is not Dialect.SHELL or len(asked) == 1:
            return [self.ask(each) for each in asked]
        text = self.ask(Exchange(f" && echo '{_NEXT}' && ".join(commands), timeout_s=60.0))
        return [each.strip("\n") for each in f"\n{text}\n".split(f"\n{_NEXT}\n")]

    def _refuse_unfinished(self, waiting: str) -> None:
        if waiting.strip():
            raise PushRejected(
                f"somebody's uncommitted changes wait on it ({len(waiting.splitlines())} lines)",
                where=self._where(),
                todo="commit or revert them on the device, then plan again",
            )

    def _is_refusal(self, command: str, text: str) -> bool:
        """Whether an answer is a refusal; a configuration that is shown may say anything."""
        lines = [line for line in text.splitlines() if line.strip()]
        if command in self.configuration.read and len(lines) > _MOST_LINES_OF_A_REFUSAL:
            return False
        return any(re.search(each, text, re.MULTILINE) for each in self.configuration.errors)

    def _rejected(self, command: str, text: str) -> PushRejected:
        words = " ".join(self._hidden(text).split()) or "nothing"
        shown = self._hidden(command.splitlines()[0])
        return PushRejected(f"it answered « {words[:300]} » to « {shown} »", where=self._where())

    def _hidden(self, text: str) -> str:
        """Return words without the secrets that we know and, of lines, those that are the device's.

        A hash that a rollback types again is not among the secrets that we know.
        """
        grammar = self.configuration.grammar
        shown = hide(text, self._names)
        return grammar.scrub(shown, {}).strip() if grammar.shape is Shape.INDENTED else shown

    def _where(self) -> str:
        return str(self.session.target)
