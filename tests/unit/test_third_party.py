import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_locked_package_is_named_with_its_licence() -> None:
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(), re.M))
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", (ROOT / "THIRD_PARTY.md").read_text(), re.M))
    assert locked == set(listed) - {"package"}
    assert all(licence not in {"", "None", "?"} for licence in listed.values())


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()
