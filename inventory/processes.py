"""Which process does something, told so that another process can know whether it still lives.

A mark names the machine, its boot, the process and when that began: a number that was given to
another process meanwhile is not taken for the first. Of processes on other machines, and in other
process namespaces (another container), nothing can be known.
"""

import gc
import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Return the mark of the calling process; after a fork it is the child's."""
    return "|".join((*_place(), str(os.getpid()), _began(os.getpid()) or "?"))


def is_gone(mark: str | None) -> bool:
    """Return whether the process of `mark` certainly does not run any more."""
    parts = (mark or "").split("|")
    if len(parts) != 5:
        return False
    host, boot, space, pid, began = parts
    here = _place()
    if host != here[0] or "?" in (boot, here[1], began) or not pid.isdecimal():
        return False
    if boot != here[1]:
        return True  # this machine was started anew since
    return space == here[2] and _began(int(pid)) != began


@cache
def _place() -> tuple[str, str, str]:
    boot = _text(_PROC / "sys/kernel/random/boot_id")
    try:
        space = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        space = "?"
    return socket.gethostname().replace("|", "-"), boot or "?", space


def _began(pid: int) -> str | None:
    """Return when a process began, in ticks since the boot (proc(5), /proc/pid/stat, field 22)."""
    stat = _text(_PROC / str(pid) / "stat")
    if stat is None:
        return None
    # The second field is the command in parentheses and may hold anything, spaces included.
    fields = stat.rpartition(")")[2].split()
    state, began = fields[0], fields[19]
    return None if state in {"Z", "X"} else began  # a zombie does nothing any more


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None


@cache
def settle() -> None:
    """Have the garbage collector pass over what is loaded by now, once in a process.

    Long work on many devices makes it look for cycles again and again, among a quarter of a million
    objects of modules and tables that never go.
    """
    gc.collect()
    gc.freeze()
