"""Alcatel-Lucent Enterprise OmniAccess Stellar access points."""

from inventory.vendors.family import Family
from inventory.vendors.stellar.reading import READING

FAMILY = Family(
    id="stellar", vendor="Alcatel-Lucent Enterprise", role="access_point", reading=READING
)
