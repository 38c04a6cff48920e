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
    """Return "2.4" or "5" for a channel whose band is not told; 6 GHz numbers its own from 1 too.

    Channels 1 to 14 are taken for 2.4 GHz, 32 to 177 for 5 GHz (IEEE 802.11 annex E).
    """
    if number is None:
        return None
    return "2.4" if 1 <= number <= 14 else "5" if 32 <= number <= 177 else None


def frequency_mhz(within: str | None, number: int | None) -> int | None:
    """Return the centre frequency of a 20 MHz channel of a band ("2.4", "5", "6"); None if none."""
    starts = {"2.4": 2407, "5": 5000, "6": 5950}
    if within not in starts or not number or not 1 <= number <= 233:
        return None
    return 2484 if (within, number) == ("2.4", 14) else starts[within] + 5 * number
