"""One operation of the portal, as an object: functions that build and judge a call, and signals that it has happened.

The operations of a kind are in `operations.py` of its room. The portal half loops over them and knows none by name.
The writer sends the message from `build` and judges by `done`, `refused`, `shows` and `repeats`. Reconciliation asks
`seen`. The table of `docs/guarantees.md` is generated from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Final

from agencyfile.kinds.explanation import Explain, Explanation
from agencyfile.kinds.faults import NotSent
from agencyfile.kinds.questions import Questions
from agencyfile.kinds.readings import Question
from plan.address import Address
from plan.call import REPEATABLE, Call, Confirmed, Effect, OperationClass
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.signals import Signals
from plan.values import Attributes, Content, Reference, Secret, Value


class Api(StrEnum):
    """The APIs, by the names that calls use."""

    AGENCY = "agency"
    HUB = "hub"
    ACCOUNT_V1 = "account_v1"
    ACCOUNT_V3 = "account_v3"

    @property
    def has_envelope(self) -> bool:
        """Return whether its answers are HTTP 200 with an envelope that confirms or refuses (`docs/portal.md` 1.1)."""
        return self in (Api.AGENCY, Api.ACCOUNT_V1)

    @property
    def is_of_an_account(self) -> bool:
        """Return whether it is the own API of one account."""
        return self in (Api.ACCOUNT_V1, Api.ACCOUNT_V3)


@dataclass(frozen=True, slots=True)
class Message:
    """The content of one call: fields of a query, a form or a JSON document, whichever its API takes, and a path."""

    fields: Mapping[str, object] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """The signals that show that a call has happened.

    Attributes:
        by: the signals, for the table of guarantees.
        look: gathers them for one call whose answer was lost.
    """

    by: tuple[str, ...]
    look: Callable[[OpenIntent, Questions], Signals]


class Invisible(Enum):
    """Marker of an operation that must not repeat and that no list shows: a person has to look."""

    INVISIBLE = "invisible"


INVISIBLE: Final = Invisible.INVISIBLE
ACCOUNT: Final = "account"  # the parameter that names the account, as the vendor has it
UNSEEN: Final = Signals(is_visible=False)


def every_parameter(call: Call, _: Questions) -> Message:
    """Build a message of all parameters by their own names: the form of the agency API."""
    return Message({name: parameter(call, name) for name in call.parameters})


def bare_yes(_: Call, __: Mapping[str, Any]) -> Confirmed:
    """Confirm a call whose answer holds nothing more."""
    return Confirmed()


def nothing_before(_: Call, __: Questions) -> tuple[str, ...]:
    """Read nothing before the call."""
    return ()


def nothing_after(_: Call, __: tuple[str, ...], ___: Questions) -> str:
    """Print nothing after the confirmation."""
    return ""


def nothing_shown(_: Mapping[str, Any]) -> tuple[tuple[Question, str], ...]:
    """Return no reading, for operations whose confirmation shows none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        name: as calls name it.
        api: where it is sent.
        method: the HTTP method, as the vendor's clients use it.
        operation_class: the effect of a second send of the same call; decides what may be retried.
        again: the same for a person, in the table of guarantees.
        seen: the signals that it has happened, or `INVISIBLE`; None for an operation that is simply sent again.
        effect: its effect, if that is the same for every call of it.
        build: makes the message of a call; it may look something up first.
        done: the HTTP status of a confirmation (`docs/portal.md` 1.1, 1.8).
        refused: the HTTP statuses of a documented refusal.
        shows: the field that a confirmation holds; one from the hub may have no body at all.
        names_account: whether a confirmation must name the account that was asked for.
        repeats: fields of a confirmation that may repeat the call, each with the parameter that it must match.
        fetches_key: whether it only reads, and its confirmation brings the key of the account's own API, with its
            address as the login's.
        documented: further documented fields of its answers; in the answer to another call they reveal a mix-up.
        confirm: reads a confirmation.
        before: reads the state before the call; the ledger keeps it with the intent.
        after: the line to print after a confirmation, from a comparison with the state before; empty for none.
        explain: the words for a call of it whose outcome is unknown.
        shown: the readings that a confirmation shows, of questions on which sources differ.

    Raises:
        ValueError: a call of it may need an intent, and `seen` is None.
    """

    name: str
    api: Api
    method: str
    operation_class: OperationClass
    again: str
    seen: Seen | Invisible | None = None
    effect: Effect | None = None
    build: Callable[[Call, Questions], Message] = every_parameter
    done: int = 200
    refused: tuple[int, ...] = (200,)
    shows: str = "id"
    names_account: bool = False
    repeats: tuple[tuple[str, str], ...] = ()
    fetches_key: bool = False
    documented: tuple[str, ...] = ()
    confirm: Callable[[Call, Mapping[str, Any]], Confirmed] = bare_yes
    before: Callable[[Call, Questions], tuple[str, ...]] = nothing_before
    after: Callable[[Call, tuple[str, ...], Questions], str] = nothing_after
    explain: Explain | None = None
    shown: Callable[[Mapping[str, Any]], tuple[tuple[Question, str], ...]] = nothing_shown

    def __post_init__(self) -> None:
        if self.may_need_intent and self.seen is None:
            raise ValueError(f"{self.name} may need an intent: say what shows it, or INVISIBLE")

    @property
    def may_need_intent(self) -> bool:
        """Return whether a call of it may be one that must not be sent twice."""
        return self.operation_class not in REPEATABLE or self.effect is not Effect.REVERSIBLE

    @property
    def signals(self) -> tuple[str, ...]:
        """Return the names of its signals; empty without any."""
        return self.seen.by if isinstance(self.seen, Seen) else ()

    def call(
        self, address: Address, parameters: Attributes, effect: Effect | None = None, price: Price | None = None
    ) -> Call:
        """Return a call of it. `effect` is required if it is not the same for every call.

        Raises:
            ValueError: no effect is known, or another one is fixed.
        """
        known = effect if self.effect is None else self.effect
        if known is None or (effect is not None and effect is not known):
            raise ValueError(f"{self.name} with the effect {effect}: its own is {self.effect}")
        return Call(
            address=address,
            api=self.api.value,
            operation=self.name,
            method=self.method,
            parameters=parameters,
            operation_class=self.operation_class,
            effect=known,
            price=price,
        )

    def look(self, intent: OpenIntent, questions: Questions) -> Signals:
        """Gather the signals of a call whose answer was lost."""
        return self.seen.look(intent, questions) if isinstance(self.seen, Seen) else UNSEEN

    def explanation(self, intent: OpenIntent, known: Attributes) -> Explanation:
        """Return the words for a call of it whose outcome is unknown."""
        if self.explain is not None:
            return self.explain(intent, known)
        return Explanation(
            f"{self.name} was carried out",
            f'partner portal: search for "{intent.address.name}"',
            "it is as the agency file says",
            is_shown=bool(self.signals),
        )


def parameter(call: Call, name: str) -> str:
    """Return a parameter of a call, as it is sent.

    Raises:
        NotSent: its value is not known yet.
    """
    value = call.parameters.get(name)
    if value is None or isinstance(value, Reference | Mapping | tuple):
        raise NotSent(f"{name} of {call.address} is not known", fix="plan again")
    return value.reveal() if isinstance(value, Secret) else str(value)


def text_parameter(call: Call, name: str) -> str:
    """Return a parameter that must be a text; the content of a file is its text.

    Raises:
        NotSent: it is not.
    """
    value: Value = call.parameters.get(name)
    if isinstance(value, Content):
        return value.text
    if not isinstance(value, str):
        raise NotSent(f"{name} of {call.address} is not known", fix="plan again")
    return value


def own_url(parameters: Attributes) -> str | None:
    """Return the URL of the account's own API if the call names one."""
    url = parameters.get("api")
    return url if isinstance(url, str) else None
