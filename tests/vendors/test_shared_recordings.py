"""Recordings of real devices, where this machine has them beside the tree."""

import json
from pathlib import Path

import pytest

from collectors.observe import observe_recording
from inventory.observation import from_json, to_json
from tests.scoring.__main__ import DEFAULT_FOLDER
from tests.scoring.score import Score, score

RECORDINGS = sorted(DEFAULT_FOLDER.glob("*.snmprec"))
ABSENT = "no recordings of real devices in ../shared/recordings"


@pytest.mark.skipif(not RECORDINGS, reason=ABSENT)
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_of_a_real_device_is_read_and_its_json_goes_there_and_back(path: Path) -> None:
    observation = observe_recording(path)
    assert from_json(json.loads(json.dumps(to_json(observation)))) == observation


@pytest.mark.skipif(not RECORDINGS, reason=ABSENT)
def test_real_devices_are_read_as_another_monitoring_system_reads_them() -> None:
    whole = Score()
    for path in RECORDINGS:
        expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
        whole.add(score(observe_recording(path), expected))
    interfaces, neighbours = whole.percent("interfaces"), whole.percent("neighbours")
    assert interfaces is not None
    assert neighbours is not None
    assert interfaces >= 99.0
    assert neighbours >= 95.0
