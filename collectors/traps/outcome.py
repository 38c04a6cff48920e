"""What becomes of a datagram that is no event: a reason, counted, and never raised further."""

from enum import StrEnum


class Drop(StrEnum):
    """Why a datagram went no further; the words of `preau traps status` and of the metrics."""

    RATE_LIMITED = "rate_limited"
    QUEUE_FULL = "queue_full"
    MALFORMED = "malformed"
    WRONG_COMMUNITY = "wrong_community"
    UNKNOWN_USER = "unknown_user"
    WRONG_KEY = "wrong_key"
    NOT_SECURE_ENOUGH = "not_secure_enough"
    OUTSIDE_TIME_WINDOW = "outside_time_window"
    UNKNOWN_SOURCE = "unknown_source"
    AMBIGUOUS_SOURCE = "ambiguous_source"
    NOT_UNDERSTOOD = "not_understood"


BEFORE_DECODING = (Drop.RATE_LIMITED, Drop.QUEUE_FULL)


class Dropped(Exception):
    """A datagram goes no further; `report` is what its sender is to be told, if anything."""

    def __init__(self, why: Drop, report: bytes | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.report = report
