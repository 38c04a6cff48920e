"""The programs that every machine of the lab has, by name; a family keeps its own beside them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lab.posix.filesystem import FileError

if TYPE_CHECKING:
    from lab.posix.ash import Shell

Applet = Callable[["Shell", list[str]], Awaitable[int]]
COMMON: dict[str, Applet] = {}


def applet(*names: str, into: dict[str, Applet] = COMMON) -> Callable[[Applet], Applet]:
    """Register a program under its names, with those that all machines have or a family's."""

    def add(run: Applet) -> Applet:
        into.update(dict.fromkeys(names, run))
        return run

    return add


def split_flags(words: list[str], valued: str = "") -> tuple[dict[str, str], list[str]]:
    """Return the single-letter options, those in `valued` with their value, and the operands."""
    flags: dict[str, str] = {}
    operands: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            operands += rest
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        letters = word[1:]
        for place, letter in enumerate(letters):
            if letter in valued:
                flags[letter] = letters[place + 1 :] or (rest.pop(0) if rest else "")
                break
            flags[letter] = ""
    return flags, operands


def fail(shell: "Shell", name: str, text: str) -> int:
    """Tell an applet's error; returns status 1."""
    shell.streams.error(f"{name}: {text}\n")
    return 1


def path_of(shell: "Shell", name: str) -> str:
    """Return the absolute path of an operand."""
    return shell.machine.files.resolve(name, shell.directory)


async def read_texts(shell: "Shell", name: str, operands: list[str]) -> tuple[list[str], int]:
    """Return the texts of the operands, or of the standard input; and the status."""
    if not operands or operands == ["-"]:
        return [await shell.streams.input.read()], 0
    texts, status = [], 0
    for operand in operands:
        try:
            texts.append(shell.machine.files.read(path_of(shell, operand)))
        except FileError as error:
            status = fail(shell, name, f"can't open '{operand}': {error}")
    return texts, status
