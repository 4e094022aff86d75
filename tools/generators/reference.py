"""The reference of the agency file, written from its schema and its rules."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from agencyfile.language import RULES, PortalSettings, Reconcile, Review, Rule, Settings, Wait, agency_schema
from agencyfile.language.rules import NOTHING_TO_CHECK
from tools.generators.reference_texts import (
    DEFAULTS,
    DIAGNOSTICS,
    EXAMPLE,
    FORMATS,
    FULL_DEFAULTS,
    HEAD,
    INHERITED,
    KEYS,
    NOTES,
    NOTHING,
    SHAPES,
)

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Mapping:
    """A mapping of the file that gets a table of its own."""

    path: str
    schema: Schema


class _Reference:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._defined: Schema = schema["$defs"]

    def text(self) -> str:
        blocks = [name for name, mappings in self._mappings.items() if mappings]
        titles = ["Example", "The file", *blocks, "Diagnostics"]
        parts = [
            HEAD,
            _contents(titles),
            EXAMPLE,
            "## The file\n\n",
            self._table(_Mapping("", self._schema)),
        ]
        for name in blocks:
            parts += [f"## {name}\n\n", *self._block(name)]
        return "".join([*parts, _diagnostics()]).rstrip() + "\n"

    def _block(self, name: str) -> Iterator[str]:
        for number, mapping in enumerate(self._mappings[name]):
            if number:
                yield f"### {mapping.path}\n\n"
            else:
                yield ("\n\n".join(filter(None, (mapping.schema["description"], NOTES.get(name)))) + "\n\n")
            yield self._table(mapping)

    @cached_property
    def _mappings(self) -> Mapping[str, list[_Mapping]]:
        """The mappings under each key of the root. One that several keys share stands under the last of them."""
        found = {name: list(self._walk(name, name)) for name in _in_order(self._schema["properties"])}
        last = {id(mapping.schema): mapping.path for mappings in found.values() for mapping in mappings}
        return {
            name: [mapping for mapping in mappings if last[id(mapping.schema)] == mapping.path]
            for name, mappings in found.items()
        }

    @cached_property
    def _homes(self) -> Mapping[int, str]:
        return {id(mapping.schema): mapping.path for mappings in self._mappings.values() for mapping in mappings}

    def _walk(self, path: str, name: str, within: Schema | None = None) -> Iterator[_Mapping]:
        value = (within or self._schema)["properties"][name]
        schema = self._resolved(value)
        if "properties" not in schema:
            return
        here = f"{path}{'.NAME' if _blocks_of(value) else '.N' if _entries_of(value) else ''}"
        yield _Mapping(here, schema)
        for key in _in_order(schema["properties"]):
            yield from self._walk(f"{here}.{key}", key, schema)

    def _resolved(self, value: Schema) -> Schema:
        """Return the schema of a value: references followed, the block of a mapping or list, without null."""
        found = _blocks_of(value) or _entries_of(value) or _choice_of(value) or value
        resolved: Schema = self._defined[found["$ref"].rpartition("/")[2]] if "$ref" in found else found
        return resolved

    def _table(self, mapping: _Mapping) -> str:
        rows = [
            (_code(_joined(mapping.path, key)), self._kind(value), self._default(mapping, key), *self._words(value))
            for key, value in _ordered(mapping.schema)
        ]
        return _rows(("key", "holds", "default", "meaning", "example"), rows)

    def _words(self, value: Schema) -> tuple[str, str]:
        examples = [_code(_flow(example)) for example in value.get("examples", ())]
        return value.get("description") or self._resolved(value).get("description", ""), ", ".join(examples)

    def _kind(self, value: Schema) -> str:
        resolved = self._resolved(value)
        home = self._homes.get(id(resolved))
        if home is not None:
            section = home.partition(".")[0]
            title = section if home in (section, f"{section}.NAME", f"{section}.N") else home
            kind = "blocks by name" if _blocks_of(value) else "list of mappings" if _entries_of(value) else "mapping"
            return f"[{kind}](#{_anchor(title)}){_instead(value)}"
        return _holds(value)

    def _default(self, mapping: _Mapping, key: str) -> str:
        path = _joined(mapping.path, key)
        needed = FULL_DEFAULTS.get(path) or _required(mapping.schema, key)
        if needed:
            return needed
        if path in self._inherited:
            below = _code(self._inherited[path])
            if key in INHERITED:
                return f"required, here or as {below}; not of what is adopted"
            return f"{below}, else {DEFAULTS[key]}" if key in DEFAULTS else below
        if id(self._resolved(mapping.schema["properties"][key])) in self._homes or path.startswith("defaults."):
            return ""
        return DEFAULTS.get(key) or _setting(path)

    @cached_property
    def _inherited(self) -> Mapping[str, str]:
        """The path of each key that a block may take from the defaults, and its path there."""
        found = {}
        for mapping in self._walk("defaults", "defaults"):
            for key in mapping.schema["properties"]:
                path = _joined(mapping.path, key)
                for kind, section in (("account", "accounts"), ("sandbox", "sandboxes")):
                    if path.startswith(f"defaults.{kind}."):
                        found[path.replace(f"defaults.{kind}", f"{section}.NAME", 1)] = path
        return found


def _required(schema: Schema, key: str) -> str:
    """Whether, and of which blocks, the key is required; empty where it never is."""
    if key in schema.get("required", ()):
        return "required"
    if key in schema.get("else", {}).get("required", ()):
        return "required; not of what is adopted"
    choices = [choice["required"][0] for choice in schema.get("oneOf", ())]
    if key in choices:
        return f"one of {', '.join(map(_code, choices))}"
    types = (part["if"]["properties"]["type"]["const"] for part in schema.get("allOf", ()) if _needs(part, key))
    return next((f"required of type {_code(kind)}" for kind in types), "")


def _needs(part: Schema, key: str) -> bool:
    return key in part["then"]["required"]


def agency_file_reference() -> str:
    """The document, in Markdown."""
    return _Reference(agency_schema()).text()


def _in_order(properties: Schema) -> list[str]:
    """Keys in the order in which a file is written; what is not listed comes in the schema's own order."""
    if "agency" not in properties:
        return list(properties)
    first = (
        "version",
        "agency",
        "include",
        "defaults",
        "profiles",
        "clients",
        "sandboxes",
        "snapshots",
        "templates",
        "accounts",
        "contacts",
        "customers",
    )
    return sorted(properties, key=lambda key: first.index(key) if key in first else len(first))


