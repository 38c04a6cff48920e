"""From samples to one figure a place: the strongest access point, or the second one."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from site_surveys.samples import Sample

PLACE_STEP_M = 0.1
"""Places nearer than a step are one place: nobody stands more exactly than that."""

_NOT_HEARD = float("-inf")


@dataclass(frozen=True)
class Places:
    """Where somebody listened, and what was heard there of what was asked for."""

    xy_m: NDArray[np.float64]
    """One row (x, y) a place."""
    rssi_dbm: NDArray[np.float64]
    """NaN: listened, and not heard."""
    access_points: int
    """How many access points were heard in all."""
    by_radio: NDArray[np.float64] | None = None
    """[radio, place] in dBm, NaN where that radio was not heard; None: not told apart."""

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Which places heard it."""
        return ~np.isnan(self.rssi_dbm)


def radio_of(bssid: str, channel: int | None) -> tuple[str, int | None]:
    """Return what the BSSIDs of one radio share: the address less what vendors vary, the channel.

    A radio gives each of its SSIDs a BSSID of its own. Vendors count in the last four bits (Aruba,
    Cisco) or set bits of the first octet (mac80211, so OpenWrt), and a radio has one channel. Two
    access points bought together may fall into one by this rule; then a second access point is told
    missing where there is one, never the other way round.
    """
    return bssid[2:11], channel


def places_heard(
    samples: Iterable[Sample],
    *,
    band: str,
    ssid: str | None = None,
    bssid: str | None = None,
    rank: int = 0,
) -> Places:
    """Return, for each place of `samples` (of one floor), the RSSI of its access point of a rank.

    `rank` 0 is the strongest access point in `band`, 1 the second; `ssid` and `bssid` (12 hex
    digits) narrow what is meant. At one place, a radio's figure
    is the median of its readings over time and over its BSSIDs; one that was missed more often than
    heard is not heard. A place where only other bands or other SSIDs were heard was listened at all
    the same.
    """
    readings: dict[tuple[int, int], dict[tuple[str, int | None], list[float]]] = {}
    for sample in samples:
        place = (round(sample.x_m / PLACE_STEP_M), round(sample.y_m / PLACE_STEP_M))
        radios = readings.setdefault(place, defaultdict(list))
        if sample.bssid is None or sample.band != band or (ssid and sample.ssid != ssid):
            continue
        if bssid is not None and sample.bssid != bssid:
            continue
        level = _NOT_HEARD if sample.rssi_dbm is None else sample.rssi_dbm
        radios[radio_of(sample.bssid, sample.channel)].append(level)
    medians = [
        {radio: statistics.median_low(levels) for radio, levels in radios.items()}
        for radios in readings.values()
    ]
    heard = sorted(
        {
            radio
            for here in readings.values()
            for radio, all_ in here.items()
            if max(all_) > _NOT_HEARD
        },
        key=str,
    )
    by_radio = np.array(
        [[here.get(radio, _NOT_HEARD) for here in medians] for radio in heard], dtype=float
    ).reshape(len(heard), len(medians))
    by_radio[by_radio == _NOT_HEARD] = np.nan
    xy_m = np.array(list(readings), dtype=float).reshape(-1, 2) * PLACE_STEP_M
    return Places(xy_m, _ranked(by_radio, rank), len(heard), by_radio)


def _ranked(by_radio: NDArray[np.float64], rank: int) -> NDArray[np.float64]:
    """Return the level of the radio of a rank at each place; NaN where fewer were heard."""
    if len(by_radio) <= rank:
        return np.full(by_radio.shape[1], np.nan)
    # NaN sorts last, also among negated levels.
    levels: NDArray[np.float64] = -np.sort(-by_radio, axis=0)[rank]
    return levels


@dataclass(frozen=True, slots=True)
class HeardRadio:
    """A radio as heard at one place: the median of its readings."""

    rssi_dbm: float
    noise_dbm: float | None
    channel: int | None


@dataclass(frozen=True, slots=True)
class HeardPlace:
    """What was heard at one place in one band, the strongest first."""

    x_m: float
    y_m: float
    radios: tuple[HeardRadio, ...]

    @property
    def snr_db(self) -> float | None:
        """How far the strongest radio stands above the noise that was measured with it."""
        if not self.radios or self.radios[0].noise_dbm is None:
            return None
        return self.radios[0].rssi_dbm - self.radios[0].noise_dbm

    @property
    def strongest_channel(self) -> int | None:
        """The channel of the strongest radio."""
        return self.radios[0].channel if self.radios else None


def hear_places(samples: Iterable[Sample], *, band: str) -> list[HeardPlace]:
    """Return each place of `samples` (of one floor) with the radios that were heard there."""
    readings: dict[tuple[int, int], dict[tuple[str, int | None], list[Sample]]] = {}
    for sample in samples:
        place = (round(sample.x_m / PLACE_STEP_M), round(sample.y_m / PLACE_STEP_M))
        radios = readings.setdefault(place, defaultdict(list))
        if sample.bssid is not None and sample.rssi_dbm is not None and sample.band == band:
            radios[radio_of(sample.bssid, sample.channel)].append(sample)
    return [
        HeardPlace(x * PLACE_STEP_M, y * PLACE_STEP_M, _heard_radios(radios))
        for (x, y), radios in readings.items()
    ]


def _heard_radios(
    radios: Mapping[tuple[str, int | None], list[Sample]],
) -> tuple[HeardRadio, ...]:
    heard = []
    for (_, channel), samples in radios.items():
        levels = [sample.rssi_dbm for sample in samples if sample.rssi_dbm is not None]
        noises = [sample.noise_dbm for sample in samples if sample.noise_dbm is not None]
        noise = statistics.median_low(noises) if noises else None
        heard.append(HeardRadio(statistics.median_low(levels), noise, channel))
    return tuple(sorted(heard, key=lambda radio: -radio.rssi_dbm))
