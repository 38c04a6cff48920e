"""Every family against recordings written from its MIBs and manuals: `<family id>/<name>.snmprec`.

Beside each stands `<name>.expected.json`: those parts of the Observation's JSON form that the MIBs
say must come out. What is listed must be exactly so; what is not listed is not judged. Rows of a
table are matched by their key (below); a table written `[]` must be empty, and a metric whose value
is `null` must not be there. Lines that cannot be read must be listed under `problems`.

A test is added by dropping the two files.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.observe import observe_recording
from collectors.recognise import observe_view
from collectors.snmp.recording import read_recording
from inventory.observation import to_json
from inventory.vendors.family import families
from inventory.vendors.support import Support

HERE = Path(__file__).parent
RECORDINGS = sorted(HERE.glob("*/*.snmprec"))
FAMILY_IDS = sorted(families())

# What tells the rows of a table apart.
KEYS = {
    "interfaces": ("index",),
    "members": ("index",),
    "radios": ("index",),
    "wlans": ("ssid", "radio"),
    "access_points": ("mac",),
    "neighbours": ("local_interface", "protocol"),
    "vlans": ("id",),
    "forwarding": ("vlan", "mac"),
    "arp": ("ip",),
    "ports": ("interface",),
    "metrics": ("name", "label"),
}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def differences(expected: Any, seen: Any, where: str) -> Iterator[str]:
    """Yield a sentence for each part of `expected` that `seen` does not have."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        for name, wanted in expected.items():
            if name not in seen:
                yield f"{where}.{name} is not there"
            elif name in KEYS and isinstance(wanted, list):
                yield from _row_differences(wanted, seen[name], KEYS[name], f"{where}.{name}")
            else:
                yield from differences(wanted, seen[name], f"{where}.{name}")
    elif expected != seen:
        yield f"{where} is {seen!r}, and must be {expected!r}"


def _row_differences(
    expected: list[Any], seen: list[Any], key: tuple[str, ...], where: str
) -> Iterator[str]:
    if not expected and seen:
        yield f"{where} must be empty, and has {len(seen)} rows"
    for wanted in expected:
        its_key = [wanted[part] for part in key]
        rows = [row for row in seen if [row[part] for part in key] == its_key]
        if "value" in wanted and wanted["value"] is None:
            if rows:
                yield f"{where}{its_key} must not be there, and is {rows[0]['value']!r}"
        elif len(rows) != 1:
            yield f"{where}{its_key} is there {len(rows)} times, and must be there once"
        else:
            yield from differences(wanted, rows[0], f"{where}{its_key}")


@pytest.mark.parametrize("family_id", FAMILY_IDS)
def test_every_family_has_a_recording_of_its_own(family_id: str) -> None:
    assert any(path.parent.name == family_id for path in RECORDINGS), (
        f"the family {family_id} has no recording: write tests/vendors/{family_id}/<name>.snmprec"
        " from its MIB modules and manuals, and <name>.expected.json beside it"
    )


@pytest.mark.parametrize("path", RECORDINGS, ids=_name)
def test_a_recording_is_read_as_its_mibs_say(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    seen = to_json(observe_recording(path))
    assert expected["identity"]["family"] == path.parent.name
    assert list(differences({"problems": [], **expected}, seen, _name(path))) == []


@pytest.mark.parametrize("path", RECORDINGS, ids=_name)
def test_a_family_declares_every_column_that_it_reads(path: Path) -> None:
    asked = observe_recording(path)
    everything = observe_view(read_recording(path).view())
    assert to_json(asked) == to_json(everything), "a device is asked for `columns` and nothing else"


def test_no_expectation_is_without_its_recording() -> None:
    expectations = {path.with_suffix("").with_suffix("") for path in HERE.glob("*/*.expected.json")}
    assert expectations == {path.with_suffix("") for path in RECORDINGS}


def test_every_family_says_what_it_reads() -> None:
    folders = Path(__file__).parents[2] / "inventory" / "vendors"
    without = [
        path.parent.name
        for path in sorted(folders.glob("*/__init__.py"))
        if path.parent.name != "standard" and not (path.parent / "README.md").is_file()
    ]
    assert not without, f"write inventory/vendors/<family>/README.md for {', '.join(without)}"


def test_a_wrong_figure_a_missing_row_and_one_too_many_are_all_told() -> None:
    seen = {
        "vlans": [{"id": 10, "name": "gestion"}],
        "metrics": [{"name": "cpu_percent", "label": None, "value": 7.0}],
    }
    expected = {
        "vlans": [{"id": 10, "name": "eleves"}, {"id": 20}],
        "metrics": [{"name": "cpu_percent", "label": None, "value": None}],
    }
    assert len(list(differences(expected, seen, "sw"))) == 3


def test_what_a_family_gives_later_is_there_when_it_is_asked_for() -> None:
    for family in families().values():
        assert family.configuration is None or family.configuration.read, family.id
        assert family.support is None or isinstance(family.support, Support), family.id
