"""Peplink and Pepwave routers and access points."""

from inventory.vendors.family import Family
from inventory.vendors.pepwave.reading import READING

FAMILY = Family(id="pepwave", vendor="Peplink", role="router", reading=READING)
