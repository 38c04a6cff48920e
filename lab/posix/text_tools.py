"""Applets that read text and write text."""

import hashlib
import re
from typing import TYPE_CHECKING

from lab.posix.applets import applet, fail, path_of, read_texts, split_flags
from lab.posix.builtins import unescape
from lab.posix.filesystem import FileError

if TYPE_CHECKING:
    from lab.posix.ash import Shell


@applet("cat")
async def _cat(shell: "Shell", words: list[str]) -> int:
    texts, status = await read_texts(shell, "cat", words[1:])
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
    texts, status = await read_texts(shell, words[0], operands)
    count = int(flags.get("n", "10"))
    for text in texts:
        lines = text.splitlines(keepends=True)
        shell.streams.write("".join(lines[:count] if words[0] == "head" else lines[-count:]))
    return status


@applet("wc")
async def _wc(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    texts, status = await read_texts(shell, "wc", operands)
    text = "".join(texts)
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
    chosen = [counts[flag] for flag in "lwc" if not flags or flag in flags]
    shell.streams.write(" ".join([*map(str, chosen), *operands]) + "\n")
    return status


@applet("grep")
async def _grep(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "e")
    wanted = flags.get("e") or (operands.pop(0) if operands else "")
    if "s" in flags:
        operands = [each for each in operands if shell.machine.files.is_file(path_of(shell, each))]
        if not operands:
            return 2
    source = re.escape(wanted) if "F" in flags else wanted if "E" in flags else _basic(wanted)
    pattern = re.compile(source, re.IGNORECASE if "i" in flags else 0)
    texts, status = await read_texts(shell, "grep", operands)
    if "H" in flags and not status:
        return _grep_named(shell, pattern, dict(zip(operands, texts, strict=True)), flags)
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


def _grep_named(
    shell: "Shell", pattern: re.Pattern[str], texts: dict[str, str], flags: dict[str, str]
) -> int:
    """Print what is found behind the name of its file."""
    found = [
        (name, match[0] if "o" in flags else line)
        for name, text in texts.items()
        for line in text.splitlines()
        if (match := pattern.search(line))
    ]
    shell.streams.write("".join(f"{name}:{line}\n" for name, line in found))
    return 0 if found else 1


def _basic(pattern: str) -> str:
    """Return a basic regular expression in Python's syntax."""
    swapped = re.sub(r"\\([(){}|+?])|([(){}|+?])", lambda m: m[1] or "\\" + m[2], pattern)
    return swapped.replace("[[:space:]]", r"\s")


@applet("sed")
async def _sed(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "e")
    script = flags.get("e") or (operands.pop(0) if operands else "")
    match = re.fullmatch(r"s(.)(.*?)\1(.*?)\1([gIp]*)|/(.*)/d|(\d+)(?:,(\d+|\$))?(p|d)", script)
    if match is None:
        return fail(shell, "sed", f"unsupported command {script}")
    texts, status = await read_texts(shell, "sed", operands)
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
        done = [pattern.subn(replacement, line, count=count) for line in lines]
        if silent:
            return [line for line, changes in done if changes and "p" in match[4]]
        return [line for line, _ in done]
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
    texts, status = await read_texts(shell, "cut", operands)
    places = [int(part) for part in flags.get("f", "1").split(",") if part.isdecimal()]
    for line in "".join(texts).splitlines():
        parts = line.split(flags.get("d", "\t"))
        kept = [parts[place - 1] for place in places if place <= len(parts)]
        shell.streams.write(flags.get("d", "\t").join(kept) + "\n")
    return status


@applet("tr")
async def _tr(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    text = await shell.streams.input.read()
    sets = [unescape(each) for each in operands]
    if "d" in flags:
        done = "".join(char for char in text if char not in sets[0])
    else:
        wanted = sets[1].ljust(len(sets[0]), sets[1][-1])
        done = text.translate(dict(zip(map(ord, sets[0]), wanted, strict=False)))
    shell.streams.write(done)
    return 0


@applet("sort", "uniq")
async def _sort(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    texts, status = await read_texts(shell, words[0], operands)
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
    texts, status = await read_texts(shell, "cmp", operands)
    return status or int(texts[0] != texts[-1])


@applet("sha256sum", "md5sum", "sha1sum")
async def _checksum(shell: "Shell", words: list[str]) -> int:
    flags, operands = split_flags(words[1:])
    algorithm = words[0].removesuffix("sum")
    if "c" in flags:
        return await _check_sums(shell, words[0], operands)
    status = 0
    for operand in operands or ["-"]:
        texts, failed = await read_texts(shell, words[0], [operand])
        status = status or failed
        for text in texts:
            digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
            shell.streams.write(f"{digest}  {operand}\n")
    return status


async def _check_sums(shell: "Shell", name: str, operands: list[str]) -> int:
    texts, status = await read_texts(shell, name, operands)
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
