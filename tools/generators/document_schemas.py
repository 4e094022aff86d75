"""The published schemas of what pipelines read: the plan document, and the events of an apply."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from plan import Effect, OperationClass, Severity
from plan.change import Closing
from plan.document import FORMAT_VERSION
from plan.ledger.bodies import IntentState

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def thing(description: str, properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    """An object whose properties are all required but for those that are `optional`."""
    left_out = set(optional)
    return {
        "description": description,
        "type": "object",
        "required": [name for name in properties if name not in left_out],
        "properties": dict(properties),
    }


def text(description: str, **more: Any) -> Schema:
    """A string."""
    return {"description": description, "type": "string", **more}


def whole(description: str) -> Schema:
    """A count."""
    return {"description": description, "type": "integer", "minimum": 0}


def flag(description: str) -> Schema:
    """Yes or no."""
    return {"description": description, "type": "boolean"}


def many(description: str, items: Schema) -> Schema:
    """A list."""
    return {"description": description, "type": "array", "items": items}


def table(description: str, values: Schema) -> Schema:
    """An object of any names."""
    return {"description": description, "type": "object", "additionalProperties": values}


def one_of(description: str, words: type[StrEnum] | Iterable[str]) -> Schema:
    """One of a few words."""
    return {"description": description, "enum": [str(word) for word in words]}


def ref(name: str, description: str = "") -> Schema:
    """A definition."""
    return {**({"description": description} if description else {}), "$ref": f"#/$defs/{name}"}


def or_null(schema: Schema) -> Schema:
    """A schema that null satisfies too."""
    description = {"description": schema["description"]} if "description" in schema else {}
    rest = {key: value for key, value in schema.items() if key != "description"}
    return {**description, "anyOf": [rest, {"type": "null"}]}


DEFINITIONS: Final[dict[str, Schema]] = {
    "address": text("`kind.name`, unique within an agency.", pattern=r"^[^.]+\.[\s\S]"),
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
    "attributes": table("Values by attribute.", ref("value")),
    "mask": table("True for each attribute that it holds for.", {"const": True}),
    "money": text("An amount and a currency, as in `49.00 USD`.", pattern=r"^-?[0-9]+\.[0-9]{2} [^\s\d]+$"),
    "effect": one_of("What carrying it out means for the agency.", Effect),
    "origin": thing(
        "Where it is declared.",
        {
            "file": text("The file, as the user named it."),
            "line": {"description": "Counted from 1.", "type": "integer", "minimum": 1},
            "column": {"description": "Counted from 1.", "type": "integer", "minimum": 1},
        },
    ),
    "price": thing(
        "A list price, before any partner discount.",
        {
            "list": {"description": "It is a list price.", "const": True},
            "now": or_null(ref("money", "What is charged at once; null where the portal does not tell it.")),
            "per_month": or_null(ref("money", "What it comes to per month.")),
        },
    ),
    "edit": thing(
        "One attribute, before and after.",
        {
            "attribute": text("Its name, dotted down to the word that differs."),
            "before": ref("value"),
            "after": ref("value"),
            "origin": or_null(ref("origin")),
        },
    ),
    "call": thing(
        "One request that an apply would send.",
        {
            "api": text("Which of the vendor's APIs."),
            "operation": text("What it is called there."),
            "method": text("The HTTP method."),
            "parameters": ref("attributes"),
            "operation_class": one_of("What a second send would do; decides what may be repeated.", OperationClass),
            "effect": ref("effect"),
            "price": or_null(ref("price")),
        },
    ),
    "diagnostic": thing(
        "Something that is wrong. An error stops an apply.",
        {
            "rule": text("A stable id."),
            "severity": one_of("How much it weighs.", Severity),
            "summary": text("A few words without user data."),
            "detail": text("What is wrong, and why."),
            "fix": text("What to do about it."),
            "origin": or_null(ref("origin")),
            "address": or_null(ref("address")),
        },
    ),
    "intent": thing(
        "A call whose outcome is not known: nothing is planned or sent for its address.",
        {
            "serial": whole("The ledger's entry that announced it."),
            "address": ref("address"),
            "operation": text("What was called."),
            "time": text("When, UTC, ISO 8601."),
            "message": text("What is known of it."),
        },
    ),
    "limit": thing(
        "One budget.",
        {
            "name": text("Which: `per apply`, `per month`, `-max-spend`."),
            "most": ref("money", "What it allows."),
            "spent": ref("money", "What of it was spent before this plan."),
        },
    ),
    "refusal": thing(
        "A guard that an apply would not pass: exit 3.",
        {
            "rule": text("A stable id."),
            "message": text("What is wrong."),
            "fix": text("What to do about it."),
        },
    ),
    "drift": thing(
        "An attribute that somebody changed at the portal.",
        {
            "address": ref("address"),
            "attribute": text("Its name."),
            "applied": ref("value", "What was applied last."),
            "live": ref("value", "What is there now."),
        },
    ),
}

_CHANGE: Final = thing(
    "One verb on one object.",
    {
        "address": ref("address"),
        "kind": text("The kind of resource, as in `account`."),
        "name": text("The name, unique within its kind."),
        "change": thing(
            "What would change, in the form that tools for Terraform's plans read.",
            {
                "actions": {
                    **many("The verb, in a list.", {"enum": ["create", "update", "delete", "forget"]}),
                    "minItems": 1,
                    "maxItems": 1,
                },
                "before": or_null(ref("attributes", "What is live; null unless it is updated.")),
                "after": or_null(ref("attributes", "What is declared; null where the object ends.")),
                "after_unknown": ref("mask", "What is known after apply only."),
                "after_sensitive": ref("mask", "What is secret."),
            },
        ),
        "removal": or_null(
            table("How it ends, as written under `removed:`: `action`, and what goes with it.", ref("value"))
        ),
        "forgets": many("What the ledger has nothing to keep of afterwards.", ref("address")),
        "remote_id": or_null(text("The object's id at the portal.")),
        "edits": many("What an update changes, attribute by attribute.", ref("edit")),
        "baseline": many("Remote ids that bear the name of what is created already.", text("A remote id.")),
        "effect": ref("effect"),
        "price": or_null(ref("price")),
        "reason": text("Why, for a person."),
        "origin": ref("origin"),
        "calls": many("The requests, in order.", ref("call")),
        "depends_on": many("What must be applied before it.", ref("address")),
        "basis": text("Digest of the object as it was read: an approval holds as long as it is the same."),
        "words": many("What it means, where the names of attributes do not say it.", text("One sentence.")),
    },
    optional=["forgets", "words"],
)

_STEP: Final = thing(
    "What only a human can do.",
    {
        "id": text("What it is called by in `agencyfile steps`."),
        "address": ref("address"),
        "topic": text("Tells the steps of one address apart; empty where there is one."),
        "digest": text("Digest of what it asks for.", pattern="^stp_[0-9a-f]+$"),
        "effect": one_of("`one-shot` can be done once only.", [Effect.MANUAL, Effect.ONE_SHOT]),
        "closes": one_of("What ends it: evidence that a person gives, or the portal that shows it.", Closing),
        "after": many("Whose changes must be applied first.", ref("address")),
        "done": ref("attributes", "What holds once it is done."),
        "edits": many("What it changes.", ref("edit")),
        "title": text("In a line."),
        "text": text("The exact words for whoever does it; lines are separated by line feeds."),
        "reason": text("Why."),
        "origin": ref("origin"),
    },
    optional=["id", "topic", "digest", "closes", "after", "done"],
)

_COUNTS: Final = {
    "create": whole("Objects that would come into being."),
    "settings": whole("Changes of what applies may do: 1 where settings of the agency change."),
    "update": whole("Objects that would be edited."),
    "delete": whole("Objects that would end."),
    "forget": whole("Objects that would be managed no longer, and stay as they are."),
    "manual": whole("Manual steps."),
    "unmanaged": whole("Live objects that no block names."),
    "drift": whole("Attributes that somebody changed at the portal."),
    "reads": whole("Requests that this plan took."),
    "writes": whole("Requests that an apply would send."),
}

_SUMMARY: Final = thing(
    "What it comes to.",
    {
        **_COUNTS,
        "effects": {
            **table("How many changes there are of each effect; none is left out as 0.", whole("Changes.")),
            "propertyNames": {"$ref": "#/$defs/effect"},
        },
        "charges_now": many("What the card would be charged at once, one sum per currency.", ref("money")),
        "per_month": many("What the changes add per month, one sum per currency.", ref("money")),
    },
    optional=["forget", "drift", "settings"],
)

_SINCE_2: Final = ["ledger", "document_digest"]
_SINCE_1_1: Final = ["managed", "left_out", "refusals", "drift"]


def plan_schema() -> Schema:
    """The schema of the plan document, of format 2.0 and of those before it, which are shown alone."""
    properties = {
        "format_version": text(
            f"Version of this form, {FORMAT_VERSION} today. Documents of 1.x can be shown, and not applied.",
            pattern=r"^(1\.[0-9]+|2\.0)$",
        ),
        "agency": text("Whose plan it is."),
        "ledger": thing(
            "The ledger that the plan was made on, to be held against a later one.",
            {
                "serial": whole("Its last entry; 0 when it is empty."),
                "digest": text("Digest of that entry's line.", pattern="^[0-9a-f]{64}$"),
                "identity": or_null(text("Digest of the line that opened it; null when it is empty.")),
            },
        ),
        "digest": text("What is approved: a digest over all that decides.", pattern="^pln2?_[0-9a-f]{40}$"),
        "document_digest": text("Digest over everything else in this document.", pattern="^doc2_[0-9a-f]{40}$"),
        "desired_digest": text("Digest of what the file declares."),
        "applicable": flag("Is it free of errors?"),
        "summary": _SUMMARY,
        "resource_changes": many("What would be done, in the order of dependencies.", _CHANGE),
        "manual_steps": many("What is left to humans.", _STEP),
        "diagnostics": many("What is wrong.", ref("diagnostic")),
        "blocked": many("What waits for an outcome.", ref("intent")),
        "unmanaged": many("Live objects that no block names: nothing touches them.", ref("address")),
        "managed": table("How many live objects of each kind the file names.", whole("Objects.")),
        "remote_ids": table("Remote ids of live objects that the changes refer to, by address.", text("A remote id.")),
        "provisioning": many("What the portal is still making.", ref("address")),
        "reads": table("Requests that this plan took, by list.", whole("Requests.")),
        "budget": many("The budgets that hold for an apply.", ref("limit")),
        "left_out": whole("Declared resources that were not looked at."),
        "refusals": many("Guards that an apply of this plan would not pass.", ref("refusal")),
        "drift": many("What somebody changed at the portal since it was last applied.", ref("drift")),
    }
    return {
        "$schema": DIALECT,
        "$id": "plan.schema.json",
        "title": "Plan",
        **thing("What an apply of an agency file would do.", properties, optional=[*_SINCE_1_1, *_SINCE_2]),
        "if": {"properties": {"format_version": {"const": "1.0"}}},
        "else": {
            "required": _SINCE_1_1,
            "properties": {
                "summary": {"required": _SUMMARY_SINCE_1_1},
                "resource_changes": {"items": {"required": ["forgets"]}},
                "manual_steps": {"items": {"required": ["id", "topic", "digest", "closes", "after", "done"]}},
            },
        },
        "allOf": [_FORMAT_2],
        "$defs": DEFINITIONS,
    }


_FORMAT_2: Final = {
    "if": {"properties": {"format_version": {"pattern": r"^2\."}}},
    "then": {
        "required": _SINCE_2,
        "properties": {
            "digest": {"pattern": "^pln2_"},
            "summary": {"required": ["settings"]},
            "resource_changes": {"items": {"required": ["words"]}},
        },
    },
}
_SUMMARY_SINCE_1_1: Final = ["forget", "drift"]


_ABOUT_CALL: Final = {
    "address": ref("address"),
    "operation": text("What is called."),
    "effect": ref("effect"),
    "price": or_null(ref("money", "The list price that is charged; null where nothing is, or it is not told.")),
}

_EVENT_WORDS: Final = {
    "settled": "A call of an earlier run is judged.",
    "planned": "What is about to be done. Told again when an apply has to plan anew.",
    "call_started": "A request is under way; its intent, if it needs one, was durable before.",
    "call_ended": "A request has an outcome; if it had an intent, the outcome is durable.",
    "provisioning": "The portal is still at work.",
    "done": "A change is complete.",
    "failed": "A change failed.",
    "unknown": "It is not known what came of a call: nothing more is sent for its address.",
    "not_started": "A change was left out.",
    "finished": "The apply has ended: the last line.",
    "error": "The apply was not begun, or could not go on: the last line.",
}

_EVENTS: Final[dict[str, dict[str, Schema]]] = {
    "settled": {
        "address": ref("address"),
        "operation": text("The call of an earlier run whose answer was lost."),
        "state": one_of("What it came to.", IntentState),
        "message": text("By what that is known."),
    },
    "planned": {
        "agency": text("Whose plan it is."),
        "digest": text("Digest of the plan."),
        "applicable": flag("Is it free of errors?"),
        "summary": _SUMMARY,
        "diagnostics": many("What is wrong.", ref("diagnostic")),
    },
    "call_started": _ABOUT_CALL,
    "call_ended": {
        **_ABOUT_CALL,
        "outcome": one_of("What came of it.", ["confirmed", "refused", "unknown"]),
        "remote_id": or_null(text("The object's id, where the answer tells it.")),
        "message": or_null(text("Why it was refused, or is unknown.")),
    },
    "provisioning": {"addresses": many("What the portal is still at work on.", ref("address"))},
    "done": {"address": ref("address", "A change that is complete.")},
    "failed": {"address": ref("address"), "message": text("Why; it is known that its last call did nothing.")},
    "unknown": {"address": ref("address"), "message": text("Why it is not known what came of its last call.")},
    "not_started": {"address": ref("address"), "message": text("Why it was left out.")},
    "finished": {
        "exit_code": whole("That of the command."),
        "complete": flag("Was everything done that was planned?"),
        "interrupted": flag("Did somebody ask it to stop?"),
        "calls": thing("Requests that change something.", {"predicted": whole("By the plan."), "made": whole("Sent.")}),
        "charges": thing(
            "List prices, one sum per currency.",
            {"predicted": many("By the plan.", ref("money")), "made": many("Confirmed.", ref("money"))},
        ),
        "done": many("Changes that are complete.", ref("address")),
        "failed": table("Why, by address.", text("Why.")),
        "unknown": table("Why, by address.", text("Why.")),
        "not_started": table("Why, by address.", text("Why.")),
        "provisioning": many("What the portal is still at work on.", ref("address")),
        "ledger_failure": or_null(text("Why the ledger could not be written.")),
        "unclear": many("Those of `failed` whose last call may have been carried out.", ref("address")),
        "lost_passwords": table("Why a new password could not be kept, by address.", text("Why.")),
        "unsaved_credentials": table("Sealed passwords that the ledger could not take.", text("Sealed with age.")),
    },
    "error": {
        "message": text("Why nothing was begun, or why it ended early."),
        "fix": text("What to do about it; may be empty."),
    },
}


def event_schema() -> Schema:
    """The schema of one line of `apply -json`."""
    head = {
        "format_version": text("Version of this form.", pattern=r"^1\.[0-9]+$"),
        "time": text("When, UTC, ISO 8601.", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+\+00:00$"),
    }
    kinds = [
        thing(_EVENT_WORDS[name], {"event": {"const": name}, **head, **properties})
        for name, properties in _EVENTS.items()
    ]
    used = {name: DEFINITIONS[name] for name in ("address", "diagnostic", "effect", "money", "origin")}
    return {
        "$schema": DIALECT,
        "$id": "event.schema.json",
        "title": "Event",
        "description": (
            "One line of `agencyfile apply -json`. The last line is `finished` or `error`; without either, the run was "
            "cut off: the ledger knows what is open."
        ),
        "oneOf": kinds,
        "$defs": used,
    }


def closed(schema: Any) -> Any:
    """The same schema, for tests: an object holds no name that is not described."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    is_described = "required" in schema and schema.get("type") == "object"
    return {**inner, "additionalProperties": False} if is_described else inner
