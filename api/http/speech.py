"""In which language the API says its sentences: the person's own, else what Accept-Language asks.

A browser's choice of language (its cookie) counts for its own calls too.
"""

from fastapi import Request

from api.usecases.access import LoggedIn
from api.usecases.scope import Viewer
from api.web.language import Tongue, language_of, tongue


def speech_of(request: Request) -> Tongue:
    """Return the language for a request of which it may or may not be known who asks."""
    browser: LoggedIn | None = getattr(request.state, "browser", None)
    holder: Viewer | None = getattr(request.state, "holder", None)
    return tongue(language_of(request, holder or (browser.viewer if browser else None)))
