"""The commands that ash has built in."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lab.posix.filesystem import FileError
from lab.posix.process import SIGNALS, Exit, LoopFlow, Return

if TYPE_CHECKING:
    from lab.posix.ash import Shell

Builtin = Callable[["Shell", list[str]], Awaitable[int]]
BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Register a builtin under its names."""

    def add(run: Builtin) -> Builtin:
        BUILTINS.update(dict.fromkeys(names, run))
        return run

    return add


@builtin(":", "true")
async def _true(_shell: "Shell", _words: list[str]) -> int:
    return 0


@builtin("false")
async def _false(_shell: "Shell", _words: list[str]) -> int:
    return 1


@builtin("echo")
async def _echo(shell: "Shell", words: list[str]) -> int:
    arguments = words[1:]
    end, escapes = "\n", False
    while arguments and arguments[0] in {"-n", "-e", "-ne", "-en"}:
        flags = arguments.pop(0)
        end = "" if "n" in flags else end
        escapes = escapes or "e" in flags
    text = " ".join(arguments)
    if escapes:
        text = unescape(text)
    shell.streams.write(text + end)
    return 0


def unescape(text: str) -> str:
    """Return text with its escapes for line ends, tabs and backslashes made real."""
    marks = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    result, place = "", 0
    while place < len(text):
        if text[place] == "\\" and text[place + 1 : place + 2] in marks:
            result += marks[text[place + 1]]
            place += 2
        else:
            result += text[place]
            place += 1
    return result


@builtin("printf")
async def _printf(shell: "Shell", words: list[str]) -> int:
    if len(words) < 2:
        shell.complain("printf: usage: printf FORMAT [ARG]...")
        return 1
    template, values = unescape(words[1]), words[2:]
    while True:
        text, rest = _format(template, values)
        shell.streams.write(text)
        if not rest or rest == values:
            return 0
        values = rest


def _format(template: str, values: list[str]) -> tuple[str, list[str]]:
    result, place, left = "", 0, list(values)
    while place < len(template):
        if template[place] == "%" and place + 1 < len(template):
            kind = template[place + 1]
            place += 2
            if kind == "%":
                result += "%"
            elif kind in "sbdi":
                value = left.pop(0) if left else ""
                value = unescape(value) if kind == "b" else value
                result += (value or "0") if kind in "di" else value
        else:
            result += template[place]
            place += 1
    return result, left


@builtin("cd")
async def _cd(shell: "Shell", words: list[str]) -> int:
    target = words[1] if len(words) > 1 else "/root"
    path = shell.machine.files.resolve(target, shell.directory)
    if not shell.machine.files.is_directory(path):
        shell.complain(f"cd: can't cd to {target}: No such file or directory")
        return 2
    shell.directory = path
    return 0


@builtin("pwd")
async def _pwd(shell: "Shell", _words: list[str]) -> int:
    shell.streams.write(shell.directory + "\n")
    return 0


@builtin("exit")
async def _exit(shell: "Shell", words: list[str]) -> int:
    raise Exit(_number(shell, words))


@builtin("return")
async def _return(shell: "Shell", words: list[str]) -> int:
    raise Return(_number(shell, words))


def _number(shell: "Shell", words: list[str]) -> int:
    return int(words[1]) & 255 if len(words) > 1 and words[1].isdecimal() else shell.status


@builtin("break", "continue")
async def _flow(_shell: "Shell", words: list[str]) -> int:
    raise LoopFlow(words[0])


@builtin("export", "local", "readonly")
async def _export(shell: "Shell", words: list[str]) -> int:
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            shell.variables[name] = value
        elif words[0] == "local":
            shell.variables[name] = ""
    return 0


@builtin("unset")
async def _unset(shell: "Shell", words: list[str]) -> int:
    for name in words[1:]:
        shell.variables.pop(name, None)
        shell.functions.pop(name, None)
    return 0


@builtin("shift")
async def _shift(shell: "Shell", words: list[str]) -> int:
    count = int(words[1]) if len(words) > 1 else 1
    shell.arguments = shell.arguments[count:]
    return 0


@builtin("set")
async def _set(shell: "Shell", words: list[str]) -> int:
    for place, word in enumerate(words[1:], 1):
        if word == "--":
            shell.arguments = words[place + 1 :]
            return 0
        if word[:1] not in "-+":
            shell.arguments = words[place:]
            return 0
        for flag in word[1:]:
            if flag not in "euxfC":
                continue
            if word[0] == "-":
                shell.options[flag] = True
            else:
                shell.options.pop(flag, None)
    return 0


