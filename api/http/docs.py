"""/api/v1/docs: the API's documentation, from files of our own; nothing comes from elsewhere."""

from fastapi import APIRouter, Request, Response

from api.web.templating import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> Response:
    """Show the OpenAPI document."""
    return page(request, "api_docs.html")
