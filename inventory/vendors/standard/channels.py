"""IEEE 802.11 bands and channels from centre frequencies."""


def band(frequency_mhz: int) -> str | None:
    """Return "2.4", "5" or "6" (GHz) for a channel's centre frequency (IEEE 802.11 annex E)."""
    if 2400 <= frequency_mhz < 2500:
        return "2.4"
    if 5000 <= frequency_mhz < 5925:
        return "5"
    return "6" if 5925 <= frequency_mhz <= 7125 else None


def channel(frequency_mhz: int) -> int | None:
    """Return the 20 MHz channel's number for its centre frequency (IEEE 802.11 clause 15 to 27)."""
    if frequency_mhz == 2484:
        return 14
    starts = {"2.4": 2407, "5": 5000, "6": 5950}
    within = band(frequency_mhz)
    if within is None:
        return None
    number, rest = divmod(frequency_mhz - starts[within], 5)
    return number if number > 0 and rest == 0 else None


def band_of_channel(number: int | None) -> str | None:
    """Return the band of a channel that is told without its band (IEEE 802.11 annex E).

    1 to 13 are taken for 2.4 GHz, though 6 GHz has 1, 5, 9 and 13 too, and 149 to 177 for 5 GHz.
    Other channels of 5 GHz are multiples of four; those of 6 GHz are one more than that.
    """
    if number is None or not 1 <= number <= 233:
        return None
    if number <= 14:
        return "2.4"
    if number % 4 == 1 and not 149 <= number <= 177:
        return "6"
    return "5" if 32 <= number <= 177 else None


def frequency_mhz(within: str | None, number: int | None) -> int | None:
    """Return the centre frequency of a 20 MHz channel of a band ("2.4", "5", "6"); None if none."""
    starts = {"2.4": (2407, 14), "5": (5000, 196), "6": (5950, 233)}
    if within not in starts or number is None:
        return None
    start, last = starts[within]
    if not 1 <= number <= last:
        return None
    return 2484 if (within, number) == ("2.4", 14) else start + 5 * number
