"""The reference of the agency file, written from its schema and its rules."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

from agencyfile.language import RULES, PortalSettings, Reconcile, Rule, Settings, Wait, agency_schema
from agencyfile.language.models import patterns

Schema = Mapping[str, Any]

_SHAPES: Final = {
    patterns.LABEL: "1 to 63 lower-case letters, digits and inner hyphens",
    patterns.HOST: "host name with a top-level domain",
    patterns.RATE: "number and `/s`",
    patterns.DURATION: "number and unit: `ms`, `s`, `m`, `h`",
    patterns.REFERENCE: "`${env:NAME}`",
    patterns.RECIPIENT: "public key",
    patterns.LEDGER: "`file:PATH`, `git+branch:NAME` or `git+branch:NAME@REMOTE`",
    patterns.MONEY: "amount and currency",
}
_KEYS: Final = {
    patterns.LABEL: "login name",
    patterns.BLOCK_NAME: "name",
    patterns.PLAN_KEY: "`TIER/BILLING/CONTACTS`, `trial` or `sandbox`",
}
_FORMATS: Final = {"email": "e-mail address", "uri": "https URL"}
_INHERITED: Final = ("notification", "plan")  # asked for once the defaults are merged
_DEFAULTS: Final = {
    "protect": "`true`",
    "status": "left as it is",
    "language": "left to the portal",
    "timezone": "left to the portal",
    "retain_data": "`true`",
}

_HEAD: Final = """\
# The agency file

Every key of the agency file, and every diagnostic of `agencyfile validate`. Written by `tests/reference.py` from the
models that validate the file; `make schema` writes it anew.

"""

_EXAMPLE: Final = """\
## Example

```yaml
version: 1

agency:
  name: northwind
  credentials:
    recipients: [age192y62ksy3ykc8y3q43mchd5nlpdr0kul8mu6ctw4ew50yknks3fqryyhd6]

defaults:
  sandbox:
    notification: ops@northwind.example
  account:
    notification: ops@northwind.example
    language: french
    timezone: Europe/Paris
    snapshot: fitness-2026-11
    plan: {tier: plus, billing: monthly, contacts: 1000}

sandboxes:
  fitness-lab:
    client: {name: Northwind Lab, email: lab@northwind.example}

snapshots:
  fitness-2026-11: {sandbox: fitness-lab}

templates:
  newsletter: {type: basic, html: templates/newsletter.html, tags: [fitness]}

accounts:
  acme-gym:
    client: {name: Acme Gym, email: owner@acme.example}
    plan: {contacts: 2500}
    domain: mail.acme.example
    credits: {email: 5000, sms: 500, prepaid: 100 USD}
  acme-pilates:
    client: {name: Acme Pilates, email: hello@pilates.example}
    plan: {tier: trial}

removed:
  - {account: old-client, action: cancel, reason: contract ended 2026-10-31}
```

```sh
agencyfile validate                  # every mistake at once, with its line; asks the portal nothing
agencyfile validate --format github  # the same, as annotations of a pull request
agencyfile schema                    # the JSON Schema of the file, for editors
```

The file is YAML 1.2 in UTF-8, one document, without tags and merge keys (`<<`). A key that is not listed here is an
error. In the tables NAME is a name that you choose, and N the place in a list.

"""

_NOTES: Final = {
    "agency": """\
Keys are never written into the file. `agencyfile` takes them from `AGENCYFILE_AGENCY_KEY` and `AGENCYFILE_HUB_KEY`, or
from the variables that `agency_key` and `hub_key` name. Nothing else in the file may refer to the environment.

The ledger is a file of the agency file's folder, or a branch of its repository: `git+branch:NAME`, with `@REMOTE` for a
remote of that name. NAME is what git takes as a branch; the last `@` begins the remote.""",
    "defaults": """\
A block has what the defaults of its kind say unless it says otherwise. Values are replaced; the words of `credits` and
`plan` are merged one by one, except where those of a plan cannot stand together: an `id` drops the other words of the
defaults and any other word drops their `id`, and `tier: trial` drops `billing` and `contacts`.""",
    "sandboxes": """\
A sandbox takes neither `plan` nor `domain`. Sandboxes and accounts share the portal's host names, so that a name stands
in one of the two once.""",
    "snapshots": "A block that is removed leaves the snapshot at the portal as it is.",
    "templates": "Templates are checked by `validate`. No command delivers them yet.",
    "accounts": """\
