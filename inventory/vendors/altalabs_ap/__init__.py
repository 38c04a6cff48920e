"""Alta Labs access points."""

from inventory.vendors.altalabs_ap.reading import READING
from inventory.vendors.family import Family

FAMILY = Family(id="altalabs_ap", vendor="Alta Labs", role="access_point", reading=READING)
