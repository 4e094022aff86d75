"""Removal of secrets from every text that is shown, logged or traced.

A secret is recognised in three ways: by its value, where this run knows it; by the name of the field that holds it; by
its form, where it has one, such as an age identity or a sealed login. The agency API has its key in URLs and answers
(`docs/portal.md` 1.1), so that no place is free of them.
"""

import base64
import json
import re
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from plan.values import SENSITIVE, Secret

_WORDS: Final = (
    "apipass",
    "assertion",
    "authorization",
    "cookie",
    "credential",
    "passphrase",
    "passw",
    "pwd",
    "sealed",
    "secret",
    "ssot",
    "token",
    "verifier",
)
_NAMES: Final = frozenset({"auth", "jwt", "pass", "sid"})
_PARAMETERS: Final = frozenset({"code"})  # of a log-in; in a document, `code` is a country's or a plan's
_KEY: Final = re.compile(r"keys?$")
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]")
# A value that is remembered because of the name of its field: no common word, which would vanish everywhere.
_REMEMBERED: Final = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])\S{8,}")

_ARMOUR: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
_FORMS: Final = re.compile(
    r"AGE-SECRET-KEY-1[0-9A-Z]+"
    r"|\b(?:gh[a-z]_|github_pat_|glpat-|glcbt-)[A-Za-z0-9_.-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(r"(?<=://)[^\s/@'\"]+@")
_SCHEME: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", re.IGNORECASE)
_PAIR: Final = re.compile(r"([\w.\[\]%-]+)=([^&\s\"'<>]+)")
_MEMBER: Final = re.compile(r'"([^"\\]{1,60})"(\s*:\s*)"((?:[^"\\]|\\.)+)"')


class Redactor:
    """Removes secrets from texts, in every form in which they are sent. What one of them knows, `EVERY` knows too."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._forms: tuple[str, ...] = ()
        self._known: set[str] = set()
        self._lock = Lock()
        self.add(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"

    def add(self, *secrets: Secret) -> None:
        """Add secrets, for example a login that was just created."""
        forms = {form for secret in secrets for form in _forms(secret.reveal()) if form}
        with self._lock:
            if new := forms - self._known:
                self._known |= new
                ordered = list(self._forms)  # whoever cleans a text at the moment goes on with those of before
                for form in new:
                    insort(ordered, form, key=_longest_first)  # an apply adds keys one by one, and may add thousands
                self._forms = tuple(ordered)
        if secrets and self is not EVERY:
            EVERY.add(*secrets)

    def clean(self, text: str) -> str:
        """Return `text` without any secret that this one knows."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, SENSITIVE)
        return text


EVERY: Final = Redactor(())


def redact(text: str) -> str:
    """Return `text` without any secret: those that this run knows, and what looks like one."""
    text = _ARMOUR.sub(SENSITIVE, EVERY.clean(text))
    text = _LOGIN.sub(f"{SENSITIVE}@", _FORMS.sub(SENSITIVE, text))
    text = _SCHEME.sub(lambda found: f"{found[1]} {SENSITIVE}", text)
    text = _PAIR.sub(lambda found: f"{found[1]}={SENSITIVE}" if is_secret_name(found[1]) else found[0], text)
    return _MEMBER.sub(
        lambda found: f'"{found[1]}"{found[2]}"{SENSITIVE}"' if is_secret_name(found[1]) else found[0], text
    )


def is_secret_name(name: str) -> bool:
    """Return whether a field, header or parameter of this name holds a secret."""
    plain = _NOT_IN_A_NAME.sub("", name.lower())
    return plain in _NAMES or _KEY.search(plain) is not None or any(word in plain for word in _WORDS)


def redacted_pairs(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of a header, a query or a form without secrets."""
    return [
        (redact(name), _learned(value) if is_secret_name(name) or name in _PARAMETERS else redact(value))
        for name, value in pairs
    ]


def redacted_url(url: str) -> str:
    """Return a URL without secrets: no login, and no value of a parameter that holds a secret."""
    parts = urlsplit(url)
    query = urlencode(redacted_pairs(parse_qsl(parts.query, keep_blank_values=True)), safe="()", quote_via=quote)
    return redact(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, "")))


def redacted_document(value: object) -> object:
    """Return a document of JSON without secrets. Their values are remembered: they may come again in other places."""
    if isinstance(value, Mapping):
        return {
            redact(str(name)): _hidden(item) if is_secret_name(str(name)) else redacted_document(item)
            for name, item in value.items()
        }
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Sequence):
        return [redacted_document(item) for item in value]
    return value


def _hidden(value: object) -> object:
    if value is None or isinstance(value, bool) or value == "":
        return value
    for text in _texts(value):
        _learned(text)
    return SENSITIVE


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def _learned(text: str) -> str:
    if _REMEMBERED.fullmatch(text):
        EVERY.add(Secret(text))
    return SENSITIVE if text else text


def _longest_first(form: str) -> tuple[int, str]:
    """Return what forms are ordered by, so that none leaves the rest of a longer one behind."""
    return -len(form), form


def _forms(text: str) -> Iterator[str]:
    yield text
    yield quote(text)
    yield quote(text, safe="")
    yield quote_plus(text)
    yield json.dumps(text)[1:-1]
    yield repr(text)[1:-1]
    yield base64.b64encode(text.encode()).decode()
