"""Values written as many people would write them: random layout, comments and blank lines, all of it valid YAML."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

Value: TypeAlias = Any  # None, true, false, a number, a text, or a list or mapping of them

TRAPS: Final = (
    *("no", "yes", "on", "Y", "null", "~", "true", "0123", "0x1F", "0o17", "1:30", "1e3", "1_000", ".inf"),
    *("", " ", " padded", "padded ", "a: b", "a:", ": a", "- a", "-", "--- a", "...", "? a", "#a", "a #b", "a#b"),
    *("[a]", "{a}", "a, b", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`", '"a"', "'a'", "a\\b", "it's \"so\""),
    *("2026-11-21", "=", "<<", "caf\u00e9", "a\u00a0b", "\u200ba", "a\u2028b", "\ufeff", "\u05d0\u05d1"),
    *("\U0001f3cb\ufe0f", "https://a.example/?b=c&d#e", "word " * 30 + "end", "x" * 150, "Key " + "x" * 110),
)  # fmt: skip
WORDS: Final = ("true", "false", "null")
VISIBLE: Final = st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u061c\u200e\u200f")
TEXTS: Final = st.one_of(
    st.sampled_from(TRAPS),
    st.text(alphabet="ab :#-,[]{}'\"\\&*!|>%@?", max_size=12),
    st.text(alphabet=VISIBLE, max_size=8).filter(
        lambda text: not re.search("[\u202a-\u202e\u2066-\u2069]|AGE-SECRET|env:", text)
    ),
)
SCALARS: Final = st.one_of(st.none(), st.booleans(), st.integers(-99999, 99999), TEXTS)
KEYS: Final = st.one_of(TEXTS, st.sampled_from(["accounts", "version", "client", "plan"])).filter(
    lambda key: key != "<<"
)
TREES: Final = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
    ),
    max_size=5,
)
COMMENTS: Final = st.sampled_from(["#", "# why", "#: x", "# a: b # c", "#- a", "# \u00e9", "# 'quoted"])


@dataclass(frozen=True, slots=True)
class Noisy:
    """A text, the values that it holds, and how many comments."""

    text: str
    values: Value
    comments: int


@st.composite
def noisy(draw: Callable[..., Any]) -> Noisy:
    """A mapping in some layout."""
    values = draw(TREES)
    writer = _Writer(draw)
    lines = [*writer.above(), *(["---" + writer.behind()] if draw(st.booleans()) else [])]
    lines += writer.block(values, 0) if values and draw(st.integers(0, 5)) else [writer.flow(values, 0)]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join([*lines, *writer.above(), *draw(st.sampled_from([[""], [], ["", ""]]))])
    return Noisy(text, values, writer.comments)


class _Writer:
    def __init__(self, draw: Callable[..., Any]) -> None:
        self._draw = draw
        self.comments = 0
        self.anchors = 0

    def _chance(self, one_in: int) -> bool:
        return bool(self._draw(st.integers(1, one_in)) == one_in)

    def above(self) -> list[str]:
        """Blank lines and comments, anywhere on their lines."""
        lines = []
        while self._chance(4):
            lines.append("" if self._chance(2) else " " * self._draw(st.integers(0, 9)) + self._comment())
        return lines

    def behind(self) -> str:
        """A comment at the end of a line, or nothing."""
        return " " * self._draw(st.integers(1, 3)) + self._comment() if self._chance(4) else ""

    def _comment(self) -> str:
        self.comments += 1
        return str(self._draw(COMMENTS))

    def block(self, values: Value, indent: int) -> list[str]:
        """The lines of a mapping or list that is not empty."""
        lines: list[str] = []
        for item in values.items() if isinstance(values, dict) else values:
            key, value = item if isinstance(values, dict) else (None, item)
            lines += self.above()
            head = " " * indent + ("-" if key is None else f"{self._key(key)}:")
            lines += self._entry(head, value, indent, is_item=key is None)
        return lines

    def _entry(self, head: str, value: Value, indent: int, *, is_item: bool) -> list[str]:
        if not value or not isinstance(value, dict | list) or self._chance(2):
            text = self._value(value, indent)
            if text.startswith((">-", "|-")):
                return [f"{head} {text}"]
            return [f"{head} {text}{self.behind()}" if text else head + self.behind()]
        step = self._draw(st.integers(0 if isinstance(value, list) and not is_item else 1, 4))
        self.anchors += 1
        head += self._draw(st.sampled_from(["", f" &a{self.anchors}"])) + self.behind()
        return [head, *self.block(value, indent + step)]

    def _value(self, value: Value, indent: int) -> str:
        if isinstance(value, dict | list):
            return self.flow(value, indent)
        return "" if value is None and self._chance(2) else self._scalar(value, indent)

    def flow(self, value: Value, indent: int) -> str:
        """A value in brackets or braces, on one line or on many."""
        if not isinstance(value, dict | list):
            return self._scalar(value, None)
        pairs = value.items() if isinstance(value, dict) else ((None, one) for one in value)
        parts = [("" if key is None else f"{self._key(key)}: ") + self.flow(one, indent) for key, one in pairs]
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        text = opening + self._break(indent)
        for number, part in enumerate(parts, start=1):
            text += part + ("," if number < len(parts) or self._chance(3) else "") + self._break(indent)
        return text + closing

    def _break(self, indent: int) -> str:
        if not self._chance(5):
            return " "
        return "".join(f"{line}\n" for line in [self.behind(), *self.above()]) + " " * (indent + 1)

    def _key(self, key: str) -> str:
        return key if re.fullmatch("[a-z][a-z0-9-]*", key) and self._chance(2) else self._quoted(key)

    def _scalar(self, value: Value, indent: int | None) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        if re.fullmatch("[a-z]+(  ?[a-z]+)*", value) and value not in WORDS and self._chance(2):
            return self._plain(value, indent)
        if indent is not None and re.fullmatch(r"\S(.*\S)?", value) and value.isprintable() and self._chance(4):
            return str(self._draw(st.sampled_from([">-", "|-"]))) + self.behind() + f"\n{' ' * (indent + 12)}{value}"
        return self._quoted(value)

    def _plain(self, value: str, indent: int | None) -> str:
        if indent is None or not self._chance(2):
            return value
        return re.sub("(?<! ) (?! )", "\n" + " " * (indent + 2), value)

    def _quoted(self, text: str) -> str:
        if text.isprintable() and self._chance(2):
            return "'" + text.replace("'", "''") + "'"
        return "".join(
            character if character.isprintable() else f"\\U{ord(character):08x}"
            for character in json.dumps(text, ensure_ascii=False)
        )
