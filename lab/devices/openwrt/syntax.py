"""The grammar of ash (POSIX.1-2017, XCU chapter 2): text to a tree of commands."""

from dataclasses import dataclass, field

OPERATORS = ("&&", "||", ";;", "<<-", "<<", ">>", ">&", "<&", ";", "&", "|", "(", ")", "<", ">")
RESERVED_ENDS = {"then", "else", "elif", "fi", "do", "done", "esac", "}"}


class ShellSyntaxError(Exception):
    """A syntax error, in ash's words."""


class Incomplete(Exception):
    """The text ends within a command."""


@dataclass
class Part:
    """A piece of a word: `text`, `variable`, `command` or `arithmetic`."""

    kind: str
    content: str
    quoted: bool = False


@dataclass
class Word:
    """A word before its expansion; `raw` is as written, to know reserved words."""

    parts: list[Part]
    raw: str


@dataclass
class Token:
    """A word, an operator or a line's end (`\\n`)."""

    kind: str
    text: str = ""
    word: Word | None = None
    here: "Word | None" = None


@dataclass
class Redirection:
    """`2>>file`: descriptor, operator, target; a here-document carries its text."""

    descriptor: int
    operator: str
    target: Word


@dataclass
class Simple:
    """Assignments, words, redirections."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands whose output feeds the next."""

    commands: list["Command"]
    negated: bool = False


@dataclass
class AndOr:
    """A pipeline and what follows by `&&` or `||`."""

    first: Pipeline
    rest: list[tuple[str, Pipeline]] = field(default_factory=list)


@dataclass
class Script:
    """A list of commands; True: in the background. `text` is what jobs are shown as."""

    items: list[tuple[AndOr, bool]] = field(default_factory=list)


@dataclass
class Compound:
    """( … ), { … }, if, for, while, until, case, or a function definition."""

    kind: str
    bodies: list[Script] = field(default_factory=list)
    name: str = ""
    words: list[Word] = field(default_factory=list)
    patterns: list[list[Word]] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


Command = Simple | Compound


