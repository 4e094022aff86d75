"""Settings of the agency, from the root file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from plan.money import Money
from plan.values import Secret

AGENCY_API: Final = "https://www.activecampaign.com/api.php"  # docs/portal.md 1.1
HUB_API: Final = "https://agency-partner-hub-web.global-aws-use1-p.app-us1.com"  # docs/portal.md 1.8
ACCOUNT_API: Final = "https://{account}.activehosted.com"  # docs/portal.md 1.5 and section 3
MOST_CHANGED: Final = 0.3  # of the live objects of one kind, by one plan
MOST_VANISHED: Final = 0.2  # of the objects that ledger and file know as existing
NOTIFY_EVENTS: Final = ("apply", "drift", "plan", "unknown")
NOTIFY_FORMS: Final = ("json", "slack", "teams")
LEDGER: Final = "file:.agencyfile/ledger.jsonl"
PORTAL_KEYS: Final = ("agency_key", "hub_key")  # words of `portal` that name the environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Waits for background work of the portal, in seconds (`docs/portal.md` section 6)."""

    first: float = 2.0
    most: float = 60.0
    timeout: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """Addresses, keys and habits of the portal.

    `rate_limit` is in requests per second. `plan_tier_field` is the field of an account_plans item that holds the
    tier's word. `plan_ids` leads from `TIER/BILLING/CONTACTS` (or `trial`, `sandbox`) to the portal's plan id.
    `account_api` is the base of one account's own API, with `{account}` for its name: v1 is at BASE/admin/api.php, v3
    at BASE/api/3 (`docs/portal.md` section 3). `account_login`: whether the login from a creation may be used there.
    `fetch_account_keys`: whether that login fetches the account's key. `branding_flags`: what a flag of "1" does in a
    branding; None is not known.
    """

    agency_api: str = AGENCY_API
    hub_api: str = HUB_API
    rate_limit: float = 5.0
    first_page: Literal["auto", 0, 1] = "auto"
    plan_tier_field: str = "type"
    plan_ids: Mapping[str, str] = field(default_factory=dict)
    agency_key: Secret | None = None
    hub_key: Secret | None = None
    account_api: str = ACCOUNT_API
    account_login: bool = False
    fetch_account_keys: bool = False
    branding_flags: Literal["one-shows", "one-hides"] | None = None
    wait: Wait = field(default_factory=Wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Limits of spending by list prices, for one apply and for a month. None is no limit.

    `max_monthly` is the most that all accounts of the portal may cost per month after an apply that raises it.
    """

    per_apply: Money | None = None
    per_month: Money | None = None
    max_monthly: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """Rules for calls whose outcome is unknown.

    `settle` is the time in seconds after which an object that no list shows is taken as absent. `resend`: whether
    the call may then be sent once more.
    """

    settle: float = 600.0
    resend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Limits of what a review lets pass.

    `max_changed_share` is the largest part of the objects of one kind that one plan may change, up to 1; it is
    asked from 10 objects up. None is no limit. `max_vanished_share` is the largest part of the objects known to
    ledger and file that the portal may lack, up to 1; it is asked from 3 missing objects up.
    `approval` are the effects that need a reviewed plan.
    """

    max_changed_share: float | None = MOST_CHANGED
    max_vanished_share: float = MOST_VANISHED
    approval: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSource:
    """The export that contacts are compared with, relative to the folder of the file, and who deletes contacts."""

    export: str | None = None
    service_manager: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """The receiver of messages about runs. Without a `url` the environment names it. `events` are sorted."""

    url: str | None = None
    form: str = "json"
    events: tuple[str, ...] = NOTIFY_EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The agency: its name, its portal, its ledger, and the public keys that can read new passwords.

    `lease` is the number of seconds for which a run holds the ledger before it must renew the lease. `notify` is who
    is told of runs; None is nobody.
    """

    name: str
    portal: PortalSettings = field(default_factory=PortalSettings)
    ledger: str = LEDGER
    recipients: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    budgets: Budgets = field(default_factory=Budgets)
    reconcile: Reconcile = field(default_factory=Reconcile)
    lease: float = 120.0
    review: Review = field(default_factory=Review)
    contacts: ContactSource = field(default_factory=ContactSource)
    notify: Notify | None = None
