"""Cisco IOS switches, routers and autonomous access points."""

from dataclasses import replace

from inventory.vendors.family import Family
from inventory.vendors.ios import reading, wireless
from inventory.vendors.ios.configuration import CONFIGURATION

READING = replace(
    reading.READING,
    columns=(*reading.READING.columns, *wireless.COLUMNS),
    observe=lambda view: wireless.with_air(view, reading.READING.observe(view)),
)
FAMILY = Family(
    id="ios", vendor="Cisco", role="switch", reading=READING, configuration=CONFIGURATION
)
