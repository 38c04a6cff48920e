"""What is known of a site before it is planned; None is "not told", and nothing is guessed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Connection(StrEnum):
    """How good a site's present connection is, by its own word in the cadastre."""

    NONE = "none"
    POOR = "poor"
    FAIR = "fair"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both included, on which pupils are away; `works`: whether a contractor may come."""

    first: date
    last: date
    works: bool


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What the cadastre, the administration and the adviser tell of one site.

    `ise_class` is 1 (least favoured) to 20; `adviser_urgency` 0 (can wait) to 3 (urgent);
    `holidays_only`: works must not fall on a school day, as with asbestos.
    """

    pupils: int | None = None
    classes: int | None = None
    connection: Connection | None = None
    ise_class: int | None = None
    adviser_urgency: int | None = None
    holidays_only: bool | None = None
    closures: tuple[Closure, ...] = ()
