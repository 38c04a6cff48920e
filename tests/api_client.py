"""`make client`: writes the models and the methods of `api.client` from the OpenAPI document.

`tests/unit/test_api_client.py` compares what it would write with what is kept.
"""

import builtins
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.http.application import API_PREFIX, make_routes

CLIENT = Path(__file__).parents[1] / "api" / "client"
_NOTE = "Written by `make client` from the OpenAPI document: not by hand."
_HEADS = {
    "schemas.py": f'''"""What the API takes and tells. {_NOTE}"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from api.client.model import Asked, Told
''',
    "operations.py": f'''"""Every operation. {_NOTE}"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from api.client import schemas
from api.client.calls import Calls
from api.client.model import ServerEvent


class Operations(Calls):
    """Every operation. Lists are walked to their end; a refusal raises `PreauProblem`."""
''',
}
_LINE = 100
_FORMATS = {"date-time": "AwareDatetime", "date": "date"}
_PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "string": "str"}


def operation_name(operation: Mapping[str, Any]) -> str:
    """Return the method's name: the route's function, without `get_`."""
    return str(operation["operationId"]).split("_api_v1")[0].removeprefix("get_")


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path below /api/v1 and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.removeprefix(API_PREFIX), operation


def written(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each module that is written, by its file name."""
    names = [operation_name(operation) for *_, operation in operations(document)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two routes have a function of this name: {', '.join(sorted(twice))}")
    types = _Types.of(document)
    methods = [
        _Method(types, method, path, operation).text()
        for method, path, operation in operations(document)
    ]
    bodies = {"schemas.py": _schemas(types), "operations.py": "\n".join(methods)}
    return {name: _formatted(_HEADS[name] + bodies[name]) for name in _HEADS}


@dataclass(frozen=True)
class _Types:
    """The schemas of a document as Python types."""

    schemas: Mapping[str, dict[str, Any]]
    asked: frozenset[str]
    """Those that a client sends: a value out of their lists is refused before it is sent."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "_Types":
        schemas = document["components"]["schemas"]
        asked: set[str] = set()
        ahead = {
            name
            for *_, operation in operations(document)
            for part in (operation.get("requestBody"), operation.get("parameters"))
            for name in _references(part)
        }
        while ahead:
            asked |= ahead
            ahead = {each for name in ahead for each in _references(schemas[name])} - asked
        return cls(schemas, frozenset(asked))

    def python(self, schema: Mapping[str, Any], *, asked: bool, within: str = "") -> str:
        """Return the type of a schema; what a later release tells beside a list stays readable."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            told = not asked and "enum" in self.schemas[name]
            return "str" if told else within + class_name(name)
        if "anyOf" in schema:
            return self._any_of(schema["anyOf"], asked=asked, within=within)
        if "enum" in schema and asked:
            return f"Literal{schema['enum']!r}"
        if schema.get("type") == "array":
            return f"list[{self.python(schema['items'], asked=asked, within=within)}]"
        if schema.get("type") == "object":
            values = schema.get("additionalProperties", True)
            kind = self.python({} if values is True else values, asked=asked, within=within)
            return f"dict[str, {kind}]"
        return _FORMATS.get(schema.get("format", ""), _PLAIN.get(schema.get("type", ""), "Any"))

    def _any_of(self, several: list[dict[str, Any]], *, asked: bool, within: str) -> str:
        kinds = [self.python(each, asked=asked, within=within) for each in several]
        if "float" in kinds and "str" in kinds:
            kinds = ["Decimal", *(kind for kind in kinds if kind not in ("float", "str"))]
        return " | ".join(dict.fromkeys(kinds))


def class_name(name: str) -> str:
    """Return the class of a schema; of two of one name in two modules, with its module's."""
    *module, kind = name.removeprefix("api__http__").split("__")
    words = "".join(module).removesuffix("answers").split("_")
    return "".join(word.capitalize() for word in words) + kind


def _references(part: Any) -> Iterator[str]:
    yield from re.findall(r"'\$ref': '#/components/schemas/(\w+)'", repr(part))


def _schemas(types: _Types) -> str:
    aliases, classes = [], []
    for name, schema in types.schemas.items():
        if "enum" not in schema:
            classes.append(_class(types, name, schema))
        elif name in types.asked:
            aliases.append(f"{class_name(name)} = Literal{schema['enum']!r}")
    return "\n" + "\n".join(aliases) + "\n" + "\n".join(classes)


def _class(types: _Types, name: str, schema: Mapping[str, Any]) -> str:
    asked = name in types.asked
    needed = schema.get("required", [])
    fields = []
    for field, kind in schema.get("properties", {}).items():
        python = types.python(kind, asked=asked)
        default = "" if field in needed else f" = {_default(kind, python)}"
        if default == " = None" and "None" not in python and python != "Any":
            python += " | None"
        fields.append(f"    {field}: {python}{default}\n")
    return (
        f"\n\nclass {class_name(name)}({'Asked' if asked else 'Told'}):\n"
        f"{_docstring(schema.get('description') or schema['title'], 4)}\n{''.join(fields)}"
    )


def _default(schema: Mapping[str, Any], python: str) -> str:
    default = schema.get("default")
    if isinstance(default, list | dict) or (default is None and python.startswith("list[")):
        return f"Field(default={[] if default is None else default!r})"
    if default is None and python.startswith("dict["):
        return "Field(default={})"
    return repr(default)


@dataclass(frozen=True)
class _Method:
    """One operation as a method of the client."""

    types: _Types
    method: str
    path: str
    operation: Mapping[str, Any]

    def text(self) -> str:
        """Return its code."""
        known = {each["name"].lower(): each for each in self.operation.get("parameters", [])}
        listed = self._listed(known)
        arguments, keywords, sent = [], [], [f'"{self.method}"', self._address()]
        told, call, last = self._told(listed)
        sent += last
        queries = [
            each["name"]
            for each in known.values()
            if each["in"] == "query" and each["name"] not in self._walked(listed)
        ]
        for each in known.values():
            if each["in"] == "path" or each["name"] in queries:
                kind = self._kind(each["schema"])
                if each["required"]:
                    arguments.append(f"{_argument(each['name'])}: {kind}")
                else:
                    kind = kind if "None" in kind else f"{kind} | None"
                    keywords.append(f"{_argument(each['name'])}: {kind} = None")
        if queries:
            sent.append(f"query={_dictionary(queries)}")
        self._body(arguments, keywords, sent)
        if "if-match" in known:
            keywords.insert(0, "if_match: str")
            sent.append("if_match=if_match")
        if "idempotency-key" in known and "file=file" not in sent:
            sent.append("once=True")
        if call == "_save":
            keywords.insert(0, "target: Path")
            sent.append("target=target")
        star = ["*", *keywords] if keywords else []
        returned = "" if told == "None" else "return "
        return (
            f"    def {operation_name(self.operation)}"
            f"({', '.join(['self', *arguments, *star])}) -> {told}:\n"
            f"{_docstring(self.operation['description'], 8)}\n"
            f"        {returned}self.{call}({', '.join(sent)})\n"
        )

    def _kind(self, schema: Mapping[str, Any]) -> str:
        return self.types.python(schema, asked=True, within="schemas.")

    def _address(self) -> str:
        return f'{"f" if "{" in self.path else ""}"{self.path}"'

    def _listed(self, known: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the field and the type of the rows, when this is a list that is walked."""
        reference = self._success().get("$ref")
        if "after" not in known or reference is None:
            return None
        page = self.types.schemas[reference.rsplit("/", 1)[1]]["properties"]
        if len(page) != 2 or "next" not in page:
            return None
        (field,) = set(page) - {"next"}
        rows = self.types.python(page[field]["items"], asked=False, within="schemas.")
        return field, rows

    def _walked(self, listed: object) -> tuple[str, ...]:
        return ("format", "limit", "after") if listed else ("format",)

    def _success(self) -> Mapping[str, Any]:
        """Return the schema of the JSON that is answered; empty when it is something else."""
        return next((kinds["application/json"]["schema"] for kinds in self._answers()), {})

    def _answers(self) -> Iterator[Mapping[str, Any]]:
        for code, answer in self.operation["responses"].items():
            if code.startswith("2") and "application/json" in answer.get("content", {}):
                yield answer["content"]

    def _told(self, listed: tuple[str, str] | None) -> tuple[str, str, list[str]]:
        """Return the type that is returned, the call that does it and what it is told."""
        answers = self.operation["responses"]
        schema = self._success()
        if listed is not None:
            return f"Iterator[{listed[1]}]", "_walk", [f'"{listed[0]}"', listed[1]]
        if schema:
            kind = self.types.python(schema, asked=False, within="schemas.")
            return kind, "_told", [kind]
        if "204" in answers:
            return "None", "_done", []
        if "text/event-stream" in answers["200"].get("content", {}):
            return "Iterator[ServerEvent]", "_events", []
        return "None", "_save", []

    def _body(self, arguments: list[str], keywords: list[str], sent: list[str]) -> None:
        content = self.operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            kind = self._kind(content["application/json"]["schema"])
            optional = " = None" if "None" in kind else ""
            arguments.append(f"body: {kind}{optional}")
            sent.append("body=body")
        if form := content.get("multipart/form-data", {}).get("schema"):
            arguments.append("file: Path")
            names = [name for name in form["properties"] if name != "file"]
            for name in names:
                kind = self._kind(form["properties"][name])
                if name in form["required"]:
                    arguments.append(f"{name}: {kind}")
                else:
                    keywords.append(f"{name}: {kind} | None = None")
            sent += ["file=file", f"fields={_dictionary(names)}"]


def _argument(name: str) -> str:
    return f"{name}_" if name in dir(builtins) else name


def _dictionary(names: list[str]) -> str:
    return f"{{{', '.join(f'{name!r}: {_argument(name)}' for name in names)}}}"


def _docstring(text: str, indent: int) -> str:
    """Return what a description begins with, as far as one line has room for it."""
    line = " ".join(text.partition("\n\n")[0].replace("\\", "\\\\").split())
    line = re.sub(r"[;,:]? `(after|next)` is the .*", ".", line)
    if len(line) > (room := _LINE - indent - 6):
        line = re.split(r"[;:,.]? [^;:,.]*$", line[:room], maxsplit=1)[0] + "."
    return f'{" " * indent}"""{line}"""'


def _formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff", "format", "-"]
    done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    for name, text in written(make_routes().openapi()).items():
        (CLIENT / name).write_text(text)
