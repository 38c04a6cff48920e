"""What people type into forms: amounts, whole numbers and days, as they are written here."""

from datetime import date
from decimal import Decimal, InvalidOperation


def amount(text: str) -> Decimal | None:
    """Return a number as it is written here, with a comma or a point; None for anything else."""
    plain = "".join(text.replace("€", "").split()).replace(",", ".")
    try:
        told = Decimal(plain)
    except InvalidOperation:
        return None
    return told if told.is_finite() else None


def whole(text: str, at_most: int) -> int | None:
    """Return a whole number from 0 to `at_most`; None for anything else."""
    plain = "".join(text.split())
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        return None
    return int(plain) if int(plain) <= at_most else None


def day(text: str) -> date | None:
    """Return a day written as a browser sends it (2027-01-15) or as people do (15/01/2027)."""
    parts = text.strip().split("/")
    try:
        if len(parts) == 3:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
