"""OmniSwitch with AOS 6."""

from inventory.vendors.aos6.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="aos6", vendor="Alcatel-Lucent Enterprise", role="switch", reading=READING)
