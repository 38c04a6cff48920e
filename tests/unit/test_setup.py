"""`make setup` on machines that lack a part: one sentence with its apt line, nothing installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A python3 that answers as Debian's does without python3-pip and python3-venv.
_BARE = """#!/bin/sh
case "$*" in
  *"-m pip"*|*ensurepip*) exit 1 ;;
  *version_info*) exit {too_old} ;;
  --version) echo "Python 3.9.2" ;;
  *) exit 0 ;;
esac
"""


def _setup(tmp_path: Path, *, too_old: int = 0, python: bool = True) -> str:
    tree = tmp_path / "tree"
    (tree / ".ci").mkdir(parents=True)
    for name in (".ci/setup", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tree / name)
    binaries = tmp_path / "bin"
    binaries.mkdir()
    # Only what the script itself calls, so that this machine's uv and python3 are not found.
    for name in ("cat", "cksum", "sed", "dirname"):
        (binaries / name).symlink_to(shutil.which(name) or name)
    if python:
        (binaries / "python3").write_text(_BARE.format(too_old=too_old))
        (binaries / "python3").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(tree / ".ci/setup")],
        env={"PATH": str(binaries)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert not (tree / ".venv").exists()
    assert not (tree / ".uv").exists()
    return done.stderr


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ({}, "preau: python3 has neither pip nor venv: apt install python3-pip\n"),
        ({"python": False}, "preau: no python3 on this machine: apt install python3 "),
        ({"too_old": 1}, "preau: Python 3.9.2 is too old, Python 3.11 or newer is needed: "),
    ],
)
def test_a_missing_part_is_one_sentence_with_its_apt_line(
    tmp_path: Path, machine: dict[str, bool], sentence: str
) -> None:
    said = _setup(tmp_path, **machine)
    assert said.startswith(sentence)
    assert said.count("\n") == 1
