"""Values of attributes: what is declared, what is live, and what differs between the two."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from agencyfile.cli.render.html.markup import Markup, element, join, name_of
from agencyfile.cli.render.wording import place
from plan.records.diagnostic import OriginRecord
from plan.records.document import EditRecord, PlanDocument

NONE: Final = element("i", "(none)")
_LONG: Final = 80
_DEEPEST: Final = 20  # what is nested deeper than any agency file is shown as JSON
_LEAST_IN_COMMON: Final = 12


@dataclass(frozen=True, slots=True)
class Referents:
    """Targets of the addresses on this page: changes of the plan, and objects that are live already."""

    planned: Collection[str]
    remote_ids: Mapping[str, str]
    provisioning: Collection[str]

    @classmethod
    def of(cls, document: PlanDocument) -> "Referents":
        """Those of a plan document."""
        planned = frozenset(change["address"] for change in document["resource_changes"])
        return cls(planned, document["remote_ids"], frozenset(document["provisioning"]))

    def link(self, address: str) -> Markup:
        """An address, as a link where this page has a change of it."""
        name = element("code", name_of(address))
        return element("a", name, href=f"#{anchor(address)}") if address in self.planned else name

    def reference(self, address: str) -> Markup:
        """The object that a value refers to."""
        remote_id = self.remote_ids.get(address)
        words = f"#{remote_id}" if remote_id else "known after apply"
        if address in self.provisioning:
            words += ", still being made by the portal"
        return join([self.link(address), " ", element("i", "(", name_of(words), ")")])


def anchor(address: str) -> str:
    """The id of a change on the page: ASCII without spaces, and never that of a section, which has no dot."""
    return quote(address, safe="", errors="backslashreplace")


def attribute_list(attributes: Mapping[str, object], referents: Referents) -> Markup:
    """Attributes by name, nested words dotted."""
    return element(
        "dl", *(join([_term(name), element("dd", shown(value, referents))]) for name, value in _flat(attributes))
    )


def edit_list(edits: Iterable[EditRecord], origin: OriginRecord | None, referents: Referents) -> Markup:
    """Edits: before, after, and where the attribute is declared unless that is `origin`."""
    return difference_list(
        ((edit["attribute"], edit["before"], edit["after"], _place_beside(origin, edit["origin"])) for edit in edits),
        referents,
    )


def difference_list(items: Iterable[tuple[str, object, object, str]], referents: Referents) -> Markup:
    """Render the old value, the new value and the note of each attribute."""
    return element("dl", *(_difference(*item, referents) for item in items))


def shown(value: object, referents: Referents, depth: int = 0) -> Markup:
    """Render one value. A missing value or a remote id looks different from a text with the same characters."""
    if depth > _DEEPEST:
        return name_of(json.dumps(value, ensure_ascii=False))
    if value is None or value in ("", [], {}):
        return NONE
    if isinstance(value, bool):
        return Markup("true" if value else "false")
    if isinstance(value, Mapping):
        return _mapping(value, referents, depth)
    if isinstance(value, list):
        return join([Markup("["), join([shown(item, referents, depth + 1) for item in value], ", "), Markup("]")])
    return join([str(value)])


def _mapping(value: Mapping[str, object], referents: Referents, depth: int) -> Markup:
    if value.keys() == {"reference"}:
        return referents.reference(str(value["reference"]))
    words = (join([name_of(name), ": ", shown(item, referents, depth + 1)]) for name, item in value.items())
    return join(words, ", ")


def _term(name: str) -> Markup:
    return element("dt", name_of(name))


def _flat(attributes: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in attributes.items():
        if isinstance(value, Mapping) and value and value.keys() != {"reference"} and prefix.count(".") < _DEEPEST:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _place_beside(origin: OriginRecord | None, other: OriginRecord | None) -> str:
    """Return the place of `other`, shortened for a reader who has just read that of `origin`."""
    if origin is None or other is None or other["file"] != origin["file"]:
        return place(other)
    return f"line {other['line']}" if other["line"] != origin["line"] else ""


def _difference(attribute: str, before: object, after: object, note: str, referents: Referents) -> Markup:
    small = element("small", name_of(note)) if note else None
    if _is_long(before) or _is_long(after):
        sides = _long_sides(before, after, referents)
        return join([_term(attribute), element("dd", *sides, small, class_="long")])
    sides = (element("del", shown(before, referents)), element("ins", shown(after, referents)))
    return join([_term(attribute), element("dd", join(sides, " → "), " " if small else None, small)])


def _is_long(value: object) -> bool:
    return isinstance(value, str) and (len(value) > _LONG or "\n" in value)


def _long_sides(before: object, after: object, referents: Referents) -> tuple[Markup, Markup]:
    """Both values, one below the other; what differs between two texts is marked when enough of them is the same."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return element("del", shown(before, referents)), element("ins", shown(after, referents))
    head, tail = _in_common(before, after)
    if head + tail < _LEAST_IN_COMMON:
        return element("del", shown(before, referents)), element("ins", shown(after, referents))
    return element("del", _marked(before, head, tail)), element("ins", _marked(after, head, tail))


def _in_common(before: str, after: str) -> tuple[int, int]:
    """Return the number of characters that two texts share at the start and at the end, in whole words."""
    head = _same_start(before, after)
    while head and before[head - 1].isalnum():
        head -= 1
    tail = _same_start(before[head:][::-1], after[head:][::-1])
    while tail and before[-tail].isalnum():
        tail -= 1
    return head, tail


def _same_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((position for position, (left, right) in pairs if left != right), min(len(one), len(other)))


def _marked(text: str, head: int, tail: int) -> Markup:
    end = len(text) - tail
    return join([text[:head], element("mark", text[head:end]) if head < end else None, text[end:]])
