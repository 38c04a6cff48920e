"""The day in Brussels, by which terms run, editions open and reserves fall due."""

from datetime import date

from inventory import clock
from inventory.programme.dossier.machine import BRUSSELS


def today() -> date:
    """Return the day in Brussels."""
    return clock.now().astimezone(BRUSSELS).date()
