"""Huawei switches and access controllers (VRP)."""

from inventory.vendors.family import Family
from inventory.vendors.vrp.reading import READING

FAMILY = Family(id="vrp", vendor="Huawei", role="switch", reading=READING)
