"""A sample: what was measured of one subject at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from collectors.series.kinds import SubjectKind
from collectors.series.rates import Counters


class Subject(NamedTuple):
    """Of whom: a device or a site by its row id, or a part of a device by its name as well."""

    kind: SubjectKind
    owner_id: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured of `subject` at `at`; a metric that is not in `values` was not told.

    `counters` become rates when the reading before is known. `start` is False for what is kept only
    of a subject that has a history already, as a port where nothing is heard any more.
    """

    subject: Subject
    at: datetime
    values: Mapping[str, float] = field(default_factory=dict)
    counters: Counters | None = None
    start: bool = True
