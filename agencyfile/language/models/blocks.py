"""What a block of each kind may hold.

Words that a block may take from `defaults` are optional here; `defaults.py` asks for them once they are merged.
"""

from typing import Annotated, NotRequired, Required

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.language import amounts, fields, vocabulary
from agencyfile.language.models import patterns
from agencyfile.language.models.forms import (
    STRICT,
    Count,
    Email,
    Language,
    Notification,
    Protect,
    Status,
    Timezone,
    Total,
    words,
)


class Client(TypedDict):
    """Whom the account is for."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Annotated[
        str,
        AfterValidator(fields.parse_name),
        Field(
            title="Client name",
            description="The client's name.",
            examples=["Acme Gym"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    email: Annotated[
        Email,
        Field(
            title="Client e-mail",
            description="The client's own address. The portal never writes to it.",
            examples=["owner@acme.example"],
            json_schema_extra={"format": "email"},
        ),
    ]


class Plan(TypedDict, total=False):
    """What the account costs: tier, billing and contacts; or the portal's own number of a plan."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]
        extra="forbid",
        strict=True,
        json_schema_extra={"not": {"required": ["id"], "minProperties": 2}},
    )
    tier: Annotated[
        str,
        AfterValidator(fields.parse_tier),
        Field(
            title="Tier",
            description="Tier of the plan. professional and lite, the portal's older words, mean pro and starter.",
            examples=["plus"],
            json_schema_extra={"anyOf": [words(vocabulary.TIERS), {"pattern": patterns.TIER}]},
        ),
    ]
    billing: Annotated[
        str,
        AfterValidator(fields.one_of("plan-billing", "a billing", vocabulary.BILLINGS, vocabulary.BILLING_HINTS)),
        Field(
            title="Billing",
            description="How often the plan is paid. Not with a trial.",
            examples=["monthly"],
            json_schema_extra=words(vocabulary.BILLINGS),
        ),
    ]
    contacts: Annotated[
        Count,
        Field(title="Contacts", description="How many contacts the plan allows. Not with a trial.", examples=[1000]),
    ]
    id: Annotated[
        Count,
        Field(
            title="Plan id",
            description="The portal's number of the plan, when its words do not lead to one. Stands alone.",
            examples=[123],
        ),
    ]


class Credits(TypedDict, total=False):
    """Credits of the account: totals ever granted, not balances. To grant more, raise the total; it never falls."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    email: Annotated[
        Total,
        Field(title="E-mail credits", description="E-mail sending credits ever granted, in total.", examples=[5000]),
    ]
    compatibility: Annotated[
        Total,
        Field(
            title="Compatibility credits",
            description="Compatibility (inbox preview) credits ever granted, in total.",
            examples=[10],
        ),
    ]
    sms: Annotated[
        Total,
        Field(
            title="SMS credits",
            description="SMS sending credits ever granted, in total. For the tiers trial, plus, pro and enterprise.",
            examples=[500],
        ),
    ]
    prepaid: Annotated[
        str,
        BeforeValidator(amounts.needs_currency),
        AfterValidator(amounts.parse_money),
        Field(
            title="Prepaid credit",
            description="Prepaid credit ever granted, in total: an amount and a currency.",
            examples=["100 USD"],
            json_schema_extra={"pattern": patterns.MONEY},
        ),
    ]


class Account(TypedDict, total=False):
    """One client's account. Its key is its login name: NAME.activehosted.com."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    client: Required[Annotated[Client, Field(title="Client", description="Whom the account is for.")]]
    notification: Notification
    snapshot: Annotated[
        str,
        Field(
            title="Snapshot",
            description="Name of the snapshot that the account starts as a copy of.",
            examples=["fitness-2026-11"],
        ),
    ]
    plan: Annotated[
        Plan,
        Field(
            title="Plan",
            description="What the account costs. Merged over the defaults, word by word.",
            examples=[{"tier": "plus", "billing": "monthly", "contacts": 1000}, {"tier": "trial"}],
        ),
    ]
    domain: Annotated[
        str,
        AfterValidator(fields.parse_domain),
        Field(
            title="Domain",
            description="The account's own host name, with a CNAME record to NAME.activehosted.com.",
            examples=["mail.acme.example"],
            json_schema_extra={"pattern": patterns.HOST},
        ),
    ]
    credits: Annotated[
        Credits,
        Field(
            title="Credits",
            description="Totals of credits ever granted, not balances. Merged over the defaults, word by word.",
            examples=[{"email": 5000, "prepaid": "100 USD"}],
        ),
    ]
    language: Language
    timezone: Timezone
    status: Status
    protect: Protect


class Sandbox(TypedDict, total=False):
    """An account of the sandbox tier: free, 100 contacts, the source of snapshots."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    client: Required[Annotated[Client, Field(title="Client", description="Whom the sandbox is for.")]]
    notification: Notification
    language: Language
    timezone: Timezone


class Snapshot(TypedDict):
    """A copy of a sandbox, taken once and never changed: a new state is a new name."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    sandbox: Annotated[
        str,
        Field(title="Sandbox", description="Name of the sandbox that it is taken of.", examples=["fitness-lab"]),
    ]
    protect: NotRequired[Protect]


class Template(TypedDict):
    """An HTML template: declared and checked, not delivered to any account by this version."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    type: Annotated[
        str,
        AfterValidator(fields.parse_template_type),
        Field(
            title="Type",
            description="Type of the template.",
            examples=["basic"],
            json_schema_extra=words(vocabulary.TEMPLATE_TYPES),
        ),
    ]
    html: Annotated[
        str,
        Field(
            title="HTML file",
            description="Path of the template's HTML, from the agency file's folder.",
            examples=["templates/newsletter.html"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    tags: NotRequired[
        Annotated[list[str], Field(title="Tags", description="Tags of the template.", examples=[["fitness"]])]
    ]
