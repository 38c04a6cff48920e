"""Cuts the text of a script into words and operators (POSIX.1-2017, XCU 2.2, 2.3 and 2.7.4)."""

import re

from lab.posix.tree import Incomplete, Part, Token, Word

OPERATORS = ("&&", "||", ";;", "<<-", "<<", ">>", ">&", "<&", ";", "&", "|", "(", ")", "<", ">")

_CASE = re.compile(r"(?<![\w$\"'-])(?:case|esac)(?![\w\"'=-])")


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
        """Return what is between the brackets and move behind them; quotes hide brackets.

        Within `case … esac` a bracket that nothing opened ends a pattern.
        """
        depth, at, quote, cases = 0, start, "", 0
        while at < len(self._text):
            char = self._text[at]
            if char == "\\":
                at += 1
            elif not quote and (word := _CASE.match(self._text, at)):
                cases += 1 if word[0] == "case" else -1
                at = word.end() - 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == opening:
                depth += 1
            elif char == closing and depth == 1 and cases:
                pass
            elif char == closing:
                depth -= 1
                if depth == 0:
                    self._at = at + 1
                    return self._text[start + 1 : at]
            at += 1
        raise Incomplete
