"""Kept configurations as files of a git repository, for those who read history with their tools.

Only what is scrubbed is written. The program `git` does the work, with no hook and no configuration
of the machine, so that what is exported twice is committed once and says the same everywhere.
"""

import os
import re
import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inventory.errors import InvalidInput, Misconfigured

_MARK = ".preau"
_README = "Configurations of network devices, as read. Secrets stand by their names only.\n"


@dataclass(frozen=True, slots=True)
class Exported:
    """What one export did; `commit` is None where nothing had changed."""

    files: int
    changed: int
    commit: str | None


def file_name(text: str) -> str:
    """Return a name that every file system can hold."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "x"


def export_to_git(folder: Path, texts: Mapping[str, str], *, at: datetime, who: str) -> Exported:
    """Make `folder` hold these texts, by path, and commit what changed.

    Raises InvalidInput for a folder that holds something else, Misconfigured without git.
    """
    fresh = not folder.exists() or not any(folder.iterdir())
    if not fresh and not (folder / _MARK).is_file():
        raise InvalidInput(
            f"{folder} holds something else", todo="give an empty folder, or one exported before"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        _git(folder, "init", "--quiet", "--initial-branch=main")
        (folder / _MARK).write_text(_README, encoding="utf-8")
    wanted = {_MARK, *texts}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in wanted and not name.startswith(".git/"):
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _git(folder, "add", "--all")
    changed = _git(folder, "diff", "--cached", "--name-only").splitlines()
    if not changed:
        return Exported(len(texts), 0, None)
    _git(folder, "commit", "--quiet", "-m", f"{len(changed)} files changed", at=at, who=who)
    return Exported(len(texts), len(changed), _git(folder, "rev-parse", "HEAD").strip())


def _git(folder: Path, *words: str, at: datetime | None = None, who: str = "preau") -> str:
    moment = at.isoformat(timespec="seconds") if at else ""
    told = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": who,
        "GIT_AUTHOR_EMAIL": "preau@localhost",
        "GIT_COMMITTER_NAME": "preau",
        "GIT_COMMITTER_EMAIL": "preau@localhost",
        **({"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment} if moment else {}),
    }
    command = ["git", "-C", str(folder), "-c", f"core.hooksPath={os.devnull}", *words]
    try:
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise Misconfigured("git is not installed", todo="run: apt install git") from error
    except subprocess.CalledProcessError as error:
        raise InvalidInput(
            f"git answered « {error.stderr.strip()[:300]} »", where=str(folder)
        ) from error
    return done.stdout
