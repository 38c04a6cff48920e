"""What is measured of whom. A metric is added here and nowhere else; the tables follow.

Each kind of subject has one wide row a moment. A figure is stored as a whole number of its
resolution: sums are exact on both databases, and a small number takes a byte or two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SubjectKind(StrEnum):
    """Of whom figures are kept."""

    SITE = "site"
    DEVICE = "device"
    RADIO = "radio"
    INTERFACE = "interface"
    WLAN = "wlan"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: its name and unit as published, and the smallest step that is kept of it.

    `wide`: its whole numbers may need more than 31 bits.
    """

    name: str
    unit: str
    resolution: float = 1.0
    wide: bool = False

    def stored(self, value: float) -> int:
        """Return the whole number that stands for `value`."""
        return round(value / self.resolution)

    def shown(self, stored: float) -> float:
        """Return the value that a stored number, or a mean of such numbers, stands for."""
        return round(stored * self.resolution, 4)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subject and its metrics."""

    name: SubjectKind
    metrics: tuple[Metric, ...]

    @property
    def by_name(self) -> dict[str, Metric]:
        """Return the metrics by their names."""
        return {metric.name: metric for metric in self.metrics}


KINDS: Mapping[SubjectKind, Kind] = {
    kind.name: kind
    for kind in (
        # A site's row is written at the end of a poll: what was asked, what answered, and the
        # clients that `clients_told_by` access points told of.
        Kind(
            SubjectKind.SITE,
            (
                Metric("devices", "1"),
                Metric("devices_reachable", "1"),
                Metric("clients", "1"),
                Metric("clients_told_by", "1"),
            ),
        ),
        # `reachable` is 1 or 0, so that its mean is the share of the polls that were answered.
        Kind(
            SubjectKind.DEVICE,
            (
                Metric("reachable", "1"),
                Metric("rtt_ms", "ms", 0.1),
                Metric("cpu_percent", "%", 0.1),
                Metric("memory_percent", "%", 0.1),
                Metric("temperature_celsius", "°C", 0.1),
                Metric("clients", "1"),
                Metric("poe_w", "W", 0.1),
            ),
        ),
        Kind(
            SubjectKind.RADIO,
            (
                Metric("clients", "1"),
                Metric("utilisation_percent", "%", 0.1),
                Metric("noise_floor_dbm", "dBm", 0.1),
                Metric("tx_power_dbm", "dBm", 0.1),
            ),
        ),
        Kind(
            SubjectKind.INTERFACE,
            (
                Metric("in_bps", "bit/s", wide=True),
                Metric("out_bps", "bit/s", wide=True),
                Metric("in_errors_per_h", "1/h", 0.1),
                Metric("out_errors_per_h", "1/h", 0.1),
                Metric("poe_w", "W", 0.1),
            ),
        ),
        Kind(SubjectKind.WLAN, (Metric("clients", "1"),)),
    )
}