A block that is left out leaves the account at the portal as it is; [removed](#removed) says what is to be ended.
`client`, `language` and `timezone` are set at creation; a later change of what agencyfile sent is a step for a human. A
plan is complete with `tier`, `billing` and `contacts`; `tier: trial` or an `id` stands alone. `protect` has no effect
yet, because nothing that agencyfile does ends an object.

Each total of `credits` is what was ever granted, from the first day on: to grant 500 more, raise it by 500. A total of
0 grants nothing, and takes the place of a total in the defaults. Trial, plus, pro and enterprise have SMS.""",
    "removed": """\
An account is in this list or under `accounts`, never in both. A snapshot cannot be removed yet, and `delete`,
`transfer` and `forget` are not known yet.""",
}

_RULES: Final = """\
## Diagnostics

What `agencyfile validate` can say: all of it at once, each at its line. An error stops the command before a request is
made; a warning does not. The source is a rule or section of [portal.md](portal.md), the YAML specification, or the
language itself.

"""


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
        parts = [_HEAD, _contents(titles), _EXAMPLE, "## The file\n\n", self._table(_Mapping("", self._schema))]
        for name in blocks:
            parts += [f"## {name}\n\n", *self._block(name)]
        return "".join([*parts, _diagnostics()]).rstrip() + "\n"

    def _block(self, name: str) -> Iterator[str]:
        for number, mapping in enumerate(self._mappings[name]):
            if number:
                yield f"### {mapping.path}\n\n"
            else:
                yield "\n\n".join(filter(None, (mapping.schema["description"], _NOTES.get(name)))) + "\n\n"
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
        """What a value is: references followed, the block instead of the mapping of names or list, without null."""
        found = _blocks_of(value) or _entries_of(value) or value
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
            kind = "mapping" if "$ref" in value else "list of mappings" if _entries_of(value) else "blocks by name"
            return f"[{kind}](#{_anchor(title)})"
        return _holds(value)

    def _default(self, mapping: _Mapping, key: str) -> str:
        path = _joined(mapping.path, key)
        if key in mapping.schema.get("required", ()):
            return "required"
        if path in self._inherited:
            below = _code(self._inherited[path])
            if key in _INHERITED:
                return f"required, here or as {below}"
            return f"{below}, else {_DEFAULTS[key]}" if key in _DEFAULTS else below
        if id(self._resolved(mapping.schema["properties"][key])) in self._homes or path.startswith("defaults."):
            return ""
        return _DEFAULTS.get(key) or _setting(path)

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


def agency_file_reference() -> str:
    """The document, in Markdown."""
    return _Reference(agency_schema()).text()


def _in_order(properties: Schema) -> list[str]:
    """Keys in the order in which a file is written; what is not listed comes in the schema's own order."""
    first = ("version", "agency", "include", "defaults", "sandboxes", "snapshots", "templates", "accounts")
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
    return next((items for items in lists if "$ref" in items), None)


def _holds(value: Schema) -> str:
    """A value in words: its type, or what it may be."""
    words = _words_of(value)
    if words:
        listed = ", ".join(_code(_flow(word)) for word in words)
        return f"one of {listed}" if len(words) > 1 else listed
    kind = value.get("type")
    if kind == "array":
        return f"list of {_plural(_shape(value['items']))}"
    if kind == "object":
        key = _KEYS.get(value["propertyNames"]["pattern"], "name")
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
    if "format" in value:
        return _FORMATS.get(value["format"], "text")
    return _SHAPES.get(value.get("pattern", ""), "text")


def _plural(noun: str) -> str:
    return noun if noun == "text" else f"{noun}s"


def _setting(path: str) -> str:
    """The default of a setting of `agency`, as one would write it."""
    for prefix, settings in (
        ("agency.portal.wait.", Wait()),
        ("agency.portal.", PortalSettings()),
        ("agency.reconcile.", Reconcile()),
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
    if isinstance(value, float):
        minutes, seconds = divmod(value, 60)
        return _code(f"{value:g}s" if seconds or minutes == 1 else f"{minutes:g}m")
    return _code(str(value)) if isinstance(value, str) else "none"


def _diagnostics() -> str:
    rows = [
        (_code(rule.id), rule.severity.value, rule.summary, _escaped(rule.fix), _source(rule))
        for rule in RULES.values()
    ]
    return _RULES + _rows(("id", "severity", "summary", "fix", "source"), rows)


def _source(rule: Rule) -> str:
    """The source, with each rule of `portal.md` linked to its row."""
    document, _, place = rule.source.partition(" ")
    if document != "portal.md":
        return rule.source
    if place.startswith("rule"):
        return re.sub(r"\d+", lambda found: f"[{found[0]}](portal.md#rule-{found[0]})", f"portal {place}")
    return f"[portal](portal.md) {place}"


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
