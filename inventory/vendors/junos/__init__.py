"""Juniper EX and QFX switches (Junos)."""

from inventory.vendors.family import Family
from inventory.vendors.junos.reading import READING

FAMILY = Family(id="junos", vendor="Juniper", role="switch", reading=READING)
