"""What a block of each kind may hold.

Words that a block may take from `defaults`, or may do without when it adopts what exists, are optional here;
`completeness.py` asks for them once the defaults are merged.
"""

from typing import Annotated, NotRequired

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.fields import amounts, links, values, vocabulary
from agencyfile.language.models import patterns
from agencyfile.language.models.addons import Addons, Trial
from agencyfile.language.models.branding import Branding
from agencyfile.language.models.forms import (
    STRICT,
    Adopt,
    Count,
    Country,
    Currency,
    Email,
    HostedBefore,
    Language,
    NamedBefore,
    Notification,
    Protect,
    SecretReference,
    Status,
    Timezone,
    Total,
    needed,
    words,
)


class Client(TypedDict):
    """Whom the account is for."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Annotated[
        str,
        AfterValidator(values.parse_name),
        Field(
            title="Client name",
            description="The client's name.",
            examples=["Acme Gym"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    email: NotRequired[
        Annotated[
            Email,
            Field(
                title="Client e-mail",
                description="The client's own address. The portal never writes to it, and does not tell it.",
                examples=["owner@acme.example"],
                json_schema_extra={"format": "email"},
            ),
        ]
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
        AfterValidator(values.parse_tier),
        Field(
            title="Tier",
            description="Tier of the plan. professional and lite, the portal's older words, mean pro and starter.",
            examples=["plus"],
            json_schema_extra={"anyOf": [words(vocabulary.TIERS), {"pattern": patterns.OLD_TIER, "deprecated": True}]},
        ),
    ]
    billing: Annotated[
        str,
        AfterValidator(values.one_of("plan-billing", "a billing", vocabulary.BILLINGS, vocabulary.BILLING_HINTS)),
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


class Api(TypedDict):
    """The account's own API: with it basic templates and branding are pushed into an account that exists."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    url: Annotated[
        str,
        AfterValidator(links.parse_base),
        Field(
            title="URL",
            description="Address of the account's API, as its developer settings show it.",
            examples=["https://acme.api-us1.com"],
            json_schema_extra={"format": "uri", "pattern": patterns.URL},
        ),
    ]
    key: Annotated[
        SecretReference,
        Field(title="Key", description="Key of that API, from the environment.", examples=["${env:AGENCY_ACME_KEY}"]),
    ]


class Account(TypedDict, total=False):
    """One client's account. Its key is its login name: NAME.activehosted.com."""

    __pydantic_config__ = needed("client")  # type: ignore[misc]
    client: Annotated[Client, Field(title="Client", description="Whom the account is for.")]
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
        AfterValidator(values.parse_domain),
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
    templates: Annotated[
        list[str],
        Field(
            title="Templates",
            description="Names of the templates that the account gets, in this order; every template unless named.",
            examples=[["newsletter", "welcome"], []],
        ),
    ]
    addons: Annotated[
        Addons,
        Field(
            title="Addons",
            description="Addons of the account. Merged over the defaults, word by word.",
            examples=[{"scoring": True, "conversations": {"seats": 2}}],
        ),
    ]
    branding: Annotated[
        Branding,
        Field(
            title="Branding",
            description="How the account looks. Merged over the defaults, word by word.",
            examples=[{"site_name": "Acme Mail"}],
        ),
    ]
    trial: Annotated[
        Trial, Field(title="Trial", description="What happens to the trial.", examples=[{"extended": True}])
    ]
    api: Annotated[
        Api,
        BeforeValidator(values.refuse_bare_key),
        Field(
            title="API",
            description="The account's own API, for templates and branding in an account that exists.",
            examples=[{"url": "https://acme.api-us1.com", "key": "${env:AGENCY_ACME_KEY}"}],
        ),
    ]
    country: Country
    currency: Currency
    language: Language
    timezone: Timezone
    status: Status
    protect: Protect
    adopt: Adopt
    previously: HostedBefore


class Sandbox(TypedDict, total=False):
    """An account of the sandbox tier: free, 100 contacts, the source of snapshots."""

    __pydantic_config__ = needed("client")  # type: ignore[misc]
    client: Annotated[Client, Field(title="Client", description="Whom the sandbox is for.")]
    notification: Notification
    language: Language
    timezone: Timezone
    custom_fields: Annotated[
        bool,
        Field(
            title="Custom fields",
            description="Whether the sandbox has custom fields: support switches them on, a step by hand.",
            examples=[True],
        ),
    ]
    adopt: Adopt
    previously: HostedBefore


class Snapshot(TypedDict, total=False):
    """A copy of a sandbox, taken once and never changed: a new state is a new name."""

    __pydantic_config__ = needed("sandbox")  # type: ignore[misc]
    sandbox: Annotated[
        str,
        Field(title="Sandbox", description="Name of the sandbox that it is taken of.", examples=["fitness-lab"]),
    ]
    protect: Protect
    adopt: Adopt
    previously: NamedBefore
