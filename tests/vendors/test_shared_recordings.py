"""Recordings of real devices, where this machine has them beside the tree."""

import json
from pathlib import Path

import pytest

from collectors.observe import observe_recording
from inventory.observation import from_json, to_json
from tests.scoring.__main__ import DEFAULT_FOLDER
from tests.scoring.expectations import WRONG_EXPECTATIONS, wrong_expectations
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
        whole.add(_score_of(path))
    least = {"family": 97, "model": 92, "firmware": 92, "serial": 92, "interfaces": 99}
    least |= {"wireless": 97, "neighbours": 95}
    told = {subject: whole.percent(subject) or 0.0 for subject in least}
    assert [subject for subject in least if told[subject] < least[subject]] == [], told


@pytest.mark.skipif(not RECORDINGS, reason=ABSENT)
def test_every_expectation_that_is_not_judged_still_differs_from_what_we_read() -> None:
    listed = {(row.recording, row.subject) for row in WRONG_EXPECTATIONS}
    stale = [
        (path.stem, subject)
        for path in RECORDINGS
        for subject in {subject for recording, subject in listed if recording == path.stem}
        if not _score_of(path).excepted[subject]
    ]
    assert stale == []


def _score_of(path: Path) -> Score:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    return score(observe_recording(path), expected, wrong_expectations(path.stem))
