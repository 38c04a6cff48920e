"""How wide the octet counters of a port are, and those that an agent has without keeping them."""

import pytest

from inventory.observation import Interface
from tests.vendors.recorded import observed

PORT = """\
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.424242.1
.1.3.6.1.2.1.2.2.1.2.3 = STRING: "port 3"
"""
IN, OUT = ".1.3.6.1.2.1.2.2.1.10.3", ".1.3.6.1.2.1.2.2.1.16.3"
WIDE_IN, WIDE_OUT = ".1.3.6.1.2.1.31.1.1.1.6.3", ".1.3.6.1.2.1.31.1.1.1.10.3"


def port(**counters: int) -> Interface:
    oids = {"in_32": IN, "out_32": OUT, "in_64": WIDE_IN, "out_64": WIDE_OUT}
    lines = (f"{oids[name]} = Counter{name[-2:]}: {value}\n" for name, value in counters.items())
    [found] = observed(PORT + "".join(lines)).interfaces
    return found


@pytest.mark.parametrize(
    ("counters", "bits", "told"),
    [
        ({}, None, {}),
        ({"in_32": 5, "out_32": 6}, 32, {"in_octets": 5, "out_octets": 6}),
        (
            {"in_32": 5, "out_32": 6, "in_64": 2**32 + 5, "out_64": 2**33 + 6},
            64,
            {"in_octets": 2**32 + 5, "out_octets": 2**33 + 6},
        ),
        ({"in_64": 0, "out_64": 0}, 64, {"in_octets": 0, "out_octets": 0}),
        # Some agents have the columns of RFC 2863 and leave them at 0.
        (
            {"in_32": 5, "out_32": 6, "in_64": 0, "out_64": 0},
            32,
            {"in_octets": 5, "out_octets": 6},
        ),
    ],
)
def test_the_width_is_that_of_the_counters_that_count(
    counters: dict[str, int], bits: int | None, told: dict[str, int]
) -> None:
    found = port(**counters)
    assert (found.octet_bits, found.counters) == (bits, told)
