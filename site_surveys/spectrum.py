"""Channels and frequencies (IEEE 802.11-2020, annex E; 802.11ax-2021, 27.3.23 for 6 GHz)."""

BANDS = ("2.4", "5", "6")

_FIVE_GHZ = frozenset([*range(36, 65, 4), *range(100, 145, 4), *range(149, 178, 4)])


def band_of_frequency(frequency_mhz: int) -> str | None:
    """Return 2.4, 5 or 6 (GHz); None outside the WiFi bands."""
    if 2400 <= frequency_mhz <= 2500:
        return "2.4"
    if 5000 <= frequency_mhz <= 5900:
        return "5"
    return "6" if 5925 <= frequency_mhz <= 7125 else None


def band_of_channel(channel: int) -> str | None:
    """Return the band of a channel number given alone; None for numbers that only 6 GHz has.

    Numbers of 6 GHz repeat those of the other bands: there the frequency must be told.
    """
    if 1 <= channel <= 14:
        return "2.4"
    return "5" if channel in _FIVE_GHZ else None


def frequency_of_channel(band: str, channel: int) -> int | None:
    """Return the centre of a 20 MHz channel in MHz; None where the band has no such channel."""
    if band == "2.4":
        return 2484 if channel == 14 else 2407 + 5 * channel if 1 <= channel <= 13 else None
    if band == "5":
        return 5000 + 5 * channel if channel in _FIVE_GHZ else None
    if channel == 2:  # operating class 136
        return 5935
    return 5950 + 5 * channel if 1 <= channel <= 233 and channel % 4 == 1 else None


def channel_of_frequency(frequency_mhz: int) -> int | None:
    """Return the channel whose 20 MHz are centred at a frequency; None where there is none."""
    if frequency_mhz in (2484, 5935):
        return 14 if frequency_mhz == 2484 else 2
    band = band_of_frequency(frequency_mhz)
    if band is None:
        return None
    start = {"2.4": 2407, "5": 5000, "6": 5950}[band]
    channel, rest = divmod(frequency_mhz - start, 5)
    fits = rest == 0 and frequency_of_channel(band, channel) == frequency_mhz
    return channel if fits else None
