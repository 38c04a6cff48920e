"""TP-Link JetStream and Omada switches."""

from inventory.vendors.family import Family
from inventory.vendors.jetstream.reading import READING

FAMILY = Family(id="jetstream", vendor="TP-Link", role="switch", reading=READING)
