"""Commands to one device and the judgement of its answers, for shells and for CLIs alike."""

import re
from collections.abc import Mapping, Sequence

from collectors.ssh import SshSession
from inventory.errors import Garbled, PushRejected
from inventory.vendors.configuration import Configuration, Dialect, Exchange, hide


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
        # As it is, and as it stands quoted in a command line of ours.
        quoted = {configuration.spoken(value): name for value, name in names.items()}
        self._names = {**quoted, **names}

    def read(self) -> str:
        """Return the running configuration in the family's one form.

        Raises PushRejected when somebody's uncommitted changes wait on the device: what runs and
        what is shown are then not the same, and a commit of ours would commit them too.
        """
        self._refuse_unfinished()
        answers = [
            self.ask(Exchange(command, timeout_s=60.0)) for command in self.configuration.read
        ]
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
            failed = any(re.search(p, text, re.MULTILINE) for p in self.configuration.errors)
        if failed or (exchange.accept and not re.search(exchange.accept, text)):
            raise self._rejected(exchange.command, text)
        return text

    def exchange(self, steps: Sequence[Exchange]) -> None:
        """Ask each in turn; raises PushRejected at the first that fails."""
        for step in steps:
            self.ask(step)

    def send(self, lines: Sequence[str]) -> None:
        """Type configuration lines; raises PushRejected at the first that the device refuses."""
        configuration = self.configuration
        self.exchange([Exchange(line) for line in configuration.enter])
        for line in configuration.commands(lines):
            self.ask(Exchange(line))
        self.exchange([Exchange(line) for line in configuration.leave])

    def give_up_lines(self) -> None:
        """Leave the configuration mode and forget what is not applied, after a refused line."""
        self.exchange([Exchange(line) for line in self.configuration.leave])
        self.exchange(self.configuration.discard)

    def _refuse_unfinished(self) -> None:
        if self.configuration.unfinished is None:
            return
        waiting = self.ask(Exchange(self.configuration.unfinished))
        if waiting.strip():
            raise PushRejected(
                f"somebody's uncommitted changes wait on it ({len(waiting.splitlines())} lines)",
                where=self._where(),
                todo="commit or revert them on the device, then plan again",
            )

    def _rejected(self, command: str, text: str) -> PushRejected:
        words = " ".join(hide(text, self._names).split()) or "nothing"
        shown = hide(command.splitlines()[0], self._names)
        return PushRejected(f"it answered « {words[:300]} » to « {shown} »", where=self._where())

    def _where(self) -> str:
        return str(self.session.target)
