"""The model of an entry of `removed:`: the name of one object, the action, the reason."""

from typing import Annotated, Any, Final, Required

from pydantic import AfterValidator, ConfigDict, Field

from agencyfile.declarations.forms import words
from agencyfile.declarations.kind import Removable
from agencyfile.fields import values
from agencyfile.fields.wording import article, either
from agencyfile.kinds.registry import DECLARED
from agencyfile.language.composition import model_of

REMOVED_KEY: Final = "removed"
FORGET: Final = "forget"  # of every kind: nothing is sent, and nothing is managed any more
REMOVABLE: Final[dict[str, Removable]] = {
    name: kind.removable for name, kind in sorted(DECLARED.items()) if kind.removable is not None
}
ACTIONS_OF: Final = {name: (*removable.actions, FORGET) for name, removable in REMOVABLE.items()}
HINTS: Final = {hint: action for removable in REMOVABLE.values() for hint, action in removable.hints.items()}


def _meanings() -> dict[str, str]:
    """Return every action but `forget`, with what it does."""
    found: dict[str, str] = {}
    for removable in REMOVABLE.values():
        for action, meaning in removable.actions.items():
            found.setdefault(action, meaning)
    return found


ACTIONS: Final = (*_meanings(), FORGET)


def removal_example() -> dict[str, str]:
    """Return one entry, as the schema shows it."""
    kind, removable = next(iter(REMOVABLE.items()))
    return {kind: removable.example, "action": ACTIONS[0], "reason": "contract ended 2026-10-31"}


def _of_kind(kind: str, actions: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of a schema that allows the actions of one kind."""
    return {"required": [kind], "properties": {"action": words(actions)}}


def _name(kind: str, removable: Removable) -> Any:
    """Return the type of the word that names an object of the kind."""
    field = Field(
        title=kind.capitalize(),
        description=removable.description,
        examples=[removable.example],
        json_schema_extra={"pattern": removable.pattern},
    )
    return Annotated[str, field]


_SHAPES: Final[dict[str, Any]] = {
    "oneOf": [_of_kind(kind, actions) for kind, actions in ACTIONS_OF.items()],
    "if": {"required": ["retain_data"]},
    "then": {"properties": {"action": {"const": "cancel"}}},
}
_WORDS: Final[dict[str, Any]] = {
    **{kind: _name(kind, removable) for kind, removable in REMOVABLE.items()},
    "action": Required[
        Annotated[
            str,
            AfterValidator(str.lower),
            Field(
                title="Action",
                description=f"{', '.join(f'{action} {meaning}' for action, meaning in _meanings().items())}, "
                f"{FORGET} only stops managing.",
                examples=["cancel"],
                json_schema_extra=words(ACTIONS),
            ),
        ]
    ],
    "reason": Required[
        Annotated[
            str,
            AfterValidator(values.parse_reason),
            Field(
                title="Reason",
                description="Why, for the portal, the ledger and the review.",
                examples=["contract ended 2026-10-31"],
                json_schema_extra={"minLength": 1},
            ),
        ]
    ],
    "retain_data": Annotated[
        bool,
        Field(
            title="Retain data",
            description="Whether the portal keeps the data of what is cancelled; true unless said otherwise.",
            examples=[True],
        ),
    ],
}
_A: Final = article(next(iter(REMOVABLE))).capitalize()
REMOVED: Final = model_of(
    "Removed",
    _WORDS,
    f"{_A} {either(REMOVABLE)} to be ended. It is declared nowhere else any more.",
    config=ConfigDict(extra="forbid", strict=True, json_schema_extra=_SHAPES),
)
