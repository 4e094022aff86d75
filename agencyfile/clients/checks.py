"""From raw values of a source to a client, or to the reasons why there is none.

No reason repeats a value: what stands in the wrong column may be a register number.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import PydanticCustomError

from agencyfile.clients.records import Found, Problem, Rejected
from agencyfile.clients.vocabulary import country_code, language_code
from agencyfile.fields.client_words import parse_client_email, parse_client_name, parse_phone, parse_source_key
from agencyfile.fields.enterprise_numbers import normal_form, parse_enterprise_number
from agencyfile.fields.register_numbers import holds_register_number, is_register_number
from agencyfile.fields.values import parse_timezone

_LONGEST: Final = 200
_BIDIRECTIONAL: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OLD_LENGTH: Final = 9  # of an enterprise number without its leading zero
_REASONS: Final = {
    "client": "is blank",
    "email": "is not an e-mail address",
    "timezone": "is not a time zone of the IANA list",
    "register-number": "holds a national register number",
    "phone": "is not a telephone number",
    "client-source": "is no key: empty, too long, or with invisible characters",
}


@dataclass(frozen=True, slots=True)
class Raw:
    """A value of a source with its place. `fault` says why it is no text; then `text` is empty."""

    place: str
    text: str = field(default="", repr=False)
    fault: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RawClient:
    """The raw values of one client by field. A field may have several: the first one that is there counts.

    Besides the fields of a client there are `firstname`, `lastname`, `key` and `register_number`.
    """

    place: str
    values: Mapping[str, Sequence[Raw]]


def checked(raw: RawClient) -> Found | Rejected:
    """Return the client, or every reason why it cannot be imported."""
    check = _Check(raw)
    words = dict(check.words())
    if check.problems:
        return Rejected(raw.place, tuple(check.problems))
    key = words.pop("key", None)
    return Found(words, key, raw.place, tuple(check.notes))


class _Check:
    def __init__(self, raw: RawClient) -> None:
        self._raw = raw
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def words(self) -> Iterator[tuple[str, str]]:
        """Yield the valid words. Problems and notes collect on the way."""
        yield from self._name()
        yield from self._parsed("email", parse_client_email)
        yield from self._translated("language", language_code, "is no language that the portal has; it is left out")
        yield from self._translated("country", country_code, "is no country that is known; it is left out")
        yield from self._parsed("timezone", parse_timezone)
        yield from self._phone()
        yield from self._enterprise_number()
        yield from self._parsed("key", parse_source_key)
        self._check_register_numbers()

    def _name(self) -> Iterator[tuple[str, str]]:
        """The name as a whole, or first and last name."""
        parts = [self._text("firstname"), self._text("lastname") or self._text("name")]
        if not any(self._raw.values.get(word) for word in ("firstname", "lastname", "name")):
            self._add(self._raw.place, "has no name")
            return
        name = " ".join(part.text for part in parts if part and not part.fault)
        for part in parts:
            if part and part.is_number:
                self._add(part.place, "is a number, where a name is expected")
                return
        place = next((part.place for part in reversed(parts) if part), self._raw.place)
        if parts[1] is None and not self.problems:
            self._add(place, "has no name")
        elif not self.problems:
            yield from self._value("name", Raw(place, name), parse_client_name)

    def _parsed(self, field_name: str, parse: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        raw = self._text(field_name)
        if raw is not None and not raw.fault:
            yield from self._value(field_name, raw, parse)

    def _value(self, field_name: str, raw: Raw, parse: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        problem = _unseen(raw.text)
        if problem:
            self._add(raw.place, problem)
            return
        try:
            yield field_name, parse(raw.text)
        except PydanticCustomError as error:
            self._add(raw.place, _REASONS.get(error.type) or _own_words(error))

    def _translated(
        self, field_name: str, translate: Callable[[str], str | None], otherwise: str
    ) -> Iterator[tuple[str, str]]:
        raw = self._text(field_name)
        if raw is None or raw.fault:
            return
        code = translate(raw.text)
        if code:
            yield field_name, code
        else:
            self.notes.append(f"{raw.place} {otherwise}")

    def _phone(self) -> Iterator[tuple[str, str]]:
        """A telephone number is no reason to leave a client out."""
        raw = self._text("phone")
        if raw is None or raw.fault:
            return
        try:
            yield "phone", parse_phone(raw.text)
        except PydanticCustomError as error:
            self.notes.append(f"{raw.place} {_REASONS[error.type]}; it is left out")
        if raw.is_number:
            self.notes.append(f"{raw.place} is a number: a leading 0 or + may be lost")

    def _enterprise_number(self) -> Iterator[tuple[str, str]]:
        raw = self._text("enterprise_number")
        if raw is None or raw.fault:
            return
        if raw.is_number and len(raw.text) == _OLD_LENGTH:
            self.notes.append(f"{raw.place} is a number and lost its leading 0, which was added")
        try:
            yield "enterprise_number", parse_enterprise_number(raw.text)
        except PydanticCustomError as error:
            is_foreign = normal_form(raw.text)[:2].isalpha()
            if is_foreign:
                self.notes.append(f"{raw.place} is no Belgian number; it is left out")
            else:
                self._add(raw.place, _own_words(error))

    def _check_register_numbers(self) -> None:
        """Check register numbers, and drop them."""
        for raw in self._raw.values.get("register_number", ()):
            if raw.fault:
                self._add(raw.place, raw.fault)
            elif raw.text and not is_register_number(raw.text.zfill(11) if raw.is_number else raw.text):
                self._add(raw.place, "is not a national register number: its check digits or its date are wrong")

    def _text(self, field_name: str) -> Raw | None:
        """The first value of a field that is there; a value of a wrong type is a problem."""
        for raw in self._raw.values.get(field_name, ()):
            if raw.fault:
                if not any(problem.place == raw.place for problem in self.problems):
                    self._add(raw.place, raw.fault)
                return raw
            if raw.text.strip():
                return Raw(raw.place, _tidy(raw.text), is_number=raw.is_number)
        return None

    def _add(self, place: str, reason: str) -> None:
        self.problems.append(Problem(place, reason))


def _tidy(text: str) -> str:
    """Text without space around it, and with one space for any run of spaces and line breaks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unseen(text: str) -> str:
    """Why a file may not hold this text; empty when it may."""
    if len(text) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if any(unicodedata.category(one) in ("Cc", "Cs") or one in _BIDIRECTIONAL for one in text):
        return "holds a character that is not seen"
    if "${env:" in text or "AGE-SECRET-KEY-" in text.upper():
        return "looks like a reference to a secret"
    return "holds a national register number" if holds_register_number(text) else ""


def _own_words(error: PydanticCustomError) -> str:
    """The detail of a rule whose details repeat no value."""
    detail = str((error.context or {}).get("detail", "is not valid"))
    return f"is not an enterprise number: {detail[:1].lower()}{detail[1:].rstrip('.')}"
