"""OmniStack, and OmniSwitch with AOS 7 and 8."""

from inventory.vendors.aos.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="aos", vendor="Alcatel-Lucent Enterprise", role="switch", reading=READING)
