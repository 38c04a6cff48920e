"""Builds the tree of a script from its words (POSIX.1-2017, XCU 2.10)."""

from lab.posix.lexer import Lexer
from lab.posix.tree import (
    AndOr,
    Command,
    Compound,
    Incomplete,
    Pipeline,
    Redirection,
    Script,
    ShellSyntaxError,
    Simple,
    Token,
    Word,
)

RESERVED_ENDS = {"then", "else", "elif", "fi", "do", "done", "esac", "}"}


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
        """Return an if: its bodies are condition, commands, and so on, perhaps those of else."""
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
