"""Finding the texts in Python modules, templates and the installers' checklists.

Python is read with `ast` and not by Babel's own extractor, which loses a marked text that stands
within another marked call.
"""

import ast
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from jinja2.ext import babel_extract

Text = str | tuple[str, ...]

# Which arguments are texts. N_ and Sentence: inventory.sentences; then the title of a finding rule,
# the label of a dossier's edge, the sentence of a dossier's guard.
MARKED: Mapping[str, tuple[int, ...]] = {
    "_": (0,),
    "N_": (0,),
    "gettext": (0,),
    "ngettext": (0, 1),
    "Sentence": (0,),
    "counted": (0, 1),
    "rule": (1,),
    "Edge": (2,),
    "told": (1,),
}


def in_python(path: Path) -> Iterator[Text]:
    """Yield the marked texts of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            places = MARKED.get(called(node), ())
            found = [literal(node.args[each]) for each in places if each < len(node.args)]
            if found and len(found) == len(places) and all(found):
                one, *many = (text for text in found if text)
                yield (one, *many) if many else one


def in_template(path: Path) -> Iterator[Text]:
    """Yield the marked texts of a template."""
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    with path.open("rb") as file:
        for _line, function, text, _comments in babel_extract(file, ("_", "ngettext"), [], options):
            if function == "ngettext" and isinstance(text, tuple):
                yield tuple(each for each in text if each)
            elif isinstance(text, str):
                yield text
            elif isinstance(text, tuple) and text[0]:
                yield text[0]


def called(node: ast.Call) -> str:
    """Return the name of the function that is called, without what it is taken from."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def literal(node: ast.expr) -> str | None:
    """Return the text of a literal, or None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_checklist(path: Path) -> Iterator[Text]:
    """Yield what the points of an edition of the installers' checklists say; nothing of others."""
    if path.parent.name == "checklists":
        edition = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind in edition["kinds"].values():
            yield from (item["label"] for item in kind["items"])


EXTRACTORS: Mapping[str, Callable[[Path], Iterator[Text]]] = {
    ".py": in_python,
    ".html": in_template,
    ".toml": in_checklist,
}
