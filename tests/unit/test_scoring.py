"""The scorer: what another system says wrongly by the MIB is not held against a reading."""

from inventory.observation import Identity, Neighbour, Observation
from tests.scoring.expectations import WRONG_EXPECTATIONS
from tests.scoring.score import score

EXPECTED = {
    "identity": {"os": "generic", "model": "X-24", "firmware": None, "serial": "S1"},
    "interfaces": [],
    "wireless": [],
    "links": [{"remote_hostname": "ap1"}, {"remote_hostname": "Brand"}],
}
SEEN = Observation(
    Identity("generic", model="x-24 rev 2", serial="S2"),
    neighbours=(Neighbour("1", "lldp", "ap1"),),
)


def test_a_wrong_answer_counts_and_one_that_contains_the_other_is_right() -> None:
    result = score(SEEN, EXPECTED)
    assert (result.right["model"], result.right["serial"]) == (1, 0)
    assert result.percent("neighbours") == 50.0
    assert result.percent("firmware") is None


def test_what_the_other_system_says_wrongly_is_listed_and_not_judged() -> None:
    result = score(SEEN, EXPECTED, {("neighbours", "Brand"), ("model", "X-24")})
    assert result.percent("neighbours") == 100.0
    assert result.excepted["neighbours"] == 1
    assert result.right["model"] == 1, "an answer that is right counts, excepted or not"


def test_every_exception_names_a_mib_object_and_a_reason() -> None:
    for row in WRONG_EXPECTATIONS:
        assert len(row.mib_object.split()) == 2, "a module and its object"
        assert row.why
