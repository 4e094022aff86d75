"""Values of attributes, and their one canonical form."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from plan.address import Address

KNOWN_AFTER_APPLY: Final = "(known after apply)"
SENSITIVE: Final = "(sensitive)"


@dataclass(frozen=True, slots=True)
class Reference:
    """The remote id of another resource's object: known after apply when that object is still to come."""

    address: Address

    def __str__(self) -> str:
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no output shows; `reveal` is the only way to its text."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """Return the text itself, for the wire or for encryption, nothing else."""
        return self._text

    def __str__(self) -> str:
        return SENSITIVE


@dataclass(frozen=True, slots=True)
class Content:
    """A text too long to be shown or kept, such as a template's HTML: known everywhere by its digest alone."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        raw = self.text.encode()
        return f"sha256:{hashlib.sha256(raw).hexdigest()} ({len(raw)} bytes)"


Value: TypeAlias = (
    "bool | int | float | str | Reference | Secret | Content | tuple[Value, ...] | Mapping[str, Value] | None"
)
Attributes: TypeAlias = Mapping[str, Value]

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
SCALARS: Final = frozenset({str, int, bool, float, type(None)})  # by class: `isinstance` of Mapping is slow


def plain(value: Value) -> object:
    """Return `value` as JSON types: a reference as `{"reference": ADDRESS}`, a secret masked, a content as a digest."""
    if value.__class__ in SCALARS:
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return {key: item if item.__class__ in SCALARS else plain(item) for key, item in value.items()}
    if isinstance(value, Reference):
        return {"reference": str(value.address)}
    if isinstance(value, Secret | Content):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def plain_attributes(attributes: Attributes) -> dict[str, object]:
    """Return attributes as JSON types."""
    return {name: plain(value) for name, value in attributes.items()}


def attributes_from_plain(document: object) -> Attributes:
    """Return the inverse of `plain_attributes`.

    Raises:
        TypeError: `document` is no mapping, or holds something that JSON cannot.
    """
    value = value_from_plain(document)
    if not isinstance(value, Mapping):
        raise TypeError("attributes are not a mapping")
    return value


def value_from_plain(document: object) -> Value:
    """Return the inverse of `plain` (a masked secret stays masked text, a content its digest).

    Raises:
        TypeError: `document` holds something that JSON cannot.
    """
    if isinstance(document, Mapping):
        if document.keys() == {"reference"}:
            return Reference(Address.parse(str(document["reference"])))
        return {str(key): value_from_plain(item) for key, item in document.items()}
    if isinstance(document, list):
        return tuple(value_from_plain(item) for item in document)
    if document is None or isinstance(document, bool | int | float | str):
        return document
    raise TypeError(f"a plan holds JSON values only, not {type(document).__name__}")


def canonical(document: object) -> str:
    """JSON text that equal documents share: sorted keys, no spaces, no escapes that are not needed."""
    return _ENCODER.encode(document)


def digest(document: object) -> str:
    """SHA-256 of the canonical form, in hex. Names may hold lone surrogates, which JSON can write and UTF-8 cannot."""
    return hashlib.sha256(canonical(document).encode(errors="surrogatepass")).hexdigest()


def digest_of_pieces(pieces: Iterable[str]) -> str:
    """As `digest`, of a canonical form in pieces."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece.encode(errors="surrogatepass"))
    return found.hexdigest()
