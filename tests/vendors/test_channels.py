"""The band of a channel that a device tells without its band (IEEE 802.11 annex E)."""

import pytest

from inventory.vendors.standard.channels import band_of_channel, frequency_mhz

FIVE = {*range(36, 65, 4), *range(100, 145, 4), *range(149, 178, 4)}
SIX = set(range(1, 234, 4))


@pytest.mark.parametrize("number", sorted(FIVE))
def test_a_channel_of_5_ghz_is_one(number: int) -> None:
    assert band_of_channel(number) == "5"


@pytest.mark.parametrize("number", sorted(SIX - FIVE - set(range(1, 15))))
def test_a_channel_that_6_ghz_alone_has_is_one(number: int) -> None:
    assert band_of_channel(number) == "6"
    assert frequency_mhz("6", number) == 5950 + 5 * number


@pytest.mark.parametrize("number", range(1, 15))
def test_a_channel_up_to_14_is_taken_for_2_4_ghz(number: int) -> None:
    assert band_of_channel(number) == "2.4"


@pytest.mark.parametrize("number", [None, 0, -1, 15, 31, 200, 234, 65535])
def test_what_is_no_channel_has_no_band(number: int | None) -> None:
    assert band_of_channel(number) is None


@pytest.mark.parametrize(("within", "number"), [("2.4", 36), ("5", 233), ("6", 0), (None, 6)])
def test_a_channel_that_its_band_does_not_have_has_no_frequency(
    within: str | None, number: int
) -> None:
    assert frequency_mhz(within, number) is None
