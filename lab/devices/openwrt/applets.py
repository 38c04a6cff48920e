"""The programs of the access point: BusyBox applets as OpenWrt 23.05 builds them.

package/utils/busybox/Config-defaults.in of the 23.05 branch tells which there are: `setsid` and
`start-stop-daemon` are, `nohup` is not.
"""

import asyncio
import fnmatch
import hashlib
import json
import posixpath
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lab.devices.openwrt.builtins import signal_number
from lab.devices.openwrt.filesystem import FileError

if TYPE_CHECKING:
    from lab.devices.openwrt.ash import Shell

Applet = Callable[["Shell", list[str]], Awaitable[int]]
APPLETS: dict[str, Applet] = {}


def applet(*names: str) -> Callable[[Applet], Applet]:
    """Register a program under its names."""

    def add(run: Applet) -> Applet:
        APPLETS.update(dict.fromkeys(names, run))
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


async def _texts(shell: "Shell", name: str, operands: list[str]) -> tuple[list[str], int]:
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


@applet("cat")
async def _cat(shell: "Shell", words: list[str]) -> int:
    texts, status = await _texts(shell, "cat", words[1:])
    for text in texts:
        shell.streams.write(text)
    return status


@applet("tee")
async def _tee(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    text = await shell.streams.input.read()
    shell.streams.write(text)
    for operand in operands:
        shell.machine.files.write(path_of(shell, operand), text, append="a" in flags)
    return 0


@applet("head", "tail")
async def _ends(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "nc")
    texts, status = await _texts(shell, words[0], operands)
    count = int(flags.get("n", "10"))
    for text in texts:
        lines = text.splitlines(keepends=True)
        shell.streams.write("".join(lines[:count] if words[0] == "head" else lines[-count:]))
    return status


@applet("wc")
async def _wc(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    texts, status = await _texts(shell, "wc", operands)
    text = "".join(texts)
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
    chosen = [counts[flag] for flag in "lwc" if not flags or flag in flags]
    shell.streams.write(" ".join([*map(str, chosen), *operands]) + "\n")
    return status


@applet("grep")
async def _grep(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "e")
    wanted = flags.get("e") or (operands.pop(0) if operands else "")
    source = re.escape(wanted) if "F" in flags else wanted if "E" in flags else _basic(wanted)
    pattern = re.compile(source, re.IGNORECASE if "i" in flags else 0)
    texts, status = await _texts(shell, "grep", operands)
    lines = [line for text in texts for line in text.splitlines()]
    found = [line for line in lines if bool(pattern.search(line)) != ("v" in flags)]
    if "c" in flags:
        shell.streams.write(f"{len(found)}\n")
    elif "o" in flags:
        matches = [match[0] for line in found for match in pattern.finditer(line)]
        shell.streams.write("".join(f"{match}\n" for match in matches))
    elif "q" not in flags:
        shell.streams.write("".join(f"{line}\n" for line in found))
    return status or (0 if found else 1)


def _basic(pattern: str) -> str:
    """Return a basic regular expression in Python's syntax."""
    swapped = re.sub(r"\\([(){}|+?])|([(){}|+?])", lambda m: m[1] or "\\" + m[2], pattern)
    return swapped.replace("[[:space:]]", r"\s")


@applet("sed")
async def _sed(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "e")
    script = flags.get("e") or (operands.pop(0) if operands else "")
    match = re.fullmatch(r"s(.)(.*?)\1(.*?)\1([gI]*)|/(.*)/d|(\d+)(?:,(\d+|\$))?(p|d)", script)
    if match is None:
        return fail(shell, "sed", f"unsupported command {script}")
    texts, status = await _texts(shell, "sed", operands)
    for place, text in enumerate(texts):
        lines = text.splitlines()
        done = _edited(lines, match, silent="n" in flags)
        result = "".join(f"{line}\n" for line in done)
        if "i" in flags:
            shell.machine.files.write(path_of(shell, operands[place]), result)
        else:
            shell.streams.write(result)
    return status


def _edited(lines: list[str], match: re.Match[str], *, silent: bool) -> list[str]:
    if match[1]:
        pattern = re.compile(_basic(match[2]))
        replacement = match[3].replace("&", r"\g<0>")
        count = 0 if "g" in match[4] else 1
        return [pattern.sub(replacement, line, count=count) for line in lines]
    if match[5] is not None:
        return [line for line in lines if not re.search(_basic(match[5]), line)]
    first = int(match[6])
    last = len(lines) if match[7] == "$" else int(match[7] or first)
    inside = lines[first - 1 : last]
    if match[8] == "p":
        return inside if silent else [*lines[: first - 1], *inside, *inside, *lines[last:]]
    return [*lines[: first - 1], *lines[last:]]


@applet("cut")
async def _cut(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "dfc")
    texts, status = await _texts(shell, "cut", operands)
    places = [int(part) for part in flags.get("f", "1").split(",") if part.isdecimal()]
    for line in "".join(texts).splitlines():
        parts = line.split(flags.get("d", "\t"))
        kept = [parts[place - 1] for place in places if place <= len(parts)]
        shell.streams.write(flags.get("d", "\t").join(kept) + "\n")
    return status


@applet("sort", "uniq")
async def _sort(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    texts, status = await _texts(shell, words[0], operands)
    lines = "".join(texts).splitlines()
    if words[0] == "sort":
        lines.sort(reverse="r" in flags)
    if words[0] == "uniq" or "u" in flags:
        lines = [line for place, line in enumerate(lines) if not place or lines[place - 1] != line]
    shell.streams.write("".join(f"{line}\n" for line in lines))
    return status


@applet("cmp")
async def _cmp(shell: "Shell", words: list[str]) -> int:
    _, operands = split_flags(words[1:])
    texts, status = await _texts(shell, "cmp", operands)
    return status or int(texts[0] != texts[-1])


@applet("sha256sum", "md5sum", "sha1sum")
async def _checksum(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    algorithm = words[0].removesuffix("sum")
    if "c" in flags:
        return await _check_sums(shell, words[0], operands)
    status = 0
    for operand in operands or ["-"]:
        texts, failed = await _texts(shell, words[0], [operand])
        status = status or failed
        for text in texts:
            digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
            shell.streams.write(f"{digest}  {operand}\n")
    return status


async def _check_sums(shell: "Shell", name: str, operands: list[str]) -> int:
    texts, status = await _texts(shell, name, operands)
    for line in "".join(texts).splitlines():
        digest, _, path = line.partition("  ")
        try:
            text = shell.machine.files.read(path_of(shell, path))
        except FileError:
            text = ""
        algorithm = name.removesuffix("sum")
        actual = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
        shell.streams.write(f"{path}: {'OK' if actual == digest else 'FAILED'}\n")
        status = status or int(actual != digest)
    return status


# -- files


@applet("ls")
async def _ls(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    files = shell.machine.files
    status = 0
    for operand in operands or ["."]:
        path = path_of(shell, operand)
        if files.is_directory(path) and "d" not in flags:
            names = files.children(path)
            shown = [name for name in names if "a" in flags or not name.startswith(".")]
            shell.streams.write("".join(f"{name}\n" for name in shown))
        elif files.exists(path):
            shell.streams.write(f"{operand}\n")
        else:
            status = fail(shell, "ls", f"{operand}: No such file or directory")
    return status


@applet("mkdir")
async def _mkdir(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "m")
    status = 0
    for operand in operands:
        try:
            shell.machine.files.make_directory(path_of(shell, operand), parents="p" in flags)
        except FileError as error:
            status = fail(shell, "mkdir", f"can't create directory '{operand}': {error}")
    return status


@applet("rmdir", "rm")
async def _rm(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    files = shell.machine.files
    status = 0
    for operand in operands:
        path = path_of(shell, operand)
        if not files.exists(path):
            if "f" not in flags:
                status = fail(shell, "rm", f"can't remove '{operand}': No such file or directory")
        elif files.is_directory(path) and words[0] == "rm" and not set("rR") & set(flags):
            status = fail(shell, "rm", f"'{operand}' is a directory")
        else:
            files.remove(path)
    return status


@applet("cp", "mv")
async def _cp(shell: "Shell", words: list[str]) -> int:
    name = words[0]
    flags, operands = split_flags(words[1:])
    files = shell.machine.files
    if len(operands) < 2:
        return fail(shell, name, "missing file operand")
    target = path_of(shell, operands[-1])
    status = 0
    for operand in operands[:-1]:
        source = path_of(shell, operand)
        into = files.is_directory(target)
        end = posixpath.join(target, posixpath.basename(source)) if into else target
        if operand.endswith("/."):
            end = target
        if not files.exists(source):
            reason = "No such file or directory"
            verb = "can't stat" if name == "cp" else "can't rename"
            status = fail(shell, name, f"{verb} '{operand}': {reason}")
        elif files.is_directory(source) and name == "cp" and not set("arR") & set(flags):
            status = fail(shell, name, f"omitting directory '{operand}'")
        else:
            try:
                files.copy(source, end)
            except FileError as error:
                status = fail(shell, name, f"can't create '{end}': {error}")
                continue
            if name == "mv":
                files.remove(source)
    return status


@applet("touch")
async def _touch(shell: "Shell", words: list[str]) -> int:
    for operand in words[1:]:
        shell.machine.files.write(path_of(shell, operand), "", append=True)
    return 0


@applet("chmod", "chown", "sync", "ln")
async def _without_effect(shell: "Shell", words: list[str]) -> int:
    return 0


@applet("find")
async def _find(shell: "Shell", words: list[str]) -> int:
    start = words[1] if len(words) > 1 else "."
    wanted = words[words.index("-name") + 1] if "-name" in words else "*"
    files = shell.machine.files
    base = path_of(shell, start)
    for path in sorted({*files.files, *files.directories}):
        inside = path == base or path.startswith(base.rstrip("/") + "/")
        if inside and fnmatch.fnmatchcase(posixpath.basename(path), wanted):
            shell.streams.write(start + path[len(base) :] + "\n")
    return 0


@applet("mktemp")
async def _mktemp(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "pt")
    template = operands[0] if operands else "/tmp/tmp.XXXXXX"  # noqa: S108 - on the false device
    shell.machine.temporary += 1
    path = path_of(shell, re.sub(r"X+$", f"{shell.machine.temporary:06d}", template))
    if "d" in flags:
        shell.machine.files.make_directory(path, parents=True)
    else:
        shell.machine.files.write(path, "")
    shell.streams.write(path + "\n")
    return 0


@applet("basename", "dirname")
async def _names(shell: "Shell", words: list[str]) -> int:
    name = getattr(posixpath, words[0])(words[1].rstrip("/"))
    shell.streams.write((name or ".") + "\n")
    return 0


@applet("tar")
async def _tar(shell: "Shell", words: list[str]) -> int:
    """An archive is kept as JSON: only this machine reads it."""
    letters = words[1].lstrip("-")
    flags, operands = split_flags(["-" + letters, *words[2:]], "fC")
    files = shell.machine.files
    directory = path_of(shell, flags.get("C", "."))
    if "c" in flags:
        members: dict[str, str] = {}
        for operand in operands:
            base = files.resolve(operand, directory)
            if not files.exists(base):
                return fail(shell, "tar", f"{operand}: No such file or directory")
            names = [n for n in files.files if n == base or n.startswith(base + "/")]
            members |= {n.removeprefix("/"): files.read(n) for n in names}
        archive = json.dumps([directory if not operands[0].startswith("/") else "/", members])
        if flags.get("f", "-") == "-":
            shell.streams.write(archive)
        else:
            files.write(path_of(shell, flags["f"]), archive)
        return 0
    from_input = flags.get("f", "-") == "-"
    text = (
        await shell.streams.input.read() if from_input else files.read(path_of(shell, flags["f"]))
    )
    try:
        base, members = json.loads(text)
    except ValueError:
        return fail(shell, "tar", "invalid tar magic")
    for name, content in members.items():
        short = name.removeprefix(base.strip("/")).lstrip("/")
        if "t" in flags:
            shell.streams.write(f"{short}\n")
            continue
        path = files.resolve(short, directory)
        files.make_directory(posixpath.dirname(path), parents=True)
        files.write(path, content)
    return 0


# -- processes and time


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
async def _ps(shell: "Shell", words: list[str]) -> int:
    shell.streams.write(
        "  PID USER       VSZ STAT COMMAND\n    1 root      1700 S    /sbin/procd\n"
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
async def _uptime(shell: "Shell", words: list[str]) -> int:
    minutes = int(shell.machine.uptime_s() // 60)
    days, clock = minutes // 1440, f"{minutes // 60 % 24:2d}:{minutes % 60:02d}"
    shell.streams.write(f" 10:00:00 up {days} days, {clock},  load average: 0.05, 0.03, 0.00\n")
    return 0


@applet("uname")
async def _uname(shell: "Shell", words: list[str]) -> int:
    machine = shell.machine
    names = {"n": machine.hostname(), "r": machine.kernel, "m": "mips", "s": "Linux"}
    letters = words[1][1:] if len(words) > 1 else "s"
    if "a" in letters:
        shell.streams.write(f"Linux {machine.hostname()} {machine.kernel} #0 SMP mips GNU/Linux\n")
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
async def _env(shell: "Shell", words: list[str]) -> int:
    shell.streams.write("".join(f"{n}={v}\n" for n, v in shell.variables.items()))
    return 0


@applet("logger")
async def _logger(shell: "Shell", words: list[str]) -> int:
    _, operands = split_flags(words[1:], "tp")
    shell.machine.log.append(" ".join(operands))
    return 0


@applet("logread")
async def _logread(shell: "Shell", words: list[str]) -> int:
    shell.streams.write("".join(f"{line}\n" for line in shell.machine.log))
    return 0
