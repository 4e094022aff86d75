"""Random mutations of agency files: of bytes, of lines, of the values between them."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

# What has broken parsers, and what people type by mistake.
_PIECES: Final = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\t", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\x1b[31m", b"- ", b"? ", b": ",
    b"[", b"]", b"{", b"}", b"[" * 200, b"{a: " * 60, b"- " * 300, b"? " * 300, b"&a ", b"*a", b"&a [*a]", b"<<: *a",
    b"!!python/object:os.system ", b"!!binary ", b"!x ", b"%YAML 1.1\n", b"---\n", b"...\n", b"|\n", b">-\n", b"'",
    b'"', b"#", b"${env:HOME}", b"${env:", b"~", b"null", b"no", b"0123", b"1e3", b".inf", b".nan", b"-0", b"1_000",
    b"0x10",     b"9" * 400, b"2026-11-22", b"=", b"@", b"`", b"\xe2\x80\xa8", b"\xc2\x85", b"<b>", b"a" * 5000,
    b"..", b"/etc/passwd",
)  # fmt: skip
_WORDS: Final = re.compile(rb"[A-Za-z_]{3,}")
_VALUES: Final = re.compile(rb"(?<=: )[^\n{}\[\],]+")

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(chance: random.Random, source: bytes, others: Sequence[bytes]) -> bytes:
    """`source` after one to six mutations; `others` are files to take pieces of."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        source = chance.choice(_MUTATIONS)(chance, source, others)[:200_000]
    return source


def _insert_piece(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    position = chance.randint(0, len(source))
    return source[:position] + chance.choice(_PIECES) + source[position:]


def _flip_byte(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    if not source:
        return source
    position = chance.randrange(len(source))
    return source[:position] + bytes([chance.randrange(256)]) + source[position + 1 :]


def _cut(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(source))
    return source[:start] + source[start + chance.randint(0, 60) :]


def _truncate(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    return source[: chance.randint(0, len(source))]


def _drop_line(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    lines = source.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _double_lines(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    lines = source.splitlines(keepends=True)
    start = chance.randint(0, len(lines))
    end = min(len(lines), start + chance.randint(1, 8))
    return b"".join(lines[:end] + lines[start:end] * chance.choice((1, 1, 2, 40)) + lines[end:])


def _swap_lines(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    lines = source.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _indent(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    lines = source.splitlines(keepends=True)
    if lines:
        position = chance.randrange(len(lines))
        line = lines[position]
        lines[position] = b" " * chance.randint(1, 4) + line if chance.random() < 0.5 else line.lstrip(b" ")
    return b"".join(lines)


def _replace_value(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_VALUES.finditer(source))
    if not found:
        return source
    value = chance.choice(found)
    return source[: value.start()] + chance.choice(_PIECES) + source[value.end() :]


def _misspell(chance: random.Random, source: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_WORDS.finditer(source))
    if not found:
        return source
    start, end = chance.choice(found).span()
    word = bytearray(source[start:end])
    chance.shuffle(word)
    return source[:start] + bytes(word) + source[end:]


def _graft(chance: random.Random, source: bytes, others: Sequence[bytes]) -> bytes:
    """Some lines of another file, where they do not belong."""
    lines, given = source.splitlines(keepends=True), chance.choice(others).splitlines(keepends=True)
    start, position = chance.randint(0, len(given)), chance.randint(0, len(lines))
    return b"".join(lines[:position] + given[start : start + chance.randint(1, 12)] + lines[position:])


_MUTATIONS: Final[Sequence[Mutation]] = (
    _insert_piece, _insert_piece, _flip_byte, _cut, _truncate, _drop_line, _double_lines, _swap_lines, _indent,
    _replace_value, _replace_value, _misspell, _graft,
)  # fmt: skip
