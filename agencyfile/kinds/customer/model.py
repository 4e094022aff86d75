"""Customer numbers, as a file declares them."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT
from agencyfile.declarations.names import BlockName
from agencyfile.fields import contact_words

SubscriptionName: TypeAlias = Annotated[
    str,
    AfterValidator(contact_words.parse_subscription),
    Field(json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Subscriptions: TypeAlias = dict[SubscriptionName, list[str]]


class Customer(TypedDict, total=False):
    """A customer number, the domains that its contacts may have, and who gets which notices."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    allowed_domains: Annotated[
        list[
            Annotated[
                str,
                AfterValidator(contact_words.parse_allowed_domain),
                Field(json_schema_extra={"pattern": patterns.HOST}),
            ]
        ],
        Field(
            title="Allowed domains",
            description="Domains of the addresses that may get notices, without an @ sign. An address of another "
            "domain is then an error.",
            examples=[["acme.example"]],
        ),
    ]
    subscriptions: Annotated[
        Subscriptions,
        Field(
            title="Subscriptions",
            description="Notices for the whole customer number: names of subscriptions, each with all its contacts. "
            "A subscription that is not named is not managed.",
            examples=[{"planned-works": ["noc@acme.example"]}],
        ),
    ]
    services: Annotated[
        dict[BlockName, Subscriptions],
        Field(
            title="Services",
            description="Notices for single services, by the id of the service.",
            examples=[{"SVC-1": {"proactive-service-outage": ["noc@acme.example"]}}],
        ),
    ]
    billing: Annotated[
        dict[BlockName, Subscriptions],
        Field(
            title="Billing",
            description="Notices for single billing accounts, by the billing account number.",
            examples=[{"BCN-1": {"billing-notifications": ["books@acme.example"]}}],
        ),
    ]
