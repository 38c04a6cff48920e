"""Extreme Networks ERS switches with BOSS, once Nortel's and Avaya's."""

from inventory.vendors.boss.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="boss", vendor="Extreme Networks", role="switch", reading=READING)
