"""Expressions of GitHub Actions, as far as the workflows under test need them: `a.b == 'c' && !failure()`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_TOKEN: Final = re.compile(r"\s*('(?:[^']|'')*'|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*|\d+|==|!=|&&|\|\||[!(),])")
_WHOLE: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Functions = Mapping[str, Callable[..., object]]


class Expression:
    """One expression, evaluated once; whatever it cannot read is an error, never a guess."""

    def __init__(self, text: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self._tokens = _tokens(text)
        self._contexts = contexts
        self._functions = functions

    def value(self) -> object:
        """What it comes to."""
        found = self._any_of()
        assert not self._tokens, f"left over: {self._tokens}"
        return found

    def _any_of(self) -> object:
        found = self._all_of()
        while self._take("||"):
            other = self._all_of()
            found = found if _is_true(found) else other
        return found

    def _all_of(self) -> object:
        found = self._comparison()
        while self._take("&&"):
            other = self._comparison()
            found = other if _is_true(found) else found
        return found

    def _comparison(self) -> object:
        left = self._term()
        if self._take("=="):
            return _is_equal(left, self._term())
        if self._take("!="):
            return not _is_equal(left, self._term())
        return left

    def _term(self) -> object:
        if self._take("!"):
            return not _is_true(self._term())
        if self._take("("):
            found = self._any_of()
            assert self._take(")")
            return found
        token = self._tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.isdecimal():
            return int(token)
        if self._take("("):
            return self._functions[token](*self._arguments())
        return self._looked_up(token)

    def _arguments(self) -> list[object]:
        found: list[object] = []
        while not self._take(")"):
            found.append(self._any_of())
            self._take(",")
        return found

    def _looked_up(self, name: str) -> object:
        words = {"true": True, "false": False, "null": None}
        if name in words:
            return words[name]
        parts = name.split(".")
        assert parts[0] in self._contexts, f"no context {parts[0]}"
        found: object = self._contexts
        for part in parts:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _take(self, token: str) -> bool:
        if self._tokens[:1] == [token]:
            self._tokens.pop(0)
            return True
        return False


def filled(text: str, contexts: Mapping[str, Any], functions: Functions) -> str:
    """`text` with every `${{ … }}` in its place."""
    return _WHOLE.sub(lambda match: _written(Expression(match[1], contexts, functions).value()), text)


def is_met(condition: object, contexts: Mapping[str, Any], functions: Functions) -> bool:
    """Is an `if:` met? One that names no state of the job is met only where nothing has failed."""
    text = "success()" if condition is None else str(condition)
    inner = _WHOLE.fullmatch(text.strip())
    text = inner[1] if inner else text
    if not re.search(r"\b(success|failure|always|cancelled)\s*\(", text):
        text = f"success() && ({text})"
    return _is_true(Expression(text, contexts, functions).value())


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        assert match, f"cannot read {stripped[place:]!r}"
        found.append(match[1])
        place = match.end()
    return found


def _is_true(value: object) -> bool:
    return value not in (None, False, 0, "")


def _is_equal(left: object, right: object) -> bool:
    """Texts are compared without regard to case, as GitHub does; nothing equals the empty text."""
    left, right = ("" if value is None else value for value in (left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return left == right


def _written(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