def _ordered(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for key in _in_order(schema["properties"]):
        yield key, schema["properties"][key]


def _blocks_of(value: Schema) -> Schema | None:
    """The block that a mapping of names holds, None where there are no blocks."""
    return next((each["additionalProperties"] for each in value.get("anyOf", ()) if "propertyNames" in each), None)


def _entries_of(value: Schema) -> Schema | None:
    """The mapping that a list holds, None where there is no list of mappings."""
    lists = (each["items"] for each in (value, *value.get("anyOf", ())) if each.get("type") == "array")
    entries = (items if "$ref" in items else _choice_of(items) for items in lists)
    return next((entry for entry in entries if entry), None)


def _choice_of(value: Schema) -> Schema | None:
    """The mapping that stands for a value which may be false or a name instead, None where there is no such choice."""
    return next((each for each in value.get("oneOf", ()) if "$ref" in each), None)


def _instead(value: Schema) -> str:
    """The words for something else that may stand in the place of a mapping."""
    if _choice_of(value) is None:
        return ""
    return ", or a name" if any(each.get("type") == "string" for each in value["oneOf"]) else ", or `false`"


def _holds(value: Schema) -> str:
    """A value in words: its type, or what it may be."""
    if "oneOf" in value and all("type" in each for each in value["oneOf"]):
        return ", or ".join(_holds(each) for each in value["oneOf"])
    words = _words_of(value)
    if words:
        listed = ", ".join(_code(_flow(word)) for word in words)
        return f"one of {listed}" if len(words) > 1 else listed
    kind = value.get("type")
    if kind == "array":
        return f"list of {_plural(_shape(value['items']))}"
    if kind == "object":
        key = KEYS.get(value["propertyNames"]["pattern"], "name")
        return f"mapping of {key} to {_holds(value['additionalProperties'])}"
    return _shape(value)


def _words_of(value: Schema) -> Sequence[object]:
    """The only values there may be; an alternative that is no list of words holds other spellings of them."""
    if "const" in value:
        return (value["const"],)
    return next((choice["enum"] for choice in (value, *value.get("anyOf", ())) if "enum" in choice), ())


def _shape(value: Schema) -> str:
    if value.get("type") == "integer":
        return "whole number above 0" if value.get("exclusiveMinimum") == 0 else "whole number, 0 or more"
    if value.get("type") == "boolean":
        return "`true` or `false`"
    shape = SHAPES.get(value.get("pattern", ""))
    return shape or FORMATS.get(value.get("format", ""), "text")


def _plural(noun: str) -> str:
    return noun if noun == "text" else f"{noun}s"


def _setting(path: str) -> str:
    """The default of a setting of `agency`, as one would write it."""
    for prefix, settings in (
        ("agency.portal.wait.", Wait()),
        ("agency.portal.", PortalSettings()),
        ("agency.reconcile.", Reconcile()),
        ("agency.review.", Review()),
        ("agency.", Settings(name="")),
    ):
        key = path.removeprefix(prefix)
        if path.startswith(prefix) and key in {field.name for field in fields(settings)}:
            return _written(key, getattr(settings, key))
    return _written("lease", Settings(name="").lease) if path == "agency.lease.duration" else "none"


def _written(key: str, value: object) -> str:
    if key == "rate_limit":
        return _code(f"{value:g}/s")
    if key == "resend":
        return _code("after-window" if value else "never")
    if key == "max_changed_share":
        return _code(f"{value:.0%}")
    if isinstance(value, bool):
        return _code(_flow(value))
    if isinstance(value, float):
        minutes, seconds = divmod(value, 60)
        return _code(f"{value:g}s" if seconds or minutes == 1 else f"{minutes:g}m")
    return _code(str(value)) if isinstance(value, str) else "none"


def _diagnostics() -> str:
    rows = [
        (_code(rule.id), rule.severity.value, rule.summary, _escaped(rule.fix), _source(rule))
        for rule in RULES.values()
    ]
    table = _rows(("id", "severity", "summary", "fix", "source"), rows)
    free = (f"- {_linked(f'rule {number}')}: {why}.\n" for number, why in NOTHING_TO_CHECK.items())
    return "".join([DIAGNOSTICS, table, NOTHING, *free])


def _source(rule: Rule) -> str:
    """The source, with each rule of `portal.md` linked to its row."""
    document, _, place = rule.source.partition(" ")
    if document != "portal.md":
        return rule.source
    if place.startswith("rule"):
        return _linked(place)
    return f"[portal](portal.md) {place}"


def _linked(place: str) -> str:
    """`rules 1, 5` with a link at each number."""
    return re.sub(r"\d+", lambda found: f"[{found[0]}](portal.md#rule-{found[0]})", f"portal {place}")


def _contents(titles: Iterable[str]) -> str:
    return "".join(f"- [{title}](#{_anchor(title)})\n" for title in titles) + "\n"


def _anchor(title: str) -> str:
    """The anchor that Markdown viewers give a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + "\n"


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _escaped(text: str) -> str:
    """Text in which a reference to the environment is code."""
    return re.sub(r"\$\{[^}]*\}", lambda found: _code(found[0]), text)


def _flow(value: object) -> str:
    """A value as one writes it in YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
