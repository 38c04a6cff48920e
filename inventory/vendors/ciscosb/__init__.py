"""Cisco Small Business and Business switches: SG, CBS, Catalyst 1200 and 1300."""

from inventory.vendors.ciscosb.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="ciscosb", vendor="Cisco", role="switch", reading=READING)
