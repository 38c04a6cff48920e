"""French that goes past the catalogues: in templates, and in modules that make what pages show.

A heuristic: in a template every word outside a tag's machinery, in a module every literal with a
French letter or sign. What is meant to stay is on a list, with its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.texts.catalogues import ROOT
from tests.texts.extraction import MARKED, called

NAMES = frozenset(
    {"Préau", "FASE", "GHz", "MHz", "dBm", "API", "IP", "MAC", "SSID", "SHA", "BSSID", "Mbit"}
)
"""Names and units, the same in every language."""
_SPOKEN = ("title", "aria-label", "alt", "placeholder", "aria-description")
_MACHINERY = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_ATTRIBUTE = re.compile(rf"""\b(?:{"|".join(_SPOKEN)})=(?:"([^"]*)"|'([^']*)')""")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FRENCH = re.compile(r"[éèêëàâçùûôîïœÉÈÀÇ«»’]")

MODULES = ("api/web", "inventory/findings", "inventory/programme/dossier")
AS_THEY_ARE = frozenset({"Français"})
"""A language is called by its own name in all of them."""


def in_template(path: Path) -> set[str]:
    """Return the words of a template that no `_()` holds."""
    text = re.sub(r"<!--.*?-->", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = _MACHINERY.sub(" ", text)
    spoken = " ".join(one or other for one, other in _ATTRIBUTE.findall(text))
    shown = re.sub(r"<[^>]*>|&\w+;", " ", text)
    return set(_WORD.findall(f"{shown} {spoken}")) - NAMES


def in_module(path: Path) -> list[str]:
    """Return the French literals of a module that nothing marks, each with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = set(_passed_over(tree))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in passed
        and node.value not in AS_THEY_ARE
        and _FRENCH.search(node.value)
    ]


def _passed_over(tree: ast.Module) -> Iterator[int]:
    """Yield the nodes that are no texts (docstrings) or that are marked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.Call):
            for place in MARKED.get(called(node), ()):
                if place < len(node.args):
                    yield id(node.args[place])
