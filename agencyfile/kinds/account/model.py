"""Client accounts, as a file declares them.

Keys that a block may take from `defaults`, or may omit when it adopts an existing account, are optional here. They are
required once the defaults are merged.
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import (
    STRICT,
    Adopt,
    Country,
    Currency,
    HostedBefore,
    Language,
    Notification,
    Protect,
    Reason,
    SecretReference,
    Status,
    Timezone,
    needed,
)
from agencyfile.fields import links, values
from agencyfile.kinds.account.client import Client
from agencyfile.kinds.account.plan import Plan
from agencyfile.kinds.addon.model import Addons
from agencyfile.kinds.branding.model import Branding
from agencyfile.kinds.credit.model import Credits


def _client_shape(value: object) -> str:
    return "\0name" if isinstance(value, str) else "\0mapping"


def _profile_shape(value: object) -> str:
    return "\0names" if isinstance(value, list) else "\0name"


_ClientOrName: TypeAlias = Annotated[
    Annotated[Client, Tag("\0mapping")] | Annotated[str, Tag("\0name")], Discriminator(_client_shape)
]
_Profiles: TypeAlias = Annotated[
    Annotated[str, Tag("\0name")] | Annotated[list[str], Tag("\0names")], Discriminator(_profile_shape)
]


class Trial(TypedDict):
    """Extension of the account's trial."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    extended: Annotated[
        bool,
        BeforeValidator(values.parse_extended),
        Field(
            title="Extended",
            description="Whether support extends the trial: a step by hand, once for an account and never again.",
            examples=[True],
        ),
    ]


class Api(TypedDict):
    """The account's own API. It puts basic templates and branding into an existing account."""

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
    client: Annotated[
        _ClientOrName,
        Field(
            title="Client",
            description="The client whom the account is for: the name of one under clients, or a mapping.",
            examples=["acme-gym", {"name": "Acme Gym", "email": "owner@acme.example"}],
        ),
    ]
    profile: Annotated[
        _Profiles,
        Field(
            title="Profile",
            description="Name of a profile, or a list of names: the last one counts for most, the block for more.",
            examples=["fitness", ["fitness", "vip"]],
        ),
    ]
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
            description="The plan that the account pays for. Merged over the defaults, word by word.",
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
            description="Branding of the account. Merged over the defaults, word by word.",
            examples=[{"site_name": "Acme Mail"}],
        ),
    ]
    trial: Annotated[Trial, Field(title="Trial", description="Extension of the trial.", examples=[{"extended": True}])]
    reactivations: Annotated[
        int,
        AfterValidator(values.parse_reactivations),
        Field(
            title="Reactivations",
            description=(
                "How many times, in all, an apply may bill the account again after it was cancelled. Not every portal "
                "allows it."
            ),
            examples=[1],
            json_schema_extra={"exclusiveMinimum": 0},
        ),
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
    reason: Reason
    adopt: Adopt
    previously: HostedBefore


class AccountDefaults(TypedDict, total=False):
    """Defaults for all accounts."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    notification: Notification
    snapshot: Annotated[str, Field(title="Snapshot", description="Name of a snapshot.", examples=["fitness-2026-11"])]
    plan: Annotated[Plan, Field(title="Plan", description="Merged under each account's own plan, word by word.")]
    credits: Annotated[
        Credits, Field(title="Credits", description="Merged under each account's own credits, word by word.")
    ]
    addons: Annotated[
        Addons, Field(title="Addons", description="Merged under each account's own addons, word by word.")
    ]
    branding: Annotated[
        Branding, Field(title="Branding", description="Merged under each account's own branding, word by word.")
    ]
    country: Country
    currency: Currency
    language: Language
    timezone: Timezone
    status: Status
    protect: Protect
