"""Text in the cells of tables that people open: none of it is ever run as a formula.

A cell that begins with one of `=+-@` (full-width ones too), or with a tab or line end, is run by
spreadsheets that read CSV (OWASP, CSV injection). It is written behind an apostrophe, which they
show as text; so is a text that begins with an apostrophe itself, so that reading gives back what
was written.
"""

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def neutral(text: str) -> str:
    """Return what is written into a cell for `text`."""
    return f"'{text}" if text.startswith(_RUN) else text


def original(cell: str) -> str:
    """Return the text that `neutral` wrote, or what a person typed."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RUN) else cell
