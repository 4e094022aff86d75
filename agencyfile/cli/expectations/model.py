"""The form of a file of expectations: cases, each with what is given and what is expected."""

from typing import Annotated, Any, Final, Required, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.cli.expectations import words
from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT, Count, Total
from agencyfile.declarations.names import AccountLabel
from agencyfile.fields import values, vocabulary

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def _shape(value: object) -> str:
    return "\0mapping" if isinstance(value, dict) else "\0name"


def _money_shape(value: object) -> str:
    return "\0names" if isinstance(value, list) else "\0name"


AddressText: TypeAlias = Annotated[
    str, AfterValidator(words.parse_address), Field(json_schema_extra={"pattern": words.ADDRESS})
]
RuleId: TypeAlias = Annotated[str, AfterValidator(words.parse_rule), Field(json_schema_extra={"pattern": words.RULE})]
Action: TypeAlias = Annotated[
    str, AfterValidator(words.parse_action), Field(json_schema_extra={"enum": list(words.ACTIONS)})
]
Amount: TypeAlias = Annotated[
    str,
    BeforeValidator(words.needs_currency),
    AfterValidator(words.parse_amount),
    Field(json_schema_extra={"pattern": words.AMOUNT}),
]
Amounts: TypeAlias = Annotated[
    Annotated[Amount, Tag("\0name")] | Annotated[list[Amount], Tag("\0names")], Discriminator(_money_shape)
]
RelativePath: TypeAlias = Annotated[
    str, AfterValidator(words.parse_path), Field(json_schema_extra={"pattern": words.PATH})
]


class SeededClient(TypedDict, total=False):
    """The client of an account at the portal."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Annotated[str, Field(description="The client's name.", examples=["Acme Gym"])]
    email: Annotated[str, Field(description="The client's address.", examples=["owner@acme.example"])]


class SeededPlan(TypedDict, total=False):
    """The plan of an account at the portal."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    tier: Annotated[
        str,
        AfterValidator(values.parse_tier),
        Field(description="Tier; starter.", json_schema_extra={"enum": list(vocabulary.TIERS)}),
    ]
    billing: Annotated[
        str,
        AfterValidator(values.one_of("plan-billing", "a billing", vocabulary.BILLINGS, vocabulary.BILLING_HINTS)),
        Field(description="Interval of payment; monthly.", json_schema_extra={"enum": list(vocabulary.BILLINGS)}),
    ]
    contacts: Annotated[Count, Field(description="Contacts that it holds at least.", examples=[1000])]


class _Hosted(TypedDict, total=False):
    client: Annotated[SeededClient, Field(description="Whom it is for.")]
    notification: Annotated[str, Field(description="Mailbox of the agency.", examples=["ops@northwind.example"])]
    language: Annotated[str, Field(description="Language; english.", examples=["french"])]
    timezone: Annotated[str, Field(description="Time zone by its IANA name; America/Chicago.")]
    status: Annotated[
        str,
        AfterValidator(words.parse_status),
        Field(description="State; active.", json_schema_extra={"enum": list(words.STATUSES)}),
    ]


class SeededSandbox(_Hosted, total=False):
    """A sandbox that the portal holds."""

    __pydantic_config__ = STRICT  # type: ignore[misc]


class SeededAccount(_Hosted, total=False):
    """An account that the portal holds, in the words of the agency file."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    plan: Annotated[SeededPlan, Field(description="The plan that it pays for.")]
    domain: Annotated[str, Field(description="Its own host name.", examples=["mail.acme.example"])]
    country: Annotated[str, Field(description="Country; US.", examples=["FR"])]
    currency: Annotated[str, Field(description="Currency.", examples=["EUR"])]
    snapshot: Annotated[str, Field(description="The snapshot that it was made from.")]
    expires: Annotated[str, Field(description="Last day of its term, ISO 8601.", examples=["2027-01-31"])]


class SeededSnapshot(TypedDict):
    """A snapshot that the portal holds."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    sandbox: Annotated[str, Field(description="The sandbox that it is a state of.")]


PlanKey: TypeAlias = Annotated[
    str, AfterValidator(values.parse_plan_key), Field(json_schema_extra={"pattern": patterns.PLAN_KEY})
]


