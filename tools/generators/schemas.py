"""The published schemas of what pipelines read: the plan document, the events of an apply, the entries of a ledger.

Pydantic derives them from the records. What stands here is what no type says: the definitions that the records name,
and what documents of older formats leave out.
"""

import re
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final, TypeAlias, is_typeddict

from pydantic import ConfigDict, TypeAdapter
from pydantic._internal import _generate_schema
from pydantic.json_schema import GenerateJsonSchema

from agencyfile.cli import client_records, contact_records, ledger_records, records
from agencyfile.cli.dns import records as dns
from agencyfile.cli.doctor import records as doctor
from agencyfile.cli.expectations import records as expectations
from agencyfile.cli.notify import records as notify
from agencyfile.cli.rehearsal import records as rehearsal
from agencyfile.cli.reporting import records as reporting
from agencyfile.fleet import records as fleet
from agencyfile.kinds.readings import QUESTIONS
from plan import Effect
from plan.document import FORMAT_VERSION
from plan.ledger import approval, bodies, evidence, lease, observed, portal_pin, process
from plan.ledger.entry import FORMAT_VERSION as LEDGER_FORMAT_VERSION
from plan.ledger.entry import EntryType
from plan.records import diagnostic, document, event, money, request

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_DEFINITIONS: Final[Mapping[str, Schema]] = {
    "address": {"description": "`kind.name`, unique within an agency.", "type": "string", "pattern": r"^[^.]+\.[\s\S]"},
    "attributes": {
        "description": "Values by attribute.",
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/value"},
    },
    "digest": {"description": "SHA-256, in hex.", "type": "string", "pattern": "^[0-9a-f]{64}$"},
    "effect": {
        "description": "Consequence for the agency when it is carried out.",
        "enum": [effect.value for effect in Effect],
    },
    "format_version": {"description": "The format of every entry that follows.", "const": LEDGER_FORMAT_VERSION},
    "money": {
        "description": "An amount and a currency, as in `49.00 USD`.",
        "type": "string",
        "pattern": r"^-?[0-9]+\.[0-9]{2} [^\s\d]+$",
    },
    "question": {"description": "A question that no public source answers.", "enum": list(QUESTIONS)},
    "reading": {
        "description": "A reading of such a question.",
        "enum": list(dict.fromkeys(reading for question in QUESTIONS.values() for reading in question.readings)),
    },
    "signature": {
        "description": "Signature of the entry by an SSH key, as `ssh-keygen -Y sign -n agencyfile` writes it.",
        "type": "string",
        "pattern": "^-----BEGIN SSH SIGNATURE-----",
    },
    "time": {
        "description": "ISO 8601 with its offset from UTC.",
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$",
    },
    "value": {
        "description": (
            'A value of an attribute, as JSON. `{"reference": ADDRESS}` stands for the remote id of another object, '
            "`(sensitive)` for a secret, `sha256:…` for a text that is too long to be shown."
        ),
        "anyOf": [
            {"type": ["null", "boolean", "number", "string"]},
            {"type": "array", "items": {"$ref": "#/$defs/value"}},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
        ],
    },
}


# Before Python 3.12 pydantic wants `TypedDict` from typing_extensions, which the engine may not import: it knows the
# standard library alone. What the older one lacks is the bases of generic records, and no record is generic.
_generate_schema._SUPPORTS_TYPEDDICT = True  # noqa: SLF001


