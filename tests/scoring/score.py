"""How many of another monitoring system's figures we read equally, and what "equal" means.

The rules are those of the recordings' README: identity without case, one containing the other; an
interface by its ifIndex; a wireless figure by name and value, each of ours counting once; a
neighbour by its system name. What the other system was not told is not judged, nor is what
the device's MIB contradicts (`expectations`).
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from inventory.observation import Interface, Observation

# Another system's wireless class -> our metric's name. Other classes are not judged.
METRICS = {
    "clients": ("clients",),
    "ap-count": ("ap_count",),
    "frequency": ("frequency_mhz",),
    "channel": ("channel",),
    "utilization": ("utilisation_percent",),
    "power": ("tx_power_dbm", "rssi_dbm"),
    "noise-floor": ("noise_floor_dbm",),
    "snr": ("snr_db",),
    "rssi": ("rssi_dbm",),
    "rate": ("rate_bps",),
    "ccq": ("quality_percent",),
    "quality": ("quality_percent",),
    "errors": ("errors",),
}
SUBJECTS = ("family", "model", "firmware", "serial", "interfaces", "wireless", "neighbours")
_INTERFACE_FIELDS = ("admin", "oper", "mtu")


@dataclass
class Score:
    """Right answers and judged ones by subject, with what was wrong."""

    right: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    excepted: Counter[str] = field(default_factory=Counter)
    exceptions: Collection[tuple[str, str]] = ()

    def judge(self, subject: str, *, right: bool, told: object, note: str) -> None:
        """Count one answer, unless what the other system was `told` is wrong by the MIB."""
        if not right and (subject, str(told)) in self.exceptions:
            self.excepted[subject] += 1
            return
        self.judged[subject] += 1
        if right:
            self.right[subject] += 1
        else:
            self.wrong.append(f"{subject}: {note}")

    def add(self, other: "Score") -> None:
        """Count another's answers with ours."""
        self.right += other.right
        self.judged += other.judged
        self.excepted += other.excepted

    def percent(self, subject: str) -> float | None:
        """Return the share of right answers, None where nothing was judged."""
        judged = self.judged[subject]
        return round(100.0 * self.right[subject] / judged, 1) if judged else None


def score(
    observation: Observation,
    expected: dict[str, Any],
    exceptions: Collection[tuple[str, str]] = (),
) -> Score:
    """Return how an Observation compares with what another system reads.

    `exceptions` are (subject, what it reads) that the MIB contradicts.
    """
    result = Score(exceptions=exceptions)
    _score_identity(result, observation, expected["identity"])
    _score_interfaces(result, observation, expected["interfaces"])
    _score_wireless(result, observation, expected["wireless"])
    heard = Counter(neighbour.system_name for neighbour in observation.neighbours)
    for link in expected["links"]:
        name = link["remote_hostname"]
        right = heard[name] > 0
        heard[name] -= 1
        result.judge("neighbours", right=right, told=name, note=repr(name))
    return result


def _score_identity(result: Score, observation: Observation, expected: dict[str, Any]) -> None:
    ours = observation.identity
    family = expected["os"].replace("-", "_")
    note = f"{ours.family}, not {family}"
    result.judge("family", right=ours.family == family, told=family, note=note)
    for name in ("model", "firmware", "serial"):
        told, read = expected[name], getattr(ours, name)
        if told:
            right = _contains(str(told).lower(), (read or "").lower())
            result.judge(name, right=right, told=told, note=f"{read!r}, not {told!r}")


def _contains(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _score_interfaces(
    result: Score, observation: Observation, expected: list[dict[str, Any]]
) -> None:
    ours = {interface.index: interface for interface in observation.interfaces}
    for row in expected:
        found = ours.get(row["index"])
        if row["name"] is not None:
            right = found is not None and row["name"] in _names(found)
            note = f"{row['index']} {found and _names(found)}, not {row['name']!r}"
            result.judge("interfaces", right=right, told=row["name"], note=note)
        for name in _INTERFACE_FIELDS:
            if row[name] is not None:
                read = getattr(found, name, None)
                note = f"{row['index']} {name} {read!r}, not {row[name]!r}"
                result.judge("interfaces", right=read == row[name], told=row[name], note=note)


def _names(interface: Interface) -> tuple[str | None, ...]:
    return interface.name, interface.description, interface.alias


def _score_wireless(
    result: Score, observation: Observation, expected: list[dict[str, Any]]
) -> None:
    ours = [(metric.name, metric.value) for metric in observation.metrics]
    for row in expected:
        names, told = METRICS.get(row["class"]), row["value"]
        if names is None or told is None:
            continue
        found = next((one for one in ours if one[0] in names and _near(one[1], float(told))), None)
        if found:
            ours.remove(found)
        note = f"{row['class']} {row.get('label')!r} {told}"
        result.judge("wireless", right=found is not None, told=f"{row['class']} {told}", note=note)


def _near(read: float, told: float) -> bool:
    return abs(read - told) <= max(0.5, abs(told) * 0.01)
