"""The package as its users install it: sdist, wheel from it, a clean environment, run from /."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def uv() -> str:
    local = ROOT / ".uv/bin/uv"
    found = str(local) if local.exists() else shutil.which("uv")
    if found is None:
        skip_or_fail("uv is not in .uv/ nor on the path: run make setup")
    assert found is not None
    return found


def _run(*command: str, cwd: Path) -> str:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV"} and not name.startswith("PREAU_")
    }
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment.setdefault("UV_CACHE_DIR", str(ROOT / ".uv/cache"))
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_built_through_the_sdist_runs_from_the_root_folder(
    uv: str, tmp_path: Path
) -> None:
    _run(uv, "build", "--quiet", "--out-dir", str(tmp_path / "dist"), str(ROOT), cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"api", "collectors", "deploy", "inventory", "site_surveys"}
    assert "api/web/locale/nl/LC_MESSAGES/preau.po" in names
    environment = tmp_path / "clean"
    python = str(environment / "bin/python")
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(environment), cwd=tmp_path)
    _run(
        uv, "pip", "install", "--quiet", "--python", python,
        "--constraints", str(ROOT / "requirements.lock"), str(wheel),
        cwd=tmp_path,
    )  # fmt: skip
    assert "Commands:" in _run(str(environment / "bin/preau"), "--help", cwd=Path("/"))
    config = tmp_path / "preau.toml"
    config.write_text('data_dir = "data"\n')
    preau = str(environment / "bin/preau")
    made = _run(preau, "--config", str(config), "db", "upgrade", cwd=Path("/"))
    assert "went from nothing" in made
