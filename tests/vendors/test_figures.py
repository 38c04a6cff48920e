"""Figures that are made of several objects, or stand in one of several places."""

import pytest

from inventory.vendors.mib import MibView, Value, oid
from inventory.vendors.standard.health import MemoryShare
from inventory.vendors.standard.wireless_columns import Column, told
from inventory.vendors.standard.wireless_tables import RadioTable

TOTAL, USED, FREE = (oid(f"1.3.6.1.4.1.99999.1.{column}") for column in (1, 2, 3))
SHARE = MemoryShare(total=TOTAL, used=USED, free=FREE)


@pytest.mark.parametrize(
    ("figures", "share"),
    [
        ({TOTAL: 200, USED: 50, FREE: 150}, (25.0, USED)),
        ({TOTAL: 200, USED: 50}, (25.0, USED)),
        ({TOTAL: 200, FREE: 150}, (25.0, FREE)),
        ({USED: 50, FREE: 150}, (25.0, USED)),
        ({USED: 50}, None),
        ({FREE: 150}, None),  # once read as 0 % in use
        ({TOTAL: 200}, None),
        ({TOTAL: 100, USED: 101}, None),
        ({TOTAL: 0, USED: 0}, None),
    ],
)
def test_memory_in_use_needs_two_of_its_three_columns(
    figures: dict[tuple[int, ...], Value], share: tuple[float, tuple[int, ...]] | None
) -> None:
    view = MibView({(*column, 7): value for column, value in figures.items()})
    found = [(metric.value, oid(metric.oid)) for metric in SHARE.metrics(view)]
    assert found == ([] if share is None else [(share[0], (*share[1], 7))])


def test_a_figure_names_the_object_that_told_it() -> None:
    new, old, mhz, noise = (oid(f"1.3.6.1.4.1.99999.2.{column}") for column in (1, 2, 3, 4))
    table = RadioTable(
        channel=Column(new, told(), otherwise=Column(old)),
        frequency=Column(mhz, told()),
        noise=Column(noise),
    )
    view = MibView({(*new, 1): 0, (*old, 1): 36, (*mhz, 1): 0, (*noise, 1): -95})
    assert {(metric.name, metric.value, oid(metric.oid)) for metric in table.metrics(view)} == {
        ("channel", 36.0, (*old, 1)),
        ("frequency_mhz", 5180.0, (*old, 1)),
        ("noise_floor_dbm", -95.0, (*noise, 1)),
    }
