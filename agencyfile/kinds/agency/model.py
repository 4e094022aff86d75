"""The agency, as the root file describes it."""

from typing import Annotated, Any, Literal, Required, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT, Count, Duration, Email, SecretReference, Url, words
from agencyfile.fields import amounts, contact_exports, ledger_places, links, values, vocabulary
from agencyfile.kinds.agency import settings
from agencyfile.kinds.settings.model import AccountSettings


class Wait(TypedDict, total=False):
    """Waits for background work of the portal."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    first: Annotated[Duration, Field(title="First", description="First wait; 2s.", examples=["500ms"])]
    most: Annotated[Duration, Field(title="Most", description="Longest wait between looks; 60s.", examples=["60s"])]
    timeout: Annotated[
        Duration, Field(title="Timeout", description="Time after which to give up; 30m.", examples=["30m"])
    ]


class Portal(TypedDict, total=False):
    """Addresses, keys and habits of the portal. The vendor's own addresses are the default."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    agency_api: Annotated[
        Url, Field(title="Agency API", description="Address of the reseller API.", examples=[settings.AGENCY_API])
    ]
    hub_api: Annotated[
        Url,
        Field(title="Partners Hub API", description="Address of the Partners Hub API.", examples=[settings.HUB_API]),
    ]
    rate_limit: Annotated[
        str,
        BeforeValidator(values.needs_unit("rate-limit", "/s")),
        AfterValidator(values.parse_rate),
        Field(
            title="Rate limit",
            description="Most requests per second, over everything; 5/s.",
            examples=["5/s"],
            json_schema_extra={"pattern": patterns.RATE},
        ),
    ]
    first_page: Annotated[
        Any,
        BeforeValidator(values.parse_first_page),
        Field(
            title="First page",
            description="Number of the first page of the portal's lists; auto finds out.",
            examples=["auto"],
            json_schema_extra={"enum": ["auto", 0, 1]},
        ),
    ]
    plan_tier_field: Annotated[
        str,
        Field(
            title="Plan tier field",
            description="Field of the portal's plan list that holds the tier's word; type.",
            examples=["type"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    plan_ids: Annotated[
        dict[
            Annotated[
                str, AfterValidator(values.parse_plan_key), Field(json_schema_extra={"pattern": patterns.PLAN_KEY})
            ],
            Count,
        ],
        Field(
            title="Plan ids",
            description="The portal's number of a plan, where its words do not lead to one.",
            examples=[{"plus/monthly/1000": 12, "sandbox": 3}],
        ),
    ]
    agency_key: Annotated[
        SecretReference,
        Field(
            title="Agency key",
            description="Key of the reseller API, from the environment.",
            examples=["${env:AGENCY_KEY}"],
        ),
    ]
    hub_key: Annotated[
        SecretReference,
        Field(
            title="Partners Hub key",
            description="Key of the Partners Hub API, from the environment.",
            examples=["${env:AGENCY_HUB_KEY}"],
        ),
    ]
    account_api: Annotated[
        str,
        AfterValidator(links.parse_account_api),
        Field(
            title="API of accounts",
            description="Address of one account's own API, with {account} where its name belongs.",
            examples=["https://{account}.activehosted.com"],
            json_schema_extra={"pattern": patterns.ACCOUNT_API},
        ),
    ]
    account_login: Annotated[
        bool,
        Field(
            title="Login of accounts",
            description="Whether the login that a creation answers is used to push templates into the new account.",
            examples=[True],
        ),
    ]
    fetch_account_keys: Annotated[
        bool,
        Field(
            title="Fetch keys of accounts",
            description=(
                "Whether the login that a creation answers fetches the key of the new account's API, sealed like the "
                "password, for its templates and branding."
            ),
            examples=[True],
        ),
    ]
    branding_flags: Annotated[
        Literal["one-shows", "one-hides"],
        Field(
            title="Branding flags",
            description=(
                "What a 1 does in a branding: shows what it names, or hides it. Sources differ; without this key it is "
                "taken to show."
            ),
            examples=["one-hides"],
        ),
    ]
    wait: Annotated[Wait, Field(title="Wait", description="Waits for background work.")]


class Credentials(TypedDict, total=False):
    """People who can read the passwords of new accounts."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    recipients: Annotated[
        list[
            Annotated[
                str, AfterValidator(values.parse_recipient), Field(json_schema_extra={"pattern": patterns.RECIPIENT})
            ]
        ],
        Field(
            title="Recipients",
            description="Public keys: age1..., ssh-ed25519 or ssh-rsa. Never a private key.",
        ),
    ]


Budget: TypeAlias = Annotated[
    str,
    BeforeValidator(amounts.needs_currency),
    AfterValidator(amounts.parse_budget),
    Field(json_schema_extra={"pattern": patterns.MONEY}),
]


class Budgets(TypedDict, total=False):
    """The most that may be spent, by list prices; all amounts in one currency."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    per_apply: Annotated[
        Budget, Field(title="Per apply", description="Most that one apply may charge.", examples=["500 USD"])
    ]
    per_month: Annotated[
        Budget, Field(title="Per month", description="Most that a month may charge.", examples=["2000 USD"])
    ]
    max_monthly: Annotated[
        Budget,
        Field(
            title="Maximum monthly",
            description="Most that all accounts of the portal may cost per month after an apply that raises it.",
            examples=["4000 USD"],
        ),
    ]


class Reconcile(TypedDict, total=False):
    """Rules for calls whose outcome is unknown, for example after a lost answer."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    settle: Annotated[
        Duration,
        Field(
            title="Settle",
            description="Time after which an object that no list of the portal shows is taken as absent; 10m.",
            examples=["10m"],
        ),
    ]
    resend: Annotated[
        str,
        AfterValidator(values.parse_resend),
        Field(
            title="Resend",
            description="Whether a call is sent again once its object is taken as absent; never.",
            examples=["after-window"],
            json_schema_extra=words(vocabulary.RESENDS),
        ),
    ]


class Lease(TypedDict, total=False):
    """The exclusive right of one run to write the ledger, renewed while it runs."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    duration: Annotated[
        str,
        BeforeValidator(values.needs_unit("duration", "s")),
        AfterValidator(values.parse_lease),
        Field(
            title="Duration",
            description="Time after which a run that stopped renewing the lease loses it, 10s or more; 2m.",
            examples=["2m"],
            json_schema_extra={"pattern": patterns.DURATION},
        ),
    ]


class Review(TypedDict, total=False):
    """Limits of what a review lets pass."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    max_changed_share: Annotated[
        str,
        BeforeValidator(values.needs_unit("share", "%")),
        AfterValidator(values.parse_share),
        Field(
            title="Most changed share",
            description="Most of a kind that one plan may change, from 10 objects up; 100% is no limit; 30%.",
            examples=["30%"],
            json_schema_extra={"pattern": patterns.SHARE},
        ),
    ]
    max_vanished_share: Annotated[
        str,
        BeforeValidator(values.needs_unit("share", "%")),
        AfterValidator(values.parse_share),
        Field(
            title="Most vanished share",
            description="Most of what exists as far as ledger and file know, and may be missing at the portal, from 3 "
            "objects up; 100% is no limit; 20%.",
            examples=["20%"],
            json_schema_extra={"pattern": patterns.SHARE},
        ),
    ]
    approval: Annotated[
        list[
            Annotated[
                str,
                AfterValidator(values.one_of("review-effect", "an effect of a change", vocabulary.EFFECTS, {})),
                Field(json_schema_extra=words(vocabulary.EFFECTS)),
            ]
        ],
        Field(
            title="Approval",
            description="Effects that are applied from a reviewed plan alone: a plan file, or an approved digest.",
            examples=[["billed", "permanent"]],
        ),
    ]


class ContactSource(TypedDict, total=False):
    """The operator whose contacts are managed."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    export: Required[
        Annotated[
            str,
            AfterValidator(contact_exports.parse_export),
            Field(
                title="Export",
                description="The operator's contact list as last exported: a .csv or .xlsx file inside the agency "
                "file's folder. Plans compare contacts and customers with it.",
                examples=["contacts.csv"],
                json_schema_extra={"pattern": patterns.EXPORT},
            ),
        ]
    ]
    service_manager: Annotated[
        Email,
        Field(
            title="Service manager",
            description="Address of the operator's service manager, who alone can delete contacts.",
            examples=["service.manager@operator.example"],
            json_schema_extra={"format": "email"},
        ),
    ]


