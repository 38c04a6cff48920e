"""Light or dark: as the person's device asks, or as they chose, kept in a cookie.

The page says it in `data-theme` on its root, so that the style sheet knows before the first paint
and no script is needed.
"""

from collections.abc import Mapping

from fastapi import Request

from inventory.sentences import N_

COOKIE = "preau_theme"
AUTOMATIC = "auto"
THEMES: Mapping[str, str] = {
    AUTOMATIC: N_("Automatique"),
    "light": N_("Clair"),
    "dark": N_("Sombre"),
}


def theme_of(request: Request) -> str:
    """Return the theme that the person chose; `auto` leaves it to the device."""
    chosen = request.cookies.get(COOKIE, AUTOMATIC)
    return chosen if chosen in THEMES else AUTOMATIC