class Lexer:
    """Cuts text into tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._heres: list[tuple[Token, str, bool, bool]] = []

    def tokens(self) -> list[Token]:
        """Return all tokens; raises Incomplete where a quote or here-document is open."""
        found: list[Token] = []
        while True:
            token = self._next()
            if token is None:
                break
            found.append(token)
            if len(found) > 1 and found[-2].text in {"<<", "<<-"} and token.word:
                literal = any(part.quoted for part in token.word.parts)
                mark = "".join(part.content for part in token.word.parts)
                self._heres.append((token, mark, literal, found[-2].text == "<<-"))
        if self._heres:
            raise Incomplete
        return found

    def _next(self) -> Token | None:
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in " \t\r":
                self._at += 1
            elif text.startswith("\\\n", self._at):
                self._at += 2
            elif char == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            else:
                break
        if self._at >= len(text):
            return None
        if text[self._at] == "\n":
            self._at += 1
            self._read_heres()
            return Token("newline", "\n")
        for operator in OPERATORS:
            if text.startswith(operator, self._at):
                self._at += len(operator)
                return Token("operator", operator)
        return self._word()

    def _read_heres(self) -> None:
        for token, mark, literal, strip in self._heres:
            lines: list[str] = []
            while True:
                end = self._text.find("\n", self._at)
                if end < 0 and self._text[self._at :] != mark:
                    raise Incomplete
                line = self._text[self._at : end] if end >= 0 else self._text[self._at :]
                self._at = end + 1 if end >= 0 else len(self._text)
                line = line.lstrip("\t") if strip else line
                if line == mark:
                    break
                lines.append(line + "\n")
            body = "".join(lines)
            if literal:
                token.here = Word([Part("text", body, quoted=True)], body)
            else:
                token.here = Word(Lexer(body).quoted_parts(None), body)
        self._heres = []

    def _word(self) -> Token:
        start = self._at
        parts: list[Part] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t\r\n;&|()<>":
                break
            if char.isdigit() and self._at == start and self._is_descriptor():
                self._at += 1
                return Token("descriptor", char)
            self._part(parts)
        return Token("word", word=Word(parts, self._text[start : self._at]))

    def _is_descriptor(self) -> bool:
        return self._text[self._at + 1 : self._at + 2] in {"<", ">"}

    def _part(self, parts: list[Part]) -> None:
        char = self._text[self._at]
        if char == "'":
            end = self._text.find("'", self._at + 1)
            if end < 0:
                raise Incomplete
            parts.append(Part("text", self._text[self._at + 1 : end], quoted=True))
            self._at = end + 1
        elif char == '"':
            self._at += 1
            inner = self.quoted_parts('"')
            parts.extend(inner or [Part("text", "", quoted=True)])
        elif char == "\\":
            if self._at + 1 >= len(self._text):
                raise Incomplete
            if self._text[self._at + 1] != "\n":
                parts.append(Part("text", self._text[self._at + 1], quoted=True))
            self._at += 2
        elif char in "$`":
            parts.append(self._expansion(quoted=False))
        else:
            parts.append(Part("text", char))
            self._at += 1

    def quoted_parts(self, closing: str | None) -> list[Part]:
        """Return the parts up to the closing quote, or of a whole here-document (None)."""
        parts: list[Part] = []
        plain = ""
        while True:
            if self._at >= len(self._text):
                if closing is None:
                    break
                raise Incomplete
            char = self._text[self._at]
            if char == closing:
                self._at += 1
                break
            if char == "\\" and self._text[self._at + 1 : self._at + 2] in {*'$`"\\', "\n"}:
                escaped = self._text[self._at + 1]
                plain += "" if escaped == "\n" else escaped
                self._at += 2
            elif char in "$`":
                if plain:
                    parts.append(Part("text", plain, quoted=True))
                    plain = ""
                parts.append(self._expansion(quoted=True))
            else:
                plain += char
                self._at += 1
        if plain:
            parts.append(Part("text", plain, quoted=True))
        return parts

    def _expansion(self, *, quoted: bool) -> Part:
        text = self._text
        if text[self._at] == "`":
            end = text.find("`", self._at + 1)
            if end < 0:
                raise Incomplete
            inner, self._at = text[self._at + 1 : end], end + 1
            return Part("command", inner.replace("\\$", "$"), quoted)
        if text.startswith("$((", self._at):
            content = self._balanced(self._at + 1, "(", ")")
            return Part("arithmetic", content[1:-1], quoted)
        if text.startswith("$(", self._at):
            return Part("command", self._balanced(self._at + 1, "(", ")"), quoted)
        if text.startswith("${", self._at):
            return Part("variable", self._balanced(self._at + 1, "{", "}"), quoted)
        end = self._at + 1
        if text[end : end + 1] and text[end] in "?!$#@*-0123456789":
            end += 1
        else:
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
        name, self._at = text[self._at + 1 : end], end
        return Part("variable", name, quoted) if name else Part("text", "$", quoted)

    def _balanced(self, start: int, opening: str, closing: str) -> str:
        """Return what is between the brackets and move behind them; quotes hide brackets."""
        depth, at, quote = 0, start, ""
        while at < len(self._text):
            char = self._text[at]
            if char == "\\":
                at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if depth == 0:
                    self._at = at + 1
                    return self._text[start + 1 : at]
            at += 1
        raise Incomplete


class Parser:
    """Builds the tree."""

    def __init__(self, text: str) -> None:
        self._tokens = Lexer(text).tokens()
        self._at = 0

    def parse(self) -> Script:
        """Return the script; raises Incomplete or ShellSyntaxError."""
        script = self._script(frozenset())
        if self._at < len(self._tokens):
            raise self._unexpected()
        return script

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _reserved(self) -> str:
        token = self._peek()
        return token.word.raw if token and token.kind == "word" and token.word else ""

    def _operator(self) -> str:
        token = self._peek()
        return token.text if token and token.kind in {"operator", "newline"} else ""

    def _unexpected(self) -> ShellSyntaxError:
        shown = self._operator() or self._reserved()
        return ShellSyntaxError(f"syntax error: unexpected {_shown(shown, self._reserved())}")

    def _skip_newlines(self) -> None:
        while self._operator() == "\n":
            self._at += 1

    def _script(self, ends: frozenset[str]) -> Script:
        script = Script()
        while True:
            while self._operator() in {"\n"}:
                self._at += 1
            token = self._peek()
            if token is None or self._reserved() in ends or self._operator() in {")", ";;"}:
                return script
            item = self._and_or()
            background = self._operator() == "&"
            script.items.append((item, background))
            if self._operator() in {";", "&", "\n"}:
                self._at += 1
            elif self._operator() in {")", ";;"} or self._peek() is None:
                return script
            else:
                raise self._unexpected()

    def _and_or(self) -> AndOr:
        item = AndOr(self._pipeline())
        while self._operator() in {"&&", "||"}:
            operator = self._operator()
            self._at += 1
            self._skip_newlines()
            if self._peek() is None:
                raise Incomplete
            item.rest.append((operator, self._pipeline()))
        return item

    def _pipeline(self) -> Pipeline:
        negated = False
        while self._reserved() == "!":
            negated = not negated
            self._at += 1
        commands = [self._command()]
        while self._operator() == "|":
            self._at += 1
            self._skip_newlines()
            if self._peek() is None:
                raise Incomplete
            commands.append(self._command())
        return Pipeline(commands, negated)

    def _command(self) -> Command:
        word = self._reserved()
        if self._operator() == "(":
            self._at += 1
            body = self._script(frozenset())
            self._expect_operator(")")
            return self._with_redirections(Compound("subshell", [body]))
        if word == "{":
            self._at += 1
            body = self._script(frozenset({"}"}))
            self._expect("}")
            return self._with_redirections(Compound("group", [body]))
        builders = {"if": self._if, "for": self._for, "case": self._case}
        if word in builders:
            return self._with_redirections(builders[word]())
        if word in {"while", "until"}:
            return self._with_redirections(self._loop(word))
        if word in RESERVED_ENDS or self._operator():
            raise self._unexpected()
        return self._simple()

    def _expect(self, word: str) -> None:
        if self._peek() is None:
            raise Incomplete
        if self._reserved() != word:
            raise self._unexpected()
        self._at += 1

    def _expect_operator(self, operator: str) -> None:
        if self._peek() is None:
            raise Incomplete
        if self._operator() != operator:
            raise self._unexpected()
        self._at += 1

    def _body(self, *ends: str) -> Script:
        script = self._script(frozenset(ends))
        if self._peek() is None:
            raise Incomplete
        return script

    def _if(self) -> Compound:
        """The bodies are condition, commands, condition, commands …, and perhaps those of else."""
        compound = Compound("if")
        self._at += 1
        while True:
            compound.bodies.append(self._body("then"))
            self._expect("then")
            compound.bodies.append(self._body("elif", "else", "fi"))
            if self._reserved() != "elif":
                break
            self._at += 1
        if self._reserved() == "else":
            self._at += 1
            compound.bodies.append(self._body("fi"))
        self._expect("fi")
        return compound

    def _loop(self, kind: str) -> Compound:
        self._at += 1
        condition = self._body("do")
        self._expect("do")
        body = self._body("done")
        self._expect("done")
        return Compound(kind, [condition, body])

    def _for(self) -> Compound:
        self._at += 1
        compound = Compound("for", name=self._take_word().raw)
        self._skip_newlines()
        if self._reserved() == "in":
            self._at += 1
            compound.kind = "for in"
            while self._peek() is not None and self._operator() not in {";", "\n"}:
                compound.words.append(self._take_word())
        if self._operator() == ";":
            self._at += 1
        self._skip_newlines()
        self._expect("do")
        compound.bodies.append(self._body("done"))
        self._expect("done")
        return compound

    def _case(self) -> Compound:
        self._at += 1
        compound = Compound("case", words=[self._take_word()])
        self._skip_newlines()
        self._expect("in")
        self._skip_newlines()
        while self._reserved() != "esac":
            if self._operator() == "(":
                self._at += 1
            patterns = [self._take_word()]
            while self._operator() == "|":
                self._at += 1
                patterns.append(self._take_word())
            self._expect_operator(")")
            compound.patterns.append(patterns)
            compound.bodies.append(self._body("esac"))
            if self._operator() == ";;":
                self._at += 1
            self._skip_newlines()
            if self._peek() is None:
                raise Incomplete
        self._at += 1
        return compound

    def _take_word(self) -> Word:
        token = self._peek()
        if token is None:
            raise Incomplete
        if token.word is None:
            raise self._unexpected()
        self._at += 1
        return token.word

    def _with_redirections(self, compound: Compound) -> Compound:
        while (redirection := self._redirection()) is not None:
            compound.redirections.append(redirection)
        return compound

    def _redirection(self) -> Redirection | None:
        token = self._peek()
        descriptor = None
        if token is not None and token.kind == "descriptor":
            descriptor = int(token.text)
            self._at += 1
        operator = self._operator()
        if operator not in {"<", ">", ">>", "<<", "<<-", ">&", "<&"}:
            if descriptor is not None:
                raise self._unexpected()
            return None
        self._at += 1
        target = self._peek()
        word = self._take_word()
        if operator in {"<<", "<<-"} and target is not None and target.here is not None:
            word, operator = target.here, "<<"
        default = 0 if operator.startswith("<") else 1
        return Redirection(default if descriptor is None else descriptor, operator, word)

    def _simple(self) -> Command:
        simple = Simple()
        while True:
            redirection = self._redirection()
            if redirection is not None:
                simple.redirections.append(redirection)
                continue
            token = self._peek()
            if token is None or token.word is None:
                break
            assignment = None if simple.words else _assignment(token.word)
            self._at += 1
            if assignment is not None:
                simple.assignments.append(assignment)
            else:
                simple.words.append(token.word)
            if len(simple.words) == 1 and self._operator() == "(":
                return self._function(simple.words[0].raw)
        return simple

    def _function(self, name: str) -> Compound:
        self._at += 1
        self._expect_operator(")")
        self._skip_newlines()
        if self._peek() is None:
            raise Incomplete
        body = self._command()
        return Compound("function", [Script([(AndOr(Pipeline([body])), False)])], name=name)


def _shown(operator: str, reserved: str) -> str:
    if operator == "\n":
        return "newline"
    return f'"{reserved or operator}"' if operator else "end of file"


def _assignment(word: Word) -> tuple[str, Word] | None:
    """Return (name, value) of `NAME=value`, whose name and `=` are plain text."""
    name = ""
    for place, part in enumerate(word.parts):
        if part.kind != "text" or part.quoted:
            return None
        if part.content == "=":
            if not name or not (name[0].isalpha() or name[0] == "_"):
                return None
            return name, Word(word.parts[place + 1 :], "")
        if not all(char.isalnum() or char == "_" for char in part.content):
            return None
        name += part.content
    return None
