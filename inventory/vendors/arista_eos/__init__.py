"""Arista switches (EOS)."""

from inventory.vendors.arista_eos.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="arista_eos", vendor="Arista", role="switch", reading=READING)
