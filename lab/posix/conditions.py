"""`test` and `[` (POSIX.1-2017, XCU, test)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lab.posix.builtins import builtin

if TYPE_CHECKING:
    from lab.posix.ash import Shell


@builtin("test", "[")
async def _test(shell: "Shell", words: list[str]) -> int:
    arguments = words[1:]
    if words[0] == "[":
        if not arguments or arguments[-1] != "]":
            shell.complain("[: missing ]")
            return 2
        arguments.pop()
    try:
        return 0 if _expression(shell, arguments) else 1
    except (ValueError, IndexError):
        shell.complain(f"{words[0]}: {' '.join(arguments)}: bad number or unknown operand")
        return 2


def _expression(shell: "Shell", words: list[str]) -> bool:
    for joint in ("-o", "-a"):
        if joint in words[1:-1]:
            place = words.index(joint, 1)
            left, right = words[:place], words[place + 1 :]
            if joint == "-o":
                return _expression(shell, left) or _expression(shell, right)
            return _expression(shell, left) and _expression(shell, right)
    if words and words[0] == "!":
        return not _expression(shell, words[1:])
    if len(words) <= 1:
        return bool(words and words[0])
    if len(words) == 2:
        return _unary(shell, words[0], words[1])
    return _binary(words[0], words[1], words[2])


def _unary(shell: "Shell", operator: str, operand: str) -> bool:
    files = shell.machine.files
    path = files.resolve(operand, shell.directory)
    checks: dict[str, Callable[[], bool]] = {
        "-n": lambda: bool(operand),
        "-z": lambda: not operand,
        "-e": lambda: files.exists(path),
        "-f": lambda: files.is_file(path),
        "-d": lambda: files.is_directory(path),
        "-r": lambda: files.exists(path),
        "-w": lambda: files.exists(path),
        "-x": lambda: files.exists(path),
        "-s": lambda: files.is_file(path) and bool(files.read(path)),
        "-L": lambda: False,
        "-t": lambda: shell.terminal is not None,
    }
    if operator not in checks:
        raise ValueError(operator)
    return checks[operator]()


def _binary(left: str, operator: str, right: str) -> bool:
    if operator in {"=", "=="}:
        return left == right
    if operator == "!=":
        return left != right
    a, b = int(left), int(right)
    return {
        "-eq": a == b,
        "-ne": a != b,
        "-lt": a < b,
        "-le": a <= b,
        "-gt": a > b,
        "-ge": a >= b,
    }[operator]
