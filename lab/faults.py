"""Misbehaviour on request: what a device does wrong, set in its spec or while it runs."""

import re
from dataclasses import dataclass, field

from inventory.errors import InvalidInput

KINDS = ("refuse_line:PATTERN", "drop_session:LINES", "wrong_password", "silent", "slow:SECONDS")


@dataclass
class Faults:
    """The faults of one device; each may be changed while the device runs."""

    refused: re.Pattern[str] | None = None
    """A received line that matches is refused in the device's own words."""
    drop_after_lines: int | None = None
    """An SSH connection breaks once it has carried so many lines."""
    wrong_password: bool = False
    """No password is accepted."""
    silent: bool = False
    """SNMP and SSH do not answer; a TCP connection is accepted and stays mute."""
    slow_s: float = 0.0
    """How long each answer takes longer."""
    causes: list[str] = field(default_factory=list)
    """The faults as they were asked for, for the manifest."""

    def refuses(self, line: str) -> bool:
        """Whether this line is to be refused."""
        return self.refused is not None and self.refused.search(line) is not None

    def add(self, text: str) -> None:
        """Add one fault written as on the command line; raises InvalidInput if it is none."""
        kind, _, argument = text.partition(":")
        try:
            if kind == "refuse_line" and argument:
                self.refused = re.compile(argument)
            elif kind == "drop_session":
                self.drop_after_lines = int(argument or "1")
            elif kind == "wrong_password" and not argument:
                self.wrong_password = True
            elif kind == "silent" and not argument:
                self.silent = True
            elif kind == "slow":
                self.slow_s = float(argument or "1")
            else:
                raise InvalidInput(f"{text} is no fault", todo=f"use {', '.join(KINDS)}")
        except (ValueError, re.error) as error:
            raise InvalidInput(
                f"the fault {text} cannot be used: {error}", todo=f"use {', '.join(KINDS)}"
            ) from error
        self.causes.append(text)

    def clear(self) -> None:
        """Behave again."""
        self.refused = None
        self.drop_after_lines = None
        self.wrong_password = False
        self.silent = False
        self.slow_s = 0.0
        self.causes.clear()


def faults_of(texts: list[str] | tuple[str, ...] | str | None) -> Faults:
    """Return the faults written as `refuse_line:ssid`; None is none."""
    faults = Faults()
    for text in [texts] if isinstance(texts, str) else texts or []:
        faults.add(text)
    return faults


def parse_assignment(text: str) -> tuple[str, str]:
    """Return (device, fault) of `lac/ap3=silent`; raises InvalidInput if it is not so written."""
    device, equals, fault = text.partition("=")
    if not equals or not device:
        raise InvalidInput(f"{text} names no device and fault", todo="write lac/ap3=silent")
    faults_of(fault)
    return device, fault
