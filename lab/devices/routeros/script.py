"""A console line or a script of RouterOS, parsed ("Scripting": command line, expressions, scopes).

As the real console, it complains of a menu, a verb or an argument that there is not before anything
of the line is done; `:parse` makes that a failure of the line that runs it.
"""

import re

from lab.devices.routeros.menus import COMPUTED, MENUS
from lab.devices.routeros.syntax import (
    Assign,
    Attempt,
    Block,
    Call,
    Code,
    Command,
    Function,
    If,
    Operation,
    Text,
    Variable,
)
from lab.devices.routeros.words import Complaint, escaped

_WORD = re.compile(r"[^\s;\"\[\](){}=$]+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OPERATORS = ("!=", "<=", ">=", "=", ">", "<", "~", ".", "+", "-", "and", "&&")
_FUNCTIONS = {"len", "put", "error", "delay", "execute", "parse", "log"}
_ITEM_VERBS = {"find", "get", "print", "export"}
_CHANGING_VERBS = {"add", "set", "remove", "unset", "enable", "disable"}
_ROOT_VERBS = {"export", "import", "quit"}
_SPECIAL = {
    "/system backup": {"save", "load"},
    "/system": {"reboot"},
    "/system resource": {"print"},
    "/file": {"find", "print", "remove", "get"},
}


def parse(text: str, base: str = "") -> Block:
    """Return the statements of a text; raises Complaint where the console would."""
    return _Parser(text).block("", base)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    # -- signs

    def _peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def _skip(self, signs: str = " \t") -> None:
        while self._peek() and self._peek() in signs:
            self.place += 1

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._error("syntax error")
        self.place += 1

    def _error(self, words: str, place: int | None = None) -> Complaint:
        at = self.place if place is None else place
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return Complaint(f"{words} (line {line} column {column})")

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.place)
        if match is None:
            raise self._error("syntax error")
        self.place = match.end()
        return match[0]

    # -- statements

    def block(self, end: str, base: str) -> Block:
        """Read statements up to `end`, which is left to be read."""
        statements: list[object] = []
        while True:
            self._skip(" \t\r\n;")
            sign = self._peek()
            if sign == end or (not sign and not end):
                return Block(statements)
            if not sign or sign in ")]}":
                raise self._error("syntax error")
            if sign == "#":
                self._match(re.compile(r"[^\n]*"))
                continue
            statements.append(self._statement(base))

    def _statement(self, base: str) -> object:
        sign = self._peek()
        if sign == "{":
            return self._braced(base)
        if sign == "$":
            self.place += 1
            return Call(self._match(_NAME))
        if sign == ":":
            self.place += 1
            return self._keyword(base)
        return self._command("" if sign == "/" else base)

    def _braced(self, base: str) -> Block:
        self._expect("{")
        block = self.block("}", base)
        self._expect("}")
        return block

    def _keyword(self, base: str) -> object:
        start = self.place
        word = self._match(_NAME)
        self._skip()
        if word in {"local", "set", "global"}:
            name = self._match(_NAME)
            self._skip()
            value = Text([""]) if self._peek() in {"", ";", "\n"} else self._value(base)
            return Assign(name, value)
        if word == "if":
            condition = self._value(base)
            then = self._named_block("do", base)
            assert then is not None
            return If(condition, then, self._named_block("else", base, optional=True))
        if word == "do":
            body = self._braced(base)
            return Attempt(body, self._named_block("on-error", base, optional=True))
        if word not in _FUNCTIONS:
            raise self._error(f"bad command name {word}", start)
        if word == "log":
            self._match(_NAME)
            self._skip()
        if word == "execute" and self.text.startswith("script=", self.place):
            self.place += len("script=")
        return Function(word, self._value(base))

    def _named_block(self, name: str, base: str, *, optional: bool = False) -> Block | None:
        before = self.place
        self._skip(" \t\r\n")
        if self.text.startswith(f"{name}=", self.place):
            self.place += len(name) + 1
            return self._braced(base)
        self.place = before
        if not optional:
            raise self._error("syntax error")
        return None

    # -- commands of menus

    def _command(self, base: str) -> Command:
        menu, verb = self._path(base)
        command = Command(menu, verb)
        while True:
            self._skip()
            if self._peek() in {"", ";", "\n", "]", "}", ")", "\r"}:
                return command
            self._argument(command)

    def _path(self, base: str) -> tuple[str, str]:
        if self._peek() == "/":
            self.place += 1
        menu = base
        while True:
            self._skip(" /")
            start = self.place
            word = self._match(_NAME) if _NAME.match(self.text, self.place) else ""
            longer = f"{menu} {word}" if menu else f"/{word}"
            if _is_menu(longer):
                menu = longer
            elif word in _verbs(menu):
                return menu, word
            else:
                raise self._error(f"bad command name {word}" if word else "syntax error", start)

    def _argument(self, command: Command) -> None:
        start = self.place
        if self._peek() in '[$("':
            command.targets.append(self._value(command.menu))
            return
        word = self._match(_WORD)
        if word == "where":
            self._conditions(command)
        elif self._peek() == "=":
            self.place += 1
            self._check_attribute(command, word, start)
            command.values[word] = self._value(command.menu)
            if command.verb == "find":
                command.where.append((word, "=", command.values.pop(word)))
        elif command.verb in {"print", "export"}:
            if word not in {"terse", "detail", "show-sensitive", "verbose", "compact"}:
                raise self._error("expected end of command", start)
            command.flags.append(word)
        elif command.verb in {"set", "remove", "unset", "get", "run", "enable", "disable"}:
            command.targets.append(Text([word]))
        else:
            raise self._error("expected end of command", start)

    def _check_attribute(self, command: Command, name: str, start: int) -> None:
        menu = MENUS.get(command.menu)
        if command.verb in {"add", "set"} and menu and name not in menu.attributes:
            raise self._error("expected end of command", start)

    def _conditions(self, command: Command) -> None:
        while True:
            self._skip()
            name = self._match(_NAME)
            operator = self._operator()
            self._skip()
            command.where.append((name, operator, self._value(command.menu)))
            self._skip()
            if not self.text.startswith("and ", self.place):
                return
            self.place += 4

    def _operator(self) -> str:
        self._skip()
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.place):
                self.place += len(operator)
                return operator
        raise self._error("syntax error")

    # -- values

    def _value(self, base: str) -> object:
        self._skip()
        sign = self._peek()
        if sign == '"':
            return self._string(base)
        if sign == "(":
            return self._parenthesised(base)
        if sign == "[":
            self.place += 1
            block = self.block("]", base)
            self._expect("]")
            return block
        if sign == "{":
            start = self.place
            block = self._braced("")
            return Code(block, self.text[start + 1 : self.place - 1])
        if sign == "$":
            self.place += 1
            return Variable(self._match(_NAME))
        return Text([self._match(_WORD)])

    def _parenthesised(self, base: str) -> object:
        self._expect("(")
        value = self._value(base)
        while True:
            self._skip()
            if self._peek() == ")":
                self.place += 1
                return value
            value = Operation(self._operator(), value, self._value(base))

    def _string(self, base: str) -> Text:
        self._expect('"')
        parts: list[str | Variable | Block] = []
        octets = bytearray()
        while True:
            sign = self._peek()
            if not sign:
                raise self._error("syntax error")
            if sign == '"':
                self.place += 1
                parts.append(octets.decode(errors="replace"))
                return Text(parts)
            if sign == "\\":
                found, self.place = escaped(self.text, self.place)
                octets += found
            elif sign == "$":
                self.place += 1
                parts += [octets.decode(errors="replace"), Variable(self._match(_NAME))]
                octets = bytearray()
            else:
                octets += sign.encode()
                self.place += 1


def _is_menu(path: str) -> bool:
    known = (*MENUS, *COMPUTED, *_SPECIAL)
    return any(menu == path or menu.startswith(f"{path} ") for menu in known)


def _verbs(menu: str) -> set[str]:
    if not menu:
        return _ROOT_VERBS
    verbs = set(_SPECIAL.get(menu, set())) | {"export"}
    if menu in COMPUTED:
        verbs |= {"find", "get", "print"}
    if menu in MENUS:
        found = MENUS[menu]
        verbs |= _ITEM_VERBS | {"set"}
        if not found.settings:
            verbs |= _CHANGING_VERBS
        if found.fixed:
            verbs -= {"add", "remove"}
        if not found.can_unset:
            verbs -= {"unset"}
    if menu == "/system script":
        verbs.add("run")
    return verbs
