"""Recordings as broken devices and bad copies make them: read without a crash, and sanely.

Every recording of `tests/vendors`, and those of real devices where this machine has them, is
mangled: values of another type, out of every range or in no encoding, columns and rows that are
missing, doubled or out of order, indexes that are too short or too long, and the sysObjectID or
sysDescr of another maker. What is then told must be of the published form, in its units, within
what can be, and come from an object that the recording has.
"""

import json
import math
import random
import re
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collectors.recorded import observe_recorded
from collectors.snmp.recording import parse_recording
from inventory.observation import Observation, from_json, json_lines, json_schema, to_json
from inventory.vendors.mib import MibView, dotted
from tests.scoring.__main__ import DEFAULT_FOLDER

OURS = sorted((Path(__file__).parents[1] / "vendors").glob("*/*.snmprec"))
RECORDINGS = [*OURS, *sorted(DEFAULT_FOLDER.glob("*.snmprec"))]
SCHEMA = jsonschema_rs.validator_for(json_schema())
MOST_LINES = 1_500  # of one recording: a part of a table breaks as the whole of it does

UNITS = {
    "clients": "",
    "ap_count": "",
    "channel": "",
    "frequency_mhz": "MHz",
    "utilisation_percent": "%",
    "quality_percent": "%",
    "cpu_percent": "%",
    "memory_percent": "%",
    "tx_power_dbm": "dBm",
    "noise_floor_dbm": "dBm",
    "rssi_dbm": "dBm",
    "snr_db": "dB",
    "rate_bps": "bit/s",
    "errors": "",
    "temperature_celsius": "°C",
    "poe_w": "W",
    "uptime_s": "s",
}
PERCENT = {name for name, unit in UNITS.items() if unit == "%"}
MAC = re.compile("[0-9a-f]{12}")

# What stands behind the OID of a line that was mangled.
VALUES = (
    "2|-1", "2|0", "2|2147483647", "2|-2147483648", "2|999999999999", "65|4294967295", "66|0",
    "66|4294967295", "67|4294967295", "70|18446744073709551615", "4|", "4|n/a", "4|-95 dBm",
    "4|1e999", "4|nan", "4|inf", "4|12.5", "4x|ff", "4x|c3", "4x|00", "4x|0000000000000000",
    "4x|9f7804", "4x|e28082f09f", "4|" + "9" * 400, "4|0x1f", "4|up", "4|, ; | / \\", "6|0.0",
    "6|1.3", "6|1.3.6.1.4.1.4294967295", "64|0.0.0.0", "64|255.255.255.255",
    "68x|9f780441c80000",
    "68x|9f78047f800000", "68x|9f78047fc00000", "68x|9f7804ff7fffff", "68x|", "5|", "128|", "99|x",
    "4x|zz", "2|", "2|abc", "4e|\\xff\\x00", "4|\x00", "4|é", "4|²",
)  # fmt: skip
INDEXES = ("0", "1", "4294967295", "4294967296", "255.255", "6.1.2.3.4.5", "0.0.0.0.0.0.0", "-1")


