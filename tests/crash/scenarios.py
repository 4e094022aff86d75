"""What is crashed: each kind of call, and each way in which the portal can spoil it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stories import LAB, agency, live_account

Grants = Mapping[tuple[str, str], int]
Templates = Mapping[tuple[str, str], str]

SANDBOX = {"account": "lab", "plan": {"tier": "sandbox"}, "client_name": "Lab", "client_email": "lab@northwind.example"}
SEEDED_LAB = {**SANDBOX, "notification": "ops@northwind.example"}
KEY = "sentinel-account-key-5d0e83c1f6a24b97"  # of `rich`, to its own API
HELLO = "<h1>Hello</h1>"
OWN = {"name": "own", "html": "<p>the client's own</p>"}
FOREIGN = live_account(
    "stranger",
    cname="stranger.example",
    email_credits=70,
    templates=[{"name": "welcome", "html": HELLO}],
    branding={"siteName": "Stranger"},
    addons={"scoring": True, "conversations": "trial"},
)
RICH = live_account("rich", api_key=KEY, templates=[OWN])


@dataclass(frozen=True)
class Wanted:
    """What the portal has to hold in the end, because the file says so.

    `templates` are what managed accounts hold, by account and name. `by_login` may be there, or else be a manual step:
    the login that opens the account is gone with the run that created it. Of what is `forgotten` the ledger knows
    nothing any more.
    """

    accounts: frozenset[str] = frozenset()
    charged: frozenset[str] = frozenset()
    grants: Grants = field(default_factory=dict)
    snapshots: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    templates: Templates = field(default_factory=dict)
    by_login: Templates = field(default_factory=dict)
    site_names: Mapping[str, str] = field(default_factory=dict)
    addons: Mapping[str, tuple[bool, str, int]] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scenario:
    """A portal, a ledger (the one that an apply of `before` leaves), and a file that asks for more.

    `before` is the accounts of that apply, on an empty portal or on one that holds `seeds_before`.
    """

    name: str
    actions: tuple[str, ...]
    body: str
    accounts: Mapping[str, str]
    wanted: Wanted
    seeds: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    before: Mapping[str, str] | None = None
    body_before: str = ""
    seeds_before: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    html: str = HELLO
    html_before: str = HELLO
    portal: str = ""

    def text(self, recipient: str, *, resend: bool) -> str:
        """The agency file."""
        return with_policy(agency(recipient, self.body, **self.accounts), resend=resend, portal=self.portal)

    def text_before(self, recipient: str) -> str:
        """The file of the apply before."""
        return with_policy(agency(recipient, self.body_before, **(self.before or {})), resend=False, portal=self.portal)


def with_policy(text: str, *, resend: bool, portal: str = "") -> str:
    """The file with its policy; its portal counts pages from 1, which saves requests. `portal` are further settings."""
    policy = "after-window" if resend else "never"
    extra = f"  portal: {{first_page: 1, account_login: true{portal}}}\n  reconcile: {{resend: {policy}}}\n"
    return text.replace("  name: northwind\n", f"  name: northwind\n{extra}", 1)


def seeds(*accounts: Mapping[str, Any], snapshot: bool = False) -> dict[str, Sequence[Any]]:
    """What a portal holds to begin with: these accounts and one that no file names."""
    snapshots = [{"name": "base", "source": "lab"}] if snapshot else []
    return {"accounts": [FOREIGN, *accounts], "snapshots": snapshots}


TEMPLATE_FILE = "templates/welcome.html"
WELCOME = f"templates:\n  welcome: {{type: basic, html: {TEMPLATE_FILE}, tags: [hello]}}\n"
_RENAMED = f"templates:\n  welcome: {{type: basic, html: {TEMPLATE_FILE}, previously: hello}}\n"
_FORMER = f"templates:\n  hello: {{type: basic, html: {TEMPLATE_FILE}}}\n"
OPEN = "api: {url: https://rich.api-us1.com, key: '${env:AGENCY_RICH_KEY}'}"  # what opens the own API of `rich`
_SANDBOX_BLOCK = LAB.partition("snapshots:")[0]
HELD = {("rich", "own"): OWN["html"]}
_REMOVED = "removed:\n  - {account: old, action: cancel, reason: contract ended}\n"
_RAISED = {("rich", "email"): 500, ("rich", "compatibility"): 20}

SCENARIOS = (
    Scenario(
        "account",
        ("account_add",),
        "",
        {"acme": ""},
        Wanted(frozenset({"acme"}), frozenset({"acme"})),
        seeds(),
    ),
    Scenario(
        "account-from-snapshot",
        ("account_add",),
        LAB,
        {"acme": "snapshot: base"},
        Wanted(frozenset({"acme", "lab"}), frozenset({"acme"}), snapshots=frozenset({"base"})),
        seeds(SEEDED_LAB, snapshot=True),
    ),
    Scenario(
        "sandbox",
        ("account_add",),
        LAB.partition("snapshots:")[0],
        {},
        Wanted(frozenset({"lab"})),
        seeds(),
    ),
    Scenario(
        "snapshot",
        ("snapshot_create",),
        LAB,
        {},
        Wanted(frozenset({"lab"}), snapshots=frozenset({"base"})),
        seeds(SEEDED_LAB),
    ),
    Scenario(
        "credits-email",
        ("account_credits_apply",),
        "",
        {"rich": "credits: {email: 600}"},
        Wanted(frozenset({"rich"}), grants={("rich", "email"): 500}),
        seeds(live_account("rich")),
        before={"rich": "credits: {email: 100}"},
    ),
    Scenario(
        "credits-compatibility",
        ("account_emailtest_credits_apply",),
        "",
        {"rich": "credits: {email: 600, compatibility: 20}"},
        Wanted(frozenset({"rich"}), grants=_RAISED),
        seeds(live_account("rich")),
        before={"rich": "credits: {email: 100}"},
    ),
    Scenario(
        "upgrade",
        ("account_edit",),
        "",
        {"rich": "plan: {contacts: 2500}"},
        Wanted(frozenset({"rich"}), frozenset({"rich"})),
        seeds(live_account("rich")),
    ),
    Scenario(
        "cancel",
        ("account_cancel",),
        _REMOVED,
        {},
        Wanted(cancelled=frozenset({"old"})),
        seeds(live_account("old")),
    ),
    Scenario(
        "everything",
        ("account_add", "snapshot_create", "account_credits_apply", "account_cancel"),
        LAB + _REMOVED,
        {"acme": "snapshot: base, credits: {email: 50}", "rich": "credits: {email: 600, compatibility: 20}"},
        Wanted(
            frozenset({"acme", "rich", "lab"}),
            frozenset({"acme"}),
            {**_RAISED, ("acme", "email"): 50},
            frozenset({"base"}),
            frozenset({"old"}),
        ),
        seeds(live_account("rich"), live_account("old")),
        before={"rich": "credits: {email: 100}"},
    ),
)

# What is called since accounts have templates, brandings, add-ons, countries and other ends than cancellation.
ADDED = (
    Scenario(
        "template",
        ("message_template_add",),
        WELCOME,
        {"rich": f"{OPEN}, templates: [welcome]"},
        Wanted(frozenset({"rich"}), templates={**HELD, ("rich", "welcome"): HELLO}),
        seeds(RICH),
    ),
    Scenario(
        "template-by-login",
        ("message_template_add",),
        WELCOME,
        {"acme": ""},
        Wanted(frozenset({"acme"}), frozenset({"acme"}), by_login={("acme", "welcome"): HELLO}),
        seeds(),
    ),
    Scenario(
        "template-by-key",
        ("user_me", "message_template_add"),
        WELCOME,
        {"acme": ""},
        Wanted(frozenset({"acme"}), frozenset({"acme"}), by_login={("acme", "welcome"): HELLO}),
        seeds(),
        portal=", fetch_account_keys: true",
    ),
    Scenario(
        "reactivation",
        ("account_edit",),
        "",
        {"rich": "reactivations: 1, domain: rich.shop.example"},
        Wanted(frozenset({"rich"}), frozenset({"rich"}), templates=HELD),
        seeds({**RICH, "status": "cancelled"}),
    ),
    Scenario(
        "template-edit",
        ("message_template_edit",),
        _RENAMED,
        {"rich": f"{OPEN}, templates: [welcome]"},
        Wanted(frozenset({"rich"}), templates={**HELD, ("rich", "welcome"): HELLO}),
        seeds({**RICH, "templates": [OWN, {"name": "hello", "html": "<p>before</p>"}]}),
        before={"rich": f"{OPEN}, templates: [hello]"},
        body_before=_FORMER,
        seeds_before=seeds(RICH),
        html_before="<p>before</p>",
    ),
    Scenario(
        "branding",
        ("branding_edit",),
        "",
        {"rich": f"{OPEN}, branding: {{site_name: Rich Mail, links: false}}"},
        Wanted(frozenset({"rich"}), templates=HELD, site_names={"rich": "Rich Mail"}),
        seeds(RICH),
    ),
    Scenario(
        "scoring",
        ("account_scoring",),
        "",
        {"rich": "addons: {scoring: true}"},
        Wanted(frozenset({"rich"}), templates=HELD, addons={"rich": (True, "", 0)}),
        seeds(RICH),
    ),
    Scenario(
        "seats",
        ("account_conversations",),
        "",
        {"rich": "addons: {conversations: {seats: 2}}"},
        Wanted(frozenset({"rich"}), frozenset({"rich"}), templates=HELD, addons={"rich": (False, "paid", 2)}),
        seeds(RICH),
    ),
    Scenario(
        "more-seats",
        ("account_conversations",),
        "",
        {"rich": "addons: {conversations: {seats: 3}}"},
        Wanted(frozenset({"rich"}), frozenset({"rich"}), templates=HELD, addons={"rich": (False, "paid", 3)}),
        seeds({**RICH, "addons": {"conversations": "paid", "seats": 1}}),
        before={"rich": "addons: {conversations: {seats: 1}}"},
        seeds_before=seeds(RICH),
    ),
    Scenario(
        "country",
        ("child_account_create",),
        LAB,
        {"acme": "snapshot: base, country: FR, currency: EUR"},
        Wanted(frozenset({"acme", "lab"}), frozenset({"acme"}), snapshots=frozenset({"base"})),
        seeds(SEEDED_LAB, snapshot=True),
    ),
    Scenario(
        "snapshot-delete",
        ("snapshot_delete",),
        f"{_SANDBOX_BLOCK}removed:\n  - {{snapshot: base, action: delete, reason: superseded}}\n",
        {},
        Wanted(frozenset({"lab"}), snapshots=frozenset({"other"}), forgotten=frozenset({"snapshot.base"})),
        {**seeds(SEEDED_LAB), "snapshots": [{"name": "base", "source": "lab"}, {"name": "other", "source": "lab"}]},
        before={},
        body_before=LAB,
    ),
    Scenario(
        "forget",
        (),
        "removed:\n  - {account: rich, action: forget, reason: theirs now}\n",
        {},
        Wanted(
            frozenset({"rich"}),
            templates={**HELD, ("rich", "welcome"): HELLO},
            site_names={"rich": "Rich Mail"},
            addons={"rich": (True, "", 0)},
            forgotten=frozenset({"addon.rich.scoring", "branding.rich", "delivery.rich.welcome"}),
        ),
        seeds(
            {
                **RICH,
                "templates": [OWN, {"name": "welcome", "html": HELLO}],
                "branding": {"siteName": "Rich Mail"},
                "addons": {"scoring": True},
            }
        ),
        before={"rich": f"{OPEN}, templates: [welcome], branding: {{site_name: Rich Mail}}, addons: {{scoring: true}}"},
        body_before=WELCOME,
        seeds_before=seeds(RICH),
    ),
    Scenario(
        "free",
        ("account_scoring", "account_edit"),
        "",
        {name: f"addons: {{scoring: true}}, domain: {name}.shop.example" for name in ("ann", "bob", "eve")},
        Wanted(
            frozenset({"ann", "bob", "eve"}),
            addons=dict.fromkeys(("ann", "bob", "eve"), (True, "", 0)),
        ),
        seeds(*map(live_account, ("ann", "bob", "eve"))),
    ),
    Scenario(
        "whole-portal",
        ("child_account_create", "message_template_add", "account_conversations", "snapshot_delete", "branding_edit"),
        f"{WELCOME}{_SANDBOX_BLOCK}removed:\n"
        "  - {snapshot: base, action: delete, reason: superseded}\n"
        "  - {account: old, action: forget, reason: theirs now}\n",
        {
            "acme": "credits: {email: 50}",
            "beta": "country: FR",
            "rich": f"{OPEN}, templates: [welcome], branding: {{site_name: Rich Mail}}, "
            "addons: {scoring: true, conversations: {seats: 2}}",
        },
        Wanted(
            frozenset({"acme", "beta", "rich", "lab", "old"}),
            frozenset({"acme", "beta", "rich"}),
            {("acme", "email"): 50},
            frozenset({"other"}),
            templates={**HELD, ("rich", "welcome"): HELLO},
            by_login={("acme", "welcome"): HELLO, ("beta", "welcome"): HELLO},
            site_names={"rich": "Rich Mail"},
            addons={"rich": (True, "paid", 2)},
            forgotten=frozenset({"snapshot.base", "account.old", "credit.old.email"}),
        ),
        {
            **seeds(SEEDED_LAB, RICH, live_account("old")),
            "snapshots": [{"name": "base", "source": "lab"}, {"name": "other", "source": "lab"}],
        },
        before={"old": "credits: {email: 20}"},
        body_before=LAB,
    ),
)

# How each spoils the first call that it is aimed at. A late commit comes well before the settle window is over.
FAULTS: Mapping[str, Mapping[str, Any] | None] = {
    "none": None,
    "request-dropped": {"kind": "drop_before_commit"},
    "answer-dropped": {"kind": "drop_after_commit"},
    "late-commit": {"kind": "late_commit", "seconds": 0.05},
    "stale-list": {"kind": "stale_list", "writes": 1, "times": 3},
    "5xx-after-commit": {"kind": "error_after_commit", "status": 500},
    "429": {"kind": "rate_limited", "retry_after": 0},
    "truncated": {"kind": "truncated"},
}
LATE = 0.05
# The lists that show what calls bring about, where it is not `account_list`.
_SHOWN_BY = {
    "snapshot_create": "snapshot_list",
    "snapshot_delete": "snapshot_list",
    "message_template_add": "message_template_list",
    "message_template_edit": "message_template_list",
    "branding_edit": "branding_list",
}


def faults_for(name: str, actions: Sequence[str]) -> list[dict[str, Any]]:
    """The faults to set, for the first call of each of `actions`; a list is stale where it shows what they make."""
    fault = FAULTS[name]
    if fault is None:
        return []
    if name == "stale-list":
        actions = sorted({_SHOWN_BY.get(action, "account_list") for action in actions})
    return [{"action": action, "nth": 1, "times": 1, **fault} for action in actions]
