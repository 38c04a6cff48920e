"""What people are told by errors that can reach an answer of the web process, read statically.

From the routes and pages on, whatever is named is followed: functions, classes, and methods by
their name, of each class that is named anywhere on the way. So more is followed than can happen,
and nothing less: an error is judged if any route could come to it.
"""

import ast
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.texts.extraction import called

ROOT = "PreauError"
TOLD = ("what", "where", "todo")


class Unit(NamedTuple):
    """A function, a method (`Class.method`), a class without methods, the rest ("") of a module."""

    module: str
    name: str


_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Program:
    """The modules of a program: what each defines, what each imports."""

    units: dict[Unit, list[ast.AST]] = field(default_factory=dict)
    imported: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict)
    methods: dict[Unit, dict[str, Unit]] = field(default_factory=lambda: defaultdict(dict))
    bases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, module: str, tree: ast.Module) -> None:
        """Add a module."""
        rest: list[ast.AST] = []
        for node in tree.body:
            if isinstance(node, _Function):
                self.units[Unit(module, node.name)] = list(ast.walk(node))
            elif isinstance(node, ast.ClassDef):
                self._add_class(module, node)
            else:
                rest.append(node)
        self.units[Unit(module, "")] = [each for node in rest for each in ast.walk(node)]
        names = self.imported[module] = {}
        for each in ast.walk(tree):
            if isinstance(each, ast.ImportFrom) and each.module:
                names.update({a.asname or a.name: (each.module, a.name) for a in each.names})
            elif isinstance(each, ast.Import):
                names.update({a.asname: (a.name, None) for a in each.names if a.asname})

    def _add_class(self, module: str, node: ast.ClassDef) -> None:
        unit = Unit(module, node.name)
        self.bases[node.name] |= {_last_name(each) for each in node.bases}
        rest: list[ast.AST] = [*node.bases, *node.decorator_list]
        for part in node.body:
            if isinstance(part, _Function):
                method = Unit(module, f"{node.name}.{part.name}")
                self.units[method] = list(ast.walk(part))
                self.methods[unit][part.name] = method
            else:
                rest.append(part)
        self.units[unit] = [each for part in rest for each in ast.walk(part)]

    def around(self, unit: Unit) -> list[ast.AST]:
        """Return all in which a name of a unit may be given its value."""
        return self.units[unit] + self.units[Unit(unit.module, "")]

    def errors(self) -> set[str]:
        """Return the names of the error root and of every class below it."""
        found, before = {ROOT}, 0
        while len(found) > before:
            before = len(found)
            found |= {name for name, bases in self.bases.items() if bases & found}
        return found

    def reached(self, starts: Iterable[Unit]) -> set[Unit]:
        """Return the units that can be come to from `starts`."""
        seen: set[Unit] = set()
        names: set[str] = set()
        waiting = deque(starts)
        while waiting:
            unit = waiting.popleft()
            if unit in seen:
                continue
            seen.add(unit)
            own = self.methods.get(unit, {})
            waiting += [own[name] for name in own if name in names or name.startswith("__")]
            for found in self._named(unit):
                if isinstance(found, Unit):
                    waiting.append(found)
                elif found not in names:
                    names.add(found)
                    waiting += [
                        own[found]
                        for of, own in self.methods.items()
                        if of in seen and found in own
                    ]
        return seen

    def _named(self, unit: Unit) -> Iterator[Unit | str]:
        """Yield what a unit names: a unit where it can be told which, else a method's name."""
        for node in self.units[unit]:
            if isinstance(node, ast.Name):
                yield from self._resolved(unit.module, node.id)
            elif isinstance(node, ast.Attribute):
                module = self._module(unit.module, node.value)
                if module is None:
                    yield node.attr
                else:
                    yield from self._resolved(module, node.attr)

    def _resolved(self, module: str, name: str) -> Iterator[Unit]:
        """Yield the unit that a name of a module stands for; its rest, where it may be a value."""
        if Unit(module, name) in self.units:
            yield Unit(module, name)
            return
        source, there = self.imported.get(module, {}).get(name, (None, None))
        if source is None:
            if Unit(module, "") in self.units:
                yield Unit(module, "")
        elif there and source in self.imported and f"{source}.{there}" not in self.imported:
            yield from self._resolved(source, there)

    def _module(self, module: str, node: ast.expr) -> str | None:
        if not isinstance(node, ast.Name) or node.id not in self.imported.get(module, {}):
            return None
        source, name = self.imported[module][node.id]
        found = f"{source}.{name}" if name else source
        return found if found in self.imported else None


def read_program(root: Path, packages: Iterable[str]) -> Program:
    """Return the program of some packages below a folder."""
    program = Program()
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            program.add(name, ast.parse(path.read_text(encoding="utf-8")))
    return program


def untold(program: Program, starts: Iterable[str]) -> list[str]:
    """Return what errors say in no language of the catalogues, each with its place.

    `starts` are the packages from which all is followed.
    """
    errors = program.errors()
    entrances = [unit for unit in program.units if unit.module.startswith(tuple(starts))]
    found = [
        f"{unit.module}:{text.lineno}: {ast.unparse(text)}"
        for unit in program.reached(entrances)
        for call in program.units[unit]
        if isinstance(call, ast.Call)
        for part, text in _told(call, unit, program, errors)
        if _is_plain(text, part, program.around(unit))
    ]
    return sorted(set(found))


def _told(
    call: ast.Call, unit: Unit, program: Program, errors: set[str]
) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a call that makes an error says; a subclass says it to `super().__init__`."""
    name = called(call)
    inside = unit.name.split(".")[0] in errors and name == "__init__"
    # An error that takes something else first says nothing with it.
    says_first = inside or (name in errors and not _makes_itself(name, program))
    if says_first and call.args:
        yield "what", call.args[0]
    if inside or name in errors:
        yield from ((each.arg, each.value) for each in call.keywords if each.arg in TOLD)


def _makes_itself(name: str, program: Program) -> bool:
    """Return whether an error's class has an `__init__` whose first argument is no text."""
    for unit, methods in program.methods.items():
        if unit.name == name and "__init__" in methods:
            made = program.units[methods["__init__"]][0]
            assert isinstance(made, _Function)
            return len(made.args.args) < 2 or made.args.args[1].arg != "what"
    return False


def _is_plain(text: ast.expr, part: str, around: Iterable[ast.AST]) -> bool:
    """Return whether a text is written in the code and marked for no catalogue.

    A place may be a name alone (`oidc_issuer`), or made of values alone.
    """
    match text:
        case ast.Constant(value=str(words)):
            plain = bool(words.strip()) and not (part == "where" and words.isidentifier())
        case ast.JoinedStr(values=values):
            plain = any(isinstance(each, ast.Constant) and _has_word(each.value) for each in values)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join")):
            plain = part != "where"
        case _:
            plain = any(_is_plain(each, part, around) for each in _parts(text, around))
    return plain


def _parts(text: ast.expr, around: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """Yield the expressions of which a text is one: what a name is given, both ways of an if."""
    match text:
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            yield from (one, other)
        case ast.BoolOp(values=values):
            yield from values
        case ast.Name(id=name):
            for node in around:
                match node:
                    case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                        yield from () if _names(value, name) else (value,)


def _names(value: ast.expr, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(value))


def _has_word(text: object) -> bool:
    return isinstance(text, str) and any(each.isalpha() for each in text)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
