"""`make texts`: brings the catalogues up to date and says what is left to translate."""

import sys

from tests.texts.catalogues import TRANSLATED, faults, update

for tag in TRANSLATED:
    update(tag)
left = [fault for tag in TRANSLATED for fault in faults(tag)]
print("\n".join(left) if left else "The catalogues are complete.")
sys.exit(1 if left else 0)
