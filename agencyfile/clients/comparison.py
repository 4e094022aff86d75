"""The plan of an import: clients of a source against the clients of a file, in four groups. It is pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agencyfile.clients.records import FIELDS, Found, Problem, Record, Rejected, Remark
from agencyfile.fields.values import suggested_label

OVERWRITABLE: Final = (*FIELDS, "source")


@dataclass(frozen=True, slots=True)
class Known:
    """A client of the file: its name, its words, and its keys in sources."""

    name: str
    words: Mapping[str, str]
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class New:
    """A client that the file does not know. `name` is the name that it gets."""

    name: str
    found: Found


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which source and file differ. `is_taken`: the import writes the source's value into the file."""

    field: str
    here: str | None
    there: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Both:
    """A client that file and source know."""

    name: str
    found: Found
    differences: tuple[Difference, ...]

    @property
    def taken(self) -> tuple[Difference, ...]:
        """The differences that the import ends."""
        return tuple(one for one in self.differences if one.is_taken)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan of an import."""

    source: str
    new: tuple[New, ...]
    only_here: tuple[str, ...]
    both: tuple[Both, ...]
    invalid: tuple[Rejected, ...]
    remarks: tuple[str, ...]


def compare(
    source: str,
    records: Iterable[Record],
    known: Sequence[Known],
    taken_names: Collection[str],
    overwrite: Collection[str],
) -> Comparison:
    """Compare the clients of a source with those of the file.

    Args:
        source: name of the source, under which keys are kept.
        records: what the source gave.
        known: the clients of the file.
        taken_names: names that a new client cannot get, besides those of known clients.
        overwrite: fields whose values the source may replace.
    """
    every = list(records)
    found = [one for one in every if isinstance(one, Found)]
    matcher = _Matcher(source, found, known)
    names = _Names({one.name for one in known} | set(taken_names))
    new: list[New] = []
    both: list[Both] = []
    invalid = [one for one in every if isinstance(one, Rejected)]
    for one in found:
        match = matcher.match(one)
        if isinstance(match, Rejected):
            invalid.append(match)
        elif match is None:
            new.append(New(names.make(one), one))
        else:
            both.append(Both(match.name, one, tuple(_differences(source, one, match, overwrite))))
    remarks = [one.text for one in every if isinstance(one, Remark)]
    remarks += [note for one in found for note in one.notes]
    only_here = tuple(one.name for one in known if one.name not in matcher.matched)
    return Comparison(source, tuple(new), only_here, tuple(both), tuple(invalid), tuple(remarks))


def _differences(source: str, found: Found, known: Known, overwrite: Collection[str]) -> Iterator[Difference]:
    for word in FIELDS:
        here, there = known.words.get(word), found.words.get(word)
        if there is not None and here != there:
            yield Difference(word, here, there, word in overwrite)
    if found.key is not None and known.keys.get(source) != found.key:
        yield Difference("source", known.keys.get(source), found.key, "source" in overwrite)


class _Matcher:
    """Finds the known client of a found one.

    The key in the source counts for most, then the enterprise number, then the e-mail address, then the name. An
    address or a name counts only where one client has it on each side, and nothing that counts for more contradicts it.
    """

    def __init__(self, source: str, found: Sequence[Found], known: Sequence[Known]) -> None:
        self._source = source
        self._by: list[
            tuple[str, Callable[[Found], Hashable | None], dict[Hashable, list[Known]], dict[Hashable, int]]
        ] = []
        for label, of_found, of_known in (
            ("key", lambda one: one.key, lambda one: one.keys.get(source)),
            ("enterprise number", _word("enterprise_number"), _word("enterprise_number")),
            ("e-mail address", _folded("email"), _folded("email")),
            ("name", _folded("name"), _folded("name")),
        ):
            index: dict[Hashable, list[Known]] = defaultdict(list)
            for one in known:
                value = of_known(one)
                if value is not None:
                    index[value].append(one)
            counts: dict[Hashable, int] = defaultdict(int)
            for other in found:
                counts[of_found(other)] += 1
            self._by.append((label, of_found, index, counts))
        self.matched: dict[str, Found] = {}
        self._seen: dict[tuple[str, Hashable], Found] = {}

    def match(self, found: Found) -> Known | Rejected | None:
        """Return the known client, None for a new one, or why it cannot be told."""
        repeated = self._repeated(found)
        if repeated:
            return repeated
        for position, (label, value_of, index, counts) in enumerate(self._by):
            value = value_of(found)
            near = index.get(value, []) if value is not None else []
            is_weak = position > 1
            fitting = [one for one in near if not (is_weak and self._contradicts(found, one))]
            if len(fitting) > 1 and is_weak:
                continue
            if len(fitting) > 1:
                return _rejected(found, f"has the {label} of several clients here: {_listed(fitting)}")
            if fitting and not (is_weak and counts[value] > 1):
                return self._taken(found, fitting[0])
        return None

    def _taken(self, found: Found, known: Known) -> Known | Rejected:
        other = self.matched.setdefault(known.name, found)
        if other is not found:
            return _rejected(found, f"is {known.name} here, as {other.place} is")
        return known

    def _repeated(self, found: Found) -> Rejected | None:
        """A second row of one client: one key, one number, or one address with one name."""
        identities: list[tuple[str, Hashable]] = []
        if found.key is not None:
            identities.append(("key", found.key))
        if "enterprise_number" in found.words:
            identities.append(("enterprise number", found.words["enterprise_number"]))
        if not identities:
            words = found.words
            identities.append(("name and e-mail address", (_fold(words["name"]), _fold(words.get("email", "")))))
        for identity in identities:
            other = self._seen.setdefault(identity, found)
            if other is not found:
                return _rejected(found, f"has the {identity[0]} of {other.place}")
        return None

    def _contradicts(self, found: Found, known: Known) -> bool:
        key, number = known.keys.get(self._source), known.words.get("enterprise_number")
        has_other_key = key is not None and found.key is not None and key != found.key
        own = found.words.get("enterprise_number")
        return has_other_key or (number is not None and own is not None and number != own)


class _Names:
    """Gives names to new clients: labels made of their names, with a number where a label is taken."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: dict[str, int] = {}

    def make(self, found: Found) -> str:
        plain = unicodedata.normalize("NFKD", found.words["name"]).encode("ascii", "ignore").decode()
        stem = (suggested_label(plain) or suggested_label(f"client-{found.key or ''}") or "client")[:56].strip("-")
        number = self._next.get(stem, 1)
        name = stem if number == 1 else f"{stem}-{number}"
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._next[stem] = number
        self._taken.add(name)
        return name


def _word(word: str) -> Callable[[Found | Known], str | None]:
    return lambda one: one.words.get(word)


def _folded(word: str) -> Callable[[Found | Known], str | None]:
    def value(one: Found | Known) -> str | None:
        text = one.words.get(word)
        return None if text is None else _fold(text)

    return value


def _fold(text: str) -> str:
    return text.casefold()


def _rejected(found: Found, reason: str) -> Rejected:
    return Rejected(found.place, (Problem(found.place, reason),))


def _listed(known: Iterable[Known]) -> str:
    names = sorted(one.name for one in known)
    return ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")  # noqa: PLR2004 - enough to find them


def without_places(found: Found) -> Found:
    """Return a record without its place, for comparing two readings."""
    return replace(found, place="", notes=())
