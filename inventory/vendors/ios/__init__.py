"""Cisco IOS switches, routers and autonomous access points."""

from dataclasses import replace

from inventory.vendors.family import Family, Later
from inventory.vendors.ios import reading, wireless

READING = replace(
    reading.READING,
    columns=(*reading.READING.columns, *wireless.COLUMNS),
    observe=lambda view: wireless.with_air(view, reading.READING.observe(view)),
)
FAMILY = Family(
    id="ios",
    vendor="Cisco",
    role="switch",
    reading=READING,
    configuration=Later("inventory.vendors.ios.configuration", "CONFIGURATION"),
    support=Later("inventory.vendors.ios.support", "SUPPORT"),
)