class Portal(TypedDict, total=False):
    """The objects that the portal holds before the plan is made."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    accounts: Annotated[dict[AccountLabel, SeededAccount], Field(description="Accounts by login name.")]
    sandboxes: Annotated[dict[AccountLabel, SeededSandbox], Field(description="Sandboxes by login name.")]
    snapshots: Annotated[dict[str, SeededSnapshot], Field(description="Snapshots by name.")]
    taken: Annotated[list[AccountLabel], Field(description="Names that are taken by accounts of others.")]
    prices: Annotated[
        dict[PlanKey, Total],
        Field(
            description="List prices of one term, in whole US dollars; other plans cost what the local portal asks.",
            examples=[{"plus/monthly/1000": 49}],
        ),
    ]


class Given(TypedDict, total=False):
    """The situation: a portal, an agency file, and what was applied before."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    file: Annotated[
        RelativePath,
        Field(
            description="The agency file that is planned, relative to the folder of the agency file that is tested; "
            "that one itself unless named.",
            examples=["expectations/files/dearer.yaml"],
        ),
    ]
    portal: Annotated[Portal, Field(description="What the portal holds; nothing unless named.")]
    applied: Annotated[
        RelativePath,
        Field(
            description="An agency file that is applied first: the portal and the ledger know what it made.",
            examples=["agency.yaml"],
        ),
    ]
    target: Annotated[
        list[str], Field(description="Patterns of addresses, as of --target.", examples=[["account.acme-*"]])
    ]


class Change(TypedDict, total=False):
    """One change, with values."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    action: Required[Annotated[Action, Field(description="The verb.")]]
    edits: Annotated[
        dict[str, Any],
        Field(
            description="Every attribute that an update changes, with its value afterwards.",
            examples=[{"plan.contacts": 2500}],
        ),
    ]
    values: Annotated[
        dict[str, Any],
        Field(
            description="Attributes that hold afterwards; others may hold too.",
            examples=[{"notification": "ops@northwind.example"}],
        ),
    ]


ActionOrChange: TypeAlias = Annotated[
    Annotated[Action, Tag("\0name")] | Annotated[Change, Tag("\0mapping")], Discriminator(_shape)
]


class Money(TypedDict, total=False):
    """Sums, by list prices: one amount, one for each currency, or `nothing`."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    now: Annotated[Amounts, Field(description="Charged at once.", examples=["49 USD", "nothing"])]
    per_month: Annotated[Amounts, Field(description="Difference per month.", examples=["-240 USD"])]
    per_month_before: Annotated[Amounts, Field(description="Of the whole portal, before.")]
    per_month_after: Annotated[Amounts, Field(description="Of the whole portal, afterwards.")]


class Expect(TypedDict, total=False):
    """The expectations of a plan. What is left out is not compared, but for errors and refusals: there are none."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    changes: Annotated[
        dict[AddressText, ActionOrChange],
        Field(
            description="Every change, by address. That a new ledger records the settings needs no mention.",
            examples=[{"account.acme-gym": "create"}],
        ),
    ]
    money: Annotated[Money, Field(description="What the plan costs.")]
    calls: Annotated[Total, Field(description="Number of requests that change something.")]
    refusals: Annotated[list[RuleId], Field(description="Guards that an apply would not pass; none unless named.")]
    errors: Annotated[list[RuleId], Field(description="Rules that the file or the plan breaks; none unless named.")]
    warnings: Annotated[list[RuleId], Field(description="Rules of all warnings.")]
    approval: Annotated[
        list[
            Annotated[
                str,
                AfterValidator(values.one_of("review-effect", "an effect of a change", vocabulary.EFFECTS, {})),
                Field(json_schema_extra={"enum": list(vocabulary.EFFECTS)}),
            ]
        ],
        Field(description="Effects for which agency.review wants an approved plan."),
    ]
    manual_steps: Annotated[list[str], Field(description="Ids of all manual steps.", examples=[["account.acme.dns"]])]
    unmanaged: Annotated[list[AddressText], Field(description="Objects at the portal that no block names.")]


class Case(TypedDict, total=False):
    """One case: given this, expect that."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Required[
        Annotated[
            str, AfterValidator(words.parse_title), Field(description="A sentence.", json_schema_extra={"minLength": 1})
        ]
    ]
    given: Annotated[Given, Field(description="The situation; an empty portal unless said otherwise.")]
    expect: Required[Annotated[Expect, Field(description="The expectations.")]]


class Expectations(TypedDict, total=False):
    """Expectations of plans, for `agencyfile test`."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    version: Required[
        Annotated[
            Any,
            BeforeValidator(values.parse_version),
            Field(description="Version of the format.", json_schema_extra={"const": 1}),
        ]
    ]
    portal: Annotated[Portal, Field(description="What the portal holds in each case that says nothing of it.")]
    cases: Required[Annotated[list[Case], Field(description="The cases, in order.")]]


def expectations_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a file of expectations."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - only the generator of schemas needs it

    schema = TypeAdapter(Expectations).json_schema()
    return {"$schema": _DIALECT, "$id": "expectations.schema.json", **schema, "title": "Expectations"}
