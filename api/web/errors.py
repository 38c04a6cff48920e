"""The page that tells of a failure: a sentence, what to do, and nothing of the inside."""

from http import HTTPStatus

from fastapi import Request, Response

from api.web import texts
from api.web.templating import page


def error_page(request: Request, status: HTTPStatus) -> Response:
    """Return the page for `status`."""
    title, advice = texts.HTTP_STATUS.get(status, texts.FAILURE)
    browser = getattr(request.state, "browser", None)
    return page(
        request,
        "error.html",
        viewer=browser.viewer if browser else None,
        csrf=browser.csrf_token if browser else None,
        http_status=status,
        title=title,
        advice=advice,
        code=int(status),
    )