@builtin("trap")
async def _trap(shell: "Shell", words: list[str]) -> int:
    arguments = words[2:] if len(words) > 1 and words[1] == "--" else words[1:]
    if len(arguments) < 2:
        return 0
    for name in arguments[1:]:
        number = signal_number(name)
        if number is None:
            shell.complain(f"trap: {name}: invalid signal specification")
            return 1
        if arguments[0] == "-":
            shell.traps.pop(number, None)
        else:
            shell.traps[number] = arguments[0]
    return 0


def signal_number(name: str) -> int | None:
    """Return the number of a signal given by name or number; None if there is none."""
    if name.isdecimal():
        return int(name) if int(name) in SIGNALS.values() else None
    return SIGNALS.get(name.removeprefix("SIG").upper())


@builtin("wait")
async def _wait(shell: "Shell", words: list[str]) -> int:
    wanted = [int(word) for word in words[1:] if word.isdecimal()]
    status = 0
    for process in list(shell.machine.processes.values()):
        if process.task is not None and (not wanted or process.pid in wanted):
            status = await shell.machine.wait_for_process(process)
    return status


@builtin("kill")
async def _kill(shell: "Shell", words: list[str]) -> int:
    arguments = words[1:]
    number: int | None = 15
    if arguments and arguments[0] == "-s":
        number, arguments = signal_number(arguments[1]), arguments[2:]
    elif arguments and arguments[0].startswith("-") and len(arguments[0]) > 1:
        number, arguments = signal_number(arguments[0][1:]), arguments[1:]
    if number is None:
        shell.complain("kill: bad signal name")
        return 1
    status = 0
    for argument in arguments:
        process = shell.machine.processes.get(int(argument)) if argument.isdecimal() else None
        if process is None:
            shell.complain(f"kill: can't kill pid {argument}: No such process")
            status = 1
        elif number:
            shell.machine.signal(process, number)
    return status


@builtin("jobs")
async def _jobs(shell: "Shell", _words: list[str]) -> int:
    for place, process in enumerate(shell.machine.processes.values(), 1):
        shell.streams.write(f"[{place}]+  Running                    {process.title}\n")
    return 0


@builtin("read")
async def _read(shell: "Shell", words: list[str]) -> int:
    names = [word for word in words[1:] if not word.startswith("-")] or ["REPLY"]
    line = await shell.streams.input.read_line()
    if line is None:
        return 1
    if shell.variables.get("IFS") == "":  # nothing splits, and no blank is taken away
        shell.variables[names[0]] = line
        return 0
    values = line.split(None, len(names) - 1)
    for place, name in enumerate(names):
        shell.variables[name] = values[place].strip() if place < len(values) else ""
    return 0


@builtin("eval")
async def _eval(shell: "Shell", words: list[str]) -> int:
    return await shell.run_here(" ".join(words[1:]))


@builtin(".", "source")
async def _source(shell: "Shell", words: list[str]) -> int:
    if len(words) < 2:
        return 2
    try:
        text = shell.machine.files.read(shell.machine.files.resolve(words[1], shell.directory))
    except FileError:
        shell.complain(f".: can't open '{words[1]}': No such file or directory")
        return 2
    return await shell.run_here(text)


@builtin("exec")
async def _exec(shell: "Shell", words: list[str]) -> int:
    if len(words) == 1:
        return 0
    raise Exit(await shell.invoke(words[1:]))


@builtin("command")
async def _command(shell: "Shell", words: list[str]) -> int:
    if len(words) > 2 and words[1] == "-v":
        found = shell.machine.which(words[2])
        shell.streams.write(f"{found}\n" if found else "")
        return 0 if found else 127
    return await shell.invoke(words[1:])


@builtin("type")
async def _type(shell: "Shell", words: list[str]) -> int:
    found = shell.machine.which(words[1])
    shell.streams.write(f"{words[1]} is {found}\n" if found else f"{words[1]}: not found\n")
    return 0 if found else 127


@builtin("umask", "ulimit", "alias", "hash")
async def _ignored(_shell: "Shell", _words: list[str]) -> int:
    return 0