class Notify(TypedDict, total=False):
    """A receiver of messages about runs, such as a chat. Messages are signed and hold no secret."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    url: Annotated[
        str,
        AfterValidator(links.parse_receiver),
        Field(
            title="URL",
            description="Address of the receiver: https, or http on this machine. One that is a secret stands in "
            "AGENCYFILE_WEBHOOK_URL instead.",
            examples=["https://hooks.northwind.example/agencyfile"],
            json_schema_extra={"pattern": patterns.RECEIVER},
        ),
    ]
    form: Annotated[
        str,
        AfterValidator(values.one_of("notify-word", "a form", settings.NOTIFY_FORMS, {"generic": "json"}, "known are")),
        Field(
            title="Form",
            description="Form of messages: json, with a schema, or that of Slack or Microsoft Teams; json.",
            examples=["slack"],
            json_schema_extra=words(settings.NOTIFY_FORMS),
        ),
    ]
    events: Annotated[
        list[
            Annotated[
                str,
                AfterValidator(values.one_of("notify-word", "an event", settings.NOTIFY_EVENTS, {}, "known are")),
                Field(json_schema_extra=words(settings.NOTIFY_EVENTS)),
            ]
        ],
        Field(
            title="Events",
            description="The runs to tell of: unknown is one that ends with exit 5, whatever the command; all of them.",
            examples=[["apply", "unknown"]],
        ),
    ]


class Agency(TypedDict, total=False):
    """The agency, and how to work with its portal."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Required[
        Annotated[
            str,
            AfterValidator(values.parse_label),
            Field(
                title="Agency name",
                description="Name of the agency. The ledger records it and refuses any other.",
                examples=["northwind"],
                json_schema_extra={"pattern": patterns.LABEL},
            ),
        ]
    ]
    portal: Annotated[Portal, Field(title="Portal", description="Addresses, keys and habits of the portal.")]
    ledger: Annotated[
        str,
        AfterValidator(ledger_places.parse_ledger),
        Field(
            title="Ledger",
            description="Place of the ledger: file: and a path inside the agency file's folder; git+branch: "
            "and a branch of its repository, followed by @ and a remote where need be; or postgres:, s3:, gs:, az: or "
            "http: and its name in that store. The environment names the store's server and credentials.",
            examples=["file:.agencyfile/ledger.jsonl", "git+branch:agencyfile-ledger", "postgres:northwind"],
            json_schema_extra={"pattern": patterns.LEDGER},
        ),
    ]
    credentials: Annotated[
        Credentials, Field(title="Credentials", description="People who can read the passwords of new accounts.")
    ]
    signers: Annotated[
        list[
            Annotated[str, AfterValidator(values.parse_signer), Field(json_schema_extra={"pattern": patterns.SIGNER})]
        ],
        Field(
            title="Signers",
            description="Approvers: a name and the public half of an SSH key, as in git's allowed signers. "
            "With any, approvals and evidence are signed, and an approval that is not counts for nothing.",
        ),
    ]
    budgets: Annotated[Budgets, Field(title="Budgets", description="The most that may be spent, by list prices.")]
    reconcile: Annotated[Reconcile, Field(title="Reconcile", description="Rules for calls whose outcome is unknown.")]
    lease: Annotated[Lease, Field(title="Lease", description="The exclusive right of one run to write the ledger.")]
    review: Annotated[Review, Field(title="Review", description="Limits of what a review lets pass.")]
    contacts: Annotated[
        ContactSource, Field(title="Contacts", description="The operator whose contacts and customers are declared.")
    ]
    notify: Annotated[
        Notify, Field(title="Notify", description="Who is told of plans, applies, drift and unknown outcomes.")
    ]
    account_settings: Annotated[
        AccountSettings,
        Field(
            title="Account settings",
            description="The portal's default account settings, set by hand.",
            examples=[{"branding": {"site_name": "Northwind Mail"}, "templates": ["newsletter"]}],
        ),
    ]