@pytest.fixture(scope="module", autouse=True)
def _enough() -> None:
    assert len(OURS) > 60  # this file is worth nothing where it finds none


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
# A seed is no simpler for being smaller.
@settings(max_examples=max(2, settings().max_examples // 20), phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32))
def test_a_mangled_recording_is_read_sanely(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    lines = mangled(path.read_text("utf-8", "replace").splitlines(), dice)
    recording = parse_recording("\n".join(lines).encode())
    if recording is not None:
        assert_sane(observe_recorded(recording), recording.view())


def mangled(lines: list[str], dice: random.Random) -> list[str]:
    """Return a recording's lines as a bad copy or a broken device would have them."""
    if len(lines) > MOST_LINES:
        begin = dice.randrange(len(lines) - MOST_LINES)
        lines = [*lines[:20], *lines[begin : begin + MOST_LINES]]
    share = dice.choice((0.02, 0.2, 0.9))
    of_types = dice.random() < 0.7
    columns = {_column(line) for line in lines}
    gone = set(dice.sample(sorted(columns), int(len(columns) * dice.choice((0.0, 0.1, 0.5)))))
    kept = [line for line in lines if _column(line) not in gone]
    found = [
        each
        for line in kept
        for each in (_mangled(line, dice, of_types) if dice.random() < share else [line])
    ]
    if dice.random() < 0.3:
        dice.shuffle(found)
    if dice.random() < 0.3:
        found.append(f"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.{dice.choice(MAKERS)}")
    if dice.random() < 0.2:
        found.append("1.3.6.1.2.1.1.1.0|4|" + dice.choice(WORDS))
    return found


# Makers' numbers of sysObjectID, and words of sysDescr that are no good company for them.
MAKERS = ("9.1.1069", "8072.3.2.10", "14823.1.2.34", "25053.3.1.4.125", "41112.1.4", "1916.2.71",
          "890.1.15", "11.2.3.7.11.160", "26928.1", "17713.22", "12356.120", "0")  # fmt: skip
WORDS = ("Cisco Controller", "Linux 4.4.0", "RouterOS CCR2004", "(", "Version ", "\\",
         "ArubaOS (MODEL: ), Version ", "Huawei Versatile Routing Platform Software")  # fmt: skip


def _column(line: str) -> str:
    return line.partition("|")[0].rpartition(".")[0]


def _mangled(line: str, dice: random.Random, of_types: bool) -> list[str]:
    name, _, written = line.partition("|")
    kind, _, value = written.partition("|")
    parts = name.split(".")
    forms: list[list[str]] = [
        [],
        [line, line],
        [f"{_column(line)}.{dice.choice(INDEXES)}|{written}"],
        [f"{'.'.join(parts[: dice.randrange(1, len(parts) + 1)])}|{written}"],
        [f"{name}.{dice.choice(INDEXES)}|{written}"],
    ]
    if of_types:
        cut = value[: dice.randrange(len(value))] if value else value
        other = f"{name}|{dice.choice(VALUES)}"
        forms += [[f"{name}|{kind}|{cut}"], [other], [other]]
    return dice.choice(forms)


def assert_sane(seen: Observation, view: MibView) -> None:
    """Assert what must hold of any observation, whatever was read."""
    body = to_json(seen)
    written = json.dumps(body, allow_nan=False)
    problem = next(SCHEMA.iter_errors(json.loads(written)), None)
    assert problem is None, problem
    assert json.loads("".join(json_lines(seen))) == body
    assert from_json(body) == seen
    _assert_metrics(seen, view)
    indexes = [port.index for port in seen.interfaces]
    assert indexes == sorted(set(indexes))
    addresses = [
        *(port.mac for port in seen.interfaces),
        *(point.mac for point in seen.access_points),
        *(wlan.bssid for wlan in seen.wlans),
        *(entry.mac for entry in seen.forwarding),
        *(entry.mac for entry in seen.arp),
    ]
    assert [each for each in addresses if each is not None and not MAC.fullmatch(each)] == []
    assert [vlan.id for vlan in seen.vlans if not 0 < vlan.id <= 4095] == []
    for radio in seen.radios:
        assert radio.band in {None, "2.4", "5", "6", "60"}, radio
    for metric in body["metrics"]:
        del metric["unit"]  # empty where a figure counts
    bad = [each for each in _words(body) if not each.strip() or "\0" in each]
    assert bad == [], bad


def _assert_metrics(seen: Observation, view: MibView) -> None:
    names = [dotted(name) for name in view]
    known = set(names)
    for metric in seen.metrics:
        assert metric.unit == UNITS[metric.name], metric
        assert math.isfinite(metric.value), metric
        if metric.name in PERCENT:
            assert 0 <= metric.value <= 100, metric
        if metric.name in {"clients", "ap_count"} and metric.value == 0:
            continue  # a table without a row says so
        below = f"{metric.oid}."
        assert metric.oid in known or any(name.startswith(below) for name in names), metric


def _words(value: object) -> list[str]:
    """Return every text of a JSON value but what stands in `problems`."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [word for each in value for word in _words(each)]
    if isinstance(value, dict):
        return [word for key, each in value.items() if key != "problems" for word in _words(each)]
    return []
