"""A rollout that is killed ten times loses no device of any family and says of each what it is."""

import random
from pathlib import Path

import pytest

from tests.chaos.deploy import run_chaos
from tests.chaos.schools import schools
from tests.lab.misbehaviours import FAMILIES

pytestmark = [pytest.mark.slow, pytest.mark.lab, pytest.mark.timeout(900)]
SCHOOLS = 4


def test_a_rollout_killed_again_and_again_loses_no_device_and_misstates_none(
    tmp_path: Path,
) -> None:
    tally = run_chaos(tmp_path, random.Random(7), kills=10, count=SCHOOLS)
    assert tally.kills >= 10
    assert (tally.unreachable, tally.misstated, tally.doubled) == (0, 0, 0), tally.stories


def test_every_family_that_is_pushed_to_is_in_one_of_the_schools() -> None:
    made = {spec.family for school in schools(SCHOOLS, "127.77") for spec in school.devices}
    assert made == set(FAMILIES)
