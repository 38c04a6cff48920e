"""Ruckus ICX and other switches with IronWare, once Foundry's and Brocade's."""

from inventory.vendors.family import Family
from inventory.vendors.ironware.reading import READING

FAMILY = Family(id="ironware", vendor="Ruckus", role="switch", reading=READING)
