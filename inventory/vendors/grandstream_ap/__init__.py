"""Grandstream access points (GWN76xx)."""

from inventory.vendors.family import Family
from inventory.vendors.grandstream_ap.reading import READING

FAMILY = Family(id="grandstream_ap", vendor="Grandstream", role="access_point", reading=READING)
