"""Applets that start, show and end processes, and what tells of the machine."""

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lab.posix.applets import applet, fail, path_of, split_flags
from lab.posix.builtins import signal_number
from lab.posix.filesystem import FileError

if TYPE_CHECKING:
    from lab.posix.ash import Shell


@applet("sleep")
async def _sleep(shell: "Shell", words: list[str]) -> int:
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", words[1] if len(words) > 1 else "")
    if match is None:
        return fail(shell, "sleep", f"invalid number '{' '.join(words[1:])}'")
    seconds = float(match[1]) * units[match[2] or "s"]
    await asyncio.sleep(seconds * shell.machine.spec.minute_s / 60)
    return 0


@applet("sh", "ash", "/bin/sh", "/bin/ash")
async def _sh(shell: "Shell", words: list[str]) -> int:
    child = shell.fork()
    child.name, child.pid = "sh", shell.machine.next_pid()
    child.functions, child.traps = {}, {n: t for n, t in shell.traps.items() if not t}
    shell.machine.replace_shell(shell, child)
    rest = words[1:]
    while rest and rest[0] in {"-e", "-u", "-x", "-ex", "-eu"}:
        child.options.update(dict.fromkeys(rest.pop(0)[1:], True))
    if rest and rest[0] in {"-c", "-ec"}:
        if "e" in rest[0]:
            child.options["e"] = True
        child.name = rest[2] if len(rest) > 2 else "sh"
        child.arguments = rest[3:]
        return await child.run_text(rest[1])
    if not rest or rest[0] == "-s":
        return await child.run_text(await shell.streams.input.read())
    return await run_file(child, rest[0], rest[1:])


async def run_file(shell: "Shell", path: str, arguments: list[str]) -> int:
    """Run a script file in a shell made for it."""
    try:
        text = shell.machine.files.read(path_of(shell, path))
    except FileError:
        shell.complain(f"can't open '{path}': No such file or directory")
        return 127
    shell.name, shell.arguments = path, arguments
    return await shell.run_text(text)


@applet("setsid")
async def _setsid(shell: "Shell", words: list[str]) -> int:
    rest = words[1:]
    if rest and rest[0] == "-c":
        rest = rest[1:]
    shell.machine.detach(shell)
    return await shell.invoke(rest)


@applet("start-stop-daemon")
async def _daemon(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "xpnacus")
    files = shell.machine.files
    pid_file = path_of(shell, flags["p"]) if "p" in flags else ""
    if "K" in flags:
        pid = files.files.get(pid_file, "").strip()
        process = shell.machine.processes.get(int(pid)) if pid.isdecimal() else None
        if process is None:
            return 1
        shell.machine.signal(process, signal_number(flags.get("s", "TERM")) or 15)
        return 0
    if "S" not in flags or not (flags.get("x") or flags.get("a")):
        return fail(shell, "start-stop-daemon", "need -S or -K, and -x EXECUTABLE")
    child = shell.fork()
    program = flags.get("a") or flags["x"]
    if "b" not in flags:
        return await child.invoke([program, *operands])
    child.streams.session = None
    process = shell.machine.start_process(program, child, child.invoke([program, *operands]))
    if "m" in flags and pid_file:
        files.write(pid_file, f"{process.pid}\n")
    return 0


@applet("ps")
async def _ps(shell: "Shell", _words: list[str]) -> int:
    shell.streams.write(
        f"  PID USER       VSZ STAT COMMAND\n    1 root      1700 S    {shell.machine.init}\n"
    )
    for process in shell.machine.processes.values():
        shell.streams.write(f"{process.pid:>5} root      1308 S    {process.title}\n")
    return 0


@applet("pgrep", "pidof")
async def _pgrep(shell: "Shell", words: list[str]) -> int:
    wanted = words[-1]
    found = [p.pid for p in shell.machine.processes.values() if wanted in p.title]
    shell.streams.write("".join(f"{pid}\n" for pid in found))
    return 0 if found else 1


@applet("killall")
async def _killall(shell: "Shell", words: list[str]) -> int:
    found = [p for p in shell.machine.processes.values() if words[-1] in p.title]
    for process in found:
        shell.machine.signal(process, 15)
    return 0 if found else fail(shell, "killall", f"{words[-1]}: no process killed")


@applet("date")
async def _date(shell: "Shell", words: list[str]) -> int:
    form = next(
        (word[1:] for word in words[1:] if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y"
    )
    shell.streams.write(datetime.now(UTC).strftime(form) + "\n")
    return 0


@applet("uptime")
async def _uptime(shell: "Shell", _words: list[str]) -> int:
    minutes = int(shell.machine.uptime_s() // 60)
    days, clock = minutes // 1440, f"{minutes // 60 % 24:2d}:{minutes % 60:02d}"
    shell.streams.write(f" 10:00:00 up {days} days, {clock},  load average: 0.05, 0.03, 0.00\n")
    return 0


@applet("uname")
async def _uname(shell: "Shell", words: list[str]) -> int:
    machine = shell.machine
    names = {"n": machine.hostname(), "r": machine.kernel, "m": machine.architecture, "s": "Linux"}
    letters = words[1][1:] if len(words) > 1 else "s"
    if "a" in letters:
        shell.streams.write(
            f"Linux {machine.hostname()} {machine.kernel} #0 SMP {machine.architecture} GNU/Linux\n"
        )
    else:
        shell.streams.write(" ".join(names[letter] for letter in letters) + "\n")
    return 0


@applet("id", "whoami")
async def _id(shell: "Shell", words: list[str]) -> int:
    shell.streams.write("root\n" if words[0] == "whoami" else "uid=0(root) gid=0(root)\n")
    return 0


@applet("which")
async def _which(shell: "Shell", words: list[str]) -> int:
    found = shell.machine.which(words[1]) if len(words) > 1 else ""
    shell.streams.write(f"{found}\n" if found else "")
    return 0 if found else 1


@applet("env")
async def _env(shell: "Shell", _words: list[str]) -> int:
    shell.streams.write("".join(f"{n}={v}\n" for n, v in shell.variables.items()))
    return 0


@applet("logger")
async def _logger(shell: "Shell", words: list[str]) -> int:
    _, operands = split_flags(words[1:], "tp")
    shell.machine.log.append(" ".join(operands))
    return 0


@applet("logread")
async def _logread(shell: "Shell", _words: list[str]) -> int:
    shell.streams.write("".join(f"{line}\n" for line in shell.machine.log))
    return 0
