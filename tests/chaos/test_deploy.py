"""A rollout that is killed ten times loses no device and says of each what it is."""

import random
from pathlib import Path

import pytest

from tests.chaos.deploy import run_chaos

pytestmark = [pytest.mark.slow, pytest.mark.lab, pytest.mark.timeout(900)]


def test_a_rollout_killed_again_and_again_loses_no_device_and_misstates_none(
    tmp_path: Path,
) -> None:
    tally = run_chaos(tmp_path, random.Random(7), kills=10, count=2)
    assert tally.kills >= 10
    assert (tally.unreachable, tally.misstated, tally.doubled) == (0, 0, 0), tally.stories
