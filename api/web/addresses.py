"""Addresses that a form or a query asks us to lead to."""


def own_address(wanted: str) -> str:
    """Return `wanted` when it is a path of ours, else the first page: never elsewhere."""
    # A browser reads // and /\\ as another host, and drops tabs and line ends before it looks.
    plain = wanted.isascii() and wanted.isprintable() and " " not in wanted
    if plain and wanted.startswith("/") and not wanted.startswith(("//", "/\\")):
        return wanted
    return "/"
