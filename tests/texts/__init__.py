"""The catalogues of the pages' texts: extracting what they should hold, and judging what they do.

`make texts` brings them up to date; `tests/unit/test_catalogues.py` holds them complete.
"""
