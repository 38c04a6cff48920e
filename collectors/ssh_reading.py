"""Carries out what a family declares to be read over SSH: commands to the device, answers back."""

import re
from typing import TypeVar

from collectors.ssh import SshSession
from inventory.errors import Garbled
from inventory.vendors.configuration import Dialect
from inventory.vendors.support import Ask, Reading, Terminal

T = TypeVar("T")


def read_over(session: SshSession, terminal: Terminal, reading: Reading[T]) -> T:
    """Return what `reading` makes of the answers to its commands, in one open session.

    Raises Unreachable when the connection breaks, Garbled when a command is refused or its answer
    is not what its manual shows. What was answered is in no error: it may hold a client's address.
    """
    try:
        asked = next(reading)
        while True:
            answer = _answer(session, terminal, asked)
            asked = reading.send(answer)
    except StopIteration as done:
        value: T = done.value
        return value
    except (ValueError, LookupError) as defect:
        raise Garbled(
            f"what it answered to « {_begin(asked)} » cannot be read ({type(defect).__name__})",
            where=str(session.target),
        ) from defect


def _answer(session: SshSession, terminal: Terminal, asked: Ask) -> str:
    if terminal.dialect is Dialect.SHELL:
        told = session.shell(asked.command, timeout_s=asked.timeout_s)
        failed, text = told.status != 0, told.text
    else:
        text = session.run(asked.command, expect=terminal.prompt, timeout_s=asked.timeout_s)
        failed = any(re.search(each, text, re.MULTILINE) for each in terminal.errors)
    if not failed:
        return text
    if asked.may_fail:
        # A shell's `cat` of two files, of which one is absent, still told the other.
        return text if terminal.dialect is Dialect.SHELL else ""
    raise Garbled(f"it refused « {_begin(asked)} »", where=str(session.target))


def _begin(asked: Ask) -> str:
    """Return how a command begins; what follows may be a client's address."""
    return " ".join(asked.command.split()[:2])
