"""EnGenius (Senao) access points."""

from inventory.vendors.engenius.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="engenius", vendor="EnGenius", role="access_point", reading=READING)
