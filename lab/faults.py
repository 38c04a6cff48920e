"""Misbehaviour on request: what a device does wrong, set in its spec or while it runs."""

import re
from dataclasses import dataclass, field

from inventory.errors import InvalidInput

KINDS = (
    "refuse_line:PATTERN",
    "drop_session:LINES",
    "wrong_password",
    "silent",
    "slow:SECONDS",
    "reboot_on_save",
    "lose_path:PATTERN",
    "lock_out:PATTERN",
    "odd_prompt",
)
# The faults that a received line brings about, and the field that holds its pattern.
_BY_LINE = {
    "refuse_line": "refused",
    "lose_path": "path_lost_by",
    "lock_out": "locked_out_by",
}


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
    reboot_on_save: bool = False
    """The device restarts in the midst of a save; what was to be saved is not."""
    path_lost_by: re.Pattern[str] | None = None
    """A received line that matches cuts the path to the device until its old state is back."""
    locked_out_by: re.Pattern[str] | None = None
    """From a received line that matches on no password is accepted until the old state is back."""
    odd_prompt: bool = False
    """A line of the log stands before each prompt, as on a console."""
    causes: list[str] = field(default_factory=list)
    """The faults as they were asked for, for the manifest."""

    def refuses(self, line: str) -> bool:
        """Whether this line is to be refused."""
        return self.refused is not None and self.refused.search(line) is not None

    def cuts_path(self, line: str) -> bool:
        """Whether this line takes the path away."""
        return self.path_lost_by is not None and self.path_lost_by.search(line) is not None

    def locks_out(self, line: str) -> bool:
        """Whether this line makes the device refuse every password."""
        return self.locked_out_by is not None and self.locked_out_by.search(line) is not None

    def before_prompt(self) -> str:
        """Return what stands before the next prompt."""
        return (
            "\n*Mar  1 00:12:34.567: %SYS-6-LAB: nothing that matters\n" if self.odd_prompt else ""
        )

    def add(self, text: str) -> None:
        """Add one fault written as on the command line; raises InvalidInput if it is none."""
        kind, _, argument = text.partition(":")
        try:
            if kind in _BY_LINE and argument:
                setattr(self, _BY_LINE[kind], re.compile(argument))
            elif kind == "drop_session":
                self.drop_after_lines = int(argument or "1")
            elif kind == "wrong_password" and not argument:
                self.wrong_password = True
            elif kind == "silent" and not argument:
                self.silent = True
            elif kind == "slow":
                self.slow_s = float(argument or "1")
            elif kind == "reboot_on_save" and not argument:
                self.reboot_on_save = True
            elif kind == "odd_prompt" and not argument:
                self.odd_prompt = True
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
        self.reboot_on_save = False
        self.path_lost_by = None
        self.locked_out_by = None
        self.odd_prompt = False
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