class _Untitled(GenerateJsonSchema):
    """Titles would repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def _configure(modules: Iterable[ModuleType], config: ConfigDict) -> None:
    """Let pydantic read the text below each name. The records themselves know no pydantic."""
    for module in modules:
        for record in vars(module).values():
            if is_typeddict(record) and record.__module__ == module.__name__:
                record.__pydantic_config__ = config
                record.__orig_bases__ = ()


_configure(
    (
        *(diagnostic, doctor, document, event, money, request),
        *(client_records, contact_records, ledger_records, records),
        *(dns, expectations, fleet, notify, rehearsal, reporting),
    ),
    ConfigDict(use_attribute_docstrings=True),
)
_configure(
    (approval, bodies, evidence, lease, observed, portal_pin, process),
    ConfigDict(use_attribute_docstrings=True, extra="forbid"),
)


def _derived(record: Any) -> Schema:
    """Return the schema of a record, whose `$defs` hold everything that it names."""
    schema = _plain(TypeAdapter(record).json_schema(schema_generator=_Untitled))
    definitions: Schema = {_name(name): value for name, value in schema.pop("$defs", {}).items()}
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return {**schema, "$defs": definitions}


def _plain(schema: Any) -> Any:
    """Return the schema without titles, and with references in place of what records name."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "named" in schema:
        rest = {key: value for key, value in schema.items() if key != "named"}
        return {**rest, "$ref": f"#/$defs/{schema['named']}"}
    found = {key: _plain(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    for key in ("properties", "$defs"):
        if key in schema:
            found[key] = {name: _plain(value) for name, value in schema[key].items()}
    if "$ref" in schema:
        path, _, name = schema["$ref"].rpartition("/")
        found["$ref"] = f"{path}/{_name(name)}"
    return found


def _name(record: str) -> str:
    """`ManualStepRecord` is `manual_step` in `$defs`."""
    words = re.sub(r"(Record|Body|Event)$", "", record)
    return re.sub(r"(?<!^)([A-Z])", r"_\1", words).lower()


def _with_definitions(schema: Schema, *definitions: Schema) -> Schema:
    """Return `schema` with those of the definitions that it leads to."""
    known = {**_DEFINITIONS}
    for some in definitions:
        known |= some
    used: Schema = {}
    waiting = _referenced(schema)
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = known[name]
            waiting |= _referenced(known[name])
    return {**schema, "$defs": used}


def _referenced(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_referenced, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
    return own.union(*map(_referenced, schema.values()))


# Names that a document has from a format on. Documents of 1.x are shown, and neither applied nor approved.
_SINCE_2_2: Final = ["max_monthly", "money", "rows", "review", "background", "request"]
_SINCE_2_1: Final = ["totals"]
_SINCE_2: Final = ["ledger", "document_digest"]
_SINCE_1_1: Final = ["managed", "left_out", "refusals", "drift"]
_LATER_IN: Final = {
    "change": ["forgets", "words"],
    "manual_step": ["id", "topic", "digest", "closes", "after", "done"],
    "summary": ["forget", "drift", "settings"],
    "totals": ["max_monthly"],
}
_CONDITIONS: Final[list[Schema]] = [
    {
        "if": {"not": {"properties": {"format_version": {"const": "1.0"}}}},
        "then": {
            "required": _SINCE_1_1,
            "properties": {
                "summary": {"required": ["forget", "drift"]},
                "resource_changes": {"items": {"required": ["forgets"]}},
                "manual_steps": {"items": {"required": _LATER_IN["manual_step"]}},
            },
        },
    },
    {
        "if": {"properties": {"format_version": {"pattern": r"^2\."}}},
        "then": {
            "required": _SINCE_2,
            "properties": {
                "digest": {"pattern": "^pln2_"},
                "summary": {"required": ["settings"]},
                "resource_changes": {"items": {"required": ["words"]}},
            },
        },
    },
    {"if": {"properties": {"format_version": {"pattern": r"^2\.[12]$"}}}, "then": {"required": _SINCE_2_1}},
    {
        "if": {"properties": {"format_version": {"const": FORMAT_VERSION}}},
        "then": {"required": _SINCE_2_2, "properties": {"totals": {"required": ["max_monthly"]}}},
    },
]


def plan_schema() -> Schema:
    """The schema of the plan document, of today's format and of those before it."""
    schema = _derived(document.PlanDocument)
    definitions = schema.pop("$defs")
    for name, later in _LATER_IN.items():
        definitions[name] = _without_required(definitions[name], later)
    schema = _without_required(schema, [*_SINCE_1_1, *_SINCE_2, *_SINCE_2_1, *_SINCE_2_2])
    schema["properties"]["format_version"] = {
        "description": (
            f"Version of this form, {FORMAT_VERSION} today. Documents of 1.x can be shown, and neither applied nor "
            "approved."
        ),
        "type": "string",
        "pattern": r"^(1\.[0-9]+|2\.[0-2])$",
    }
    head = {"$schema": DIALECT, "$id": "plan.schema.json", "title": "Plan"}
    return _with_definitions({**head, **schema, "allOf": _CONDITIONS}, definitions)


def _without_required(schema: Schema, names: list[str]) -> Schema:
    return {**schema, "required": [name for name in schema["required"] if name not in names]}


def event_schema() -> Schema:
    """The schema of one line of `apply --json`."""
    derived = _derived(event.EventRecord)
    definitions = derived["$defs"]
    head = {
        "format_version": {"description": "Version of this form.", "type": "string", "pattern": r"^1\.[0-9]+$"},
        "time": {
            "description": "Time of the event, UTC, ISO 8601.",
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+\+00:00$",
        },
    }
    kinds = []
    for choice in derived.get("anyOf") or derived["oneOf"]:
        kind = definitions[choice["$ref"].rpartition("/")[2]]
        properties, required = {**kind["properties"], **head}, [*kind["required"], *head]
        kinds.append({**kind, "properties": properties, "required": required})
    schema = {
        "$schema": DIALECT,
        "$id": "event.schema.json",
        "title": "Event",
        "description": (
            "One line of `agencyfile apply --json`. The last line is `finished` or `error`; without either, the run "
            "was cut off: the ledger knows what is open."
        ),
        "oneOf": kinds,
    }
    return _with_definitions(schema, definitions)


def clients_schema() -> Schema:
    """The schema of the output of `clients import --json`."""
    return whole(client_records.ClientImportDocument, "clients", "Client import")


def doctor_schema() -> Schema:
    """The schema of the document of `doctor --json`."""
    return whole(doctor.DoctorDocument, "doctor", "Doctor")


def doctor_report_schema() -> Schema:
    """The schema of the file of `doctor --report`. It is closed: nothing but what it describes can be in the file."""
    schema: Schema = closed(whole(doctor.ReportDocument, "doctor-report", "Doctor's report"))
    return schema


def whole(record: Any, name: str, title: str) -> Schema:
    """Return the schema of a record as a file of its own."""
    schema = _derived(record)
    definitions = schema.pop("$defs")
    head = {"$schema": DIALECT, "$id": f"{name}.schema.json", "title": title}
    return _with_definitions({**head, **schema}, definitions)


_BODIES: Final[Mapping[EntryType, Any]] = {
    EntryType.OPENED: bodies.OpenedBody,
    EntryType.INTENT: bodies.IntentBody,
    EntryType.OUTCOME: bodies.OutcomeBody,
    EntryType.READY: bodies.ReadyBody,
    EntryType.RECONCILED: bodies.ReconciledBody,
    EntryType.ATTEMPTED: bodies.AttemptedBody,
    EntryType.APPLIED: bodies.SentBody,
    EntryType.EVIDENCE: evidence.EvidenceBody,
    EntryType.APPROVED: approval.ApprovalBody | approval.WithdrawalBody,
    EntryType.BASELINE: bodies.SentBody,
    EntryType.PORTAL: portal_pin.PortalBody,
    EntryType.OBSERVED: observed.ObservedBody,
    EntryType.REKEYED: bodies.RekeyedBody,
    EntryType.FORGOTTEN: bodies.ForgottenBody,
    EntryType.LEASE: lease.LeaseBody,
    EntryType.RELEASE: bodies.ReleaseBody,
    EntryType.RESTORED: bodies.RestoredBody,
    EntryType.MOVED: bodies.MovedBody,
    EntryType.COMPACTED: bodies.CompactedBody,
}
_OF_THE_LEDGER: Final = frozenset(
    {
        EntryType.OPENED,
        EntryType.APPROVED,
        EntryType.PORTAL,
        EntryType.OBSERVED,
        EntryType.LEASE,
        EntryType.RELEASE,
        EntryType.RESTORED,
        EntryType.MOVED,
        EntryType.COMPACTED,
    }
)


def ledger_schema() -> Schema:
    """The schema of one line of a ledger."""
    branches: list[Schema] = []
    definitions: Schema = {}
    for entry_type, record in _BODIES.items():
        body = _derived(record)
        definitions |= body.pop("$defs")
        address = {"type": "null"} if entry_type in _OF_THE_LEDGER else {"$ref": "#/$defs/address"}
        properties = {"type": {"const": entry_type.value}, "address": address, "body": body}
        branches.append({"title": entry_type.value, "properties": properties})
    definitions["approval"]["required"] += ["desired_digest", "steps"]  # withdrawals have neither, approvals have both
    own = {
        "serial": {
            "description": "Counts from 1, without holes; a compacted ledger begins further on.",
            "type": "integer",
            "minimum": 1,
        },
        "time": {"description": "When it was written.", "$ref": "#/$defs/time"},
        "type": {"description": "What it tells.", "enum": [entry_type.value for entry_type in EntryType]},
        "address": {
            "description": "The resource that it is about.",
            "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}],
        },
        "body": {"description": "What belongs to its type.", "type": "object"},
        "previous": {
            "description": "SHA-256 of the line before, without its line end; zeros for the first.",
            "$ref": "#/$defs/digest",
        },
    }
    schema = {
        "$schema": DIALECT,
        "$id": "ledger.schema.json",
        "title": "Ledger entry",
        "description": (
            f"One line of a ledger, format version {LEDGER_FORMAT_VERSION}. The first entry is of type `opened` or "
            "`compacted` and tells the format version."
        ),
        "type": "object",
        "required": list(own),
        "additionalProperties": False,
        "properties": own,
        "oneOf": branches,
    }
    return _with_definitions(schema, definitions)


def closed(schema: Any) -> Any:
    """The same schema, closed: an object holds no name that is not described."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    is_described = "required" in schema and schema.get("type") == "object"
    return {**inner, "additionalProperties": False} if is_described else inner
