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


def test_scapy_which_is_gpl_is_imported_by_processes_of_its_own_alone() -> None:
    packages = ("api", "collectors", "deploy", "inventory", "site_surveys")
    importing = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"^\s*(from|import) scapy\b", path.read_text(), re.M)
    }
    assert importing == {"collectors/link_layer.py", "site_surveys/captures/deliver.py"}
    named = {each.removesuffix(".py").replace("/", ".") for each in importing}
    imported = {
        name
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(), re.M)
    }
    assert not imported & named
