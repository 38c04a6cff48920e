"""The Jinja templates of the families: text in, text out, and an unknown name is an error."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render_template(
    module_file: str, name: str, values: Mapping[str, Any], **filters: Callable[..., Any]
) -> str:
    """Return the template `name` of the `templates` folder beside `module_file`, filled.

    The filter `secret` turns a secret's name into `‹secret:name›`, which is what a template ever
    sees of it. Raises jinja2.UndefinedError for a value that was not given.
    """
    environment = _environment(str(Path(module_file).parent / "templates"))
    environment.filters.update(filters)
    return environment.get_template(name).render(values)


@cache
def _environment(folder: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up

    # What is made is a configuration, not HTML: nothing may be escaped as HTML would be.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["secret"] = "‹secret:{}›".format
    return environment
