"""Applets that make, copy and remove files."""

import fnmatch
import json
import posixpath
import re
from typing import TYPE_CHECKING

from lab.posix.applets import applet, fail, path_of, split_flags
from lab.posix.filesystem import FileError

if TYPE_CHECKING:
    from lab.posix.ash import Shell


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
        if not files.exists(path) and path not in files.links:
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


@applet("chmod", "chown")
async def _without_effect(_shell: "Shell", _words: list[str]) -> int:
    return 0


@applet("sync")
async def _sync(shell: "Shell", _words: list[str]) -> int:
    return await shell.machine.never() if shell.machine.synchronise() else 0


@applet("ln")
async def _ln(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    files = shell.machine.files
    if "s" not in flags or len(operands) != 2:
        return fail(shell, "ln", "the lab makes symbolic links alone")
    source, place = operands
    path = path_of(shell, place)
    if files.is_directory(path) or place.endswith("/"):
        path = posixpath.join(path, posixpath.basename(source))
    if "f" not in flags and (files.exists(path) or path in files.links):
        return fail(shell, "ln", f"{place}: File exists")
    files.make_link(path, files.resolve(source, posixpath.dirname(path)))
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
    """Make or unpack an archive; it is kept as JSON, as only this machine reads it."""
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
