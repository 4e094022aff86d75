"""Addresses and keys of the portal, and settings for facts that no public source tells."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from plan.call import Credential
from plan.values import Secret

VENDOR_AGENCY_API: Final = "https://www.activecampaign.com/api.php"  # docs/portal.md 1.1
VENDOR_HUB_API: Final = "https://agency-partner-hub-web.global-aws-use1-p.app-us1.com/"  # docs/portal.md 1.8
VENDOR_ACCOUNT_API: Final = "https://{account}.activehosted.com"  # docs/portal.md section 3

ACCOUNT_PLACE: Final = "{account}"
LARGEST_HUB_PAGE: Final = 100  # docs/portal.md 1.8: the snapshot list takes a limit of 1..100


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the portal's answers. Beyond them, reading stops.

    Attributes:
        answer_bytes: bytes of one answer, after it is decompressed.
        answer_seconds: seconds until one answer is whole.
        pages: pages of one list.
        read_seconds: seconds that one reading of the portal may take.
    """

    answer_bytes: int = 32 * 1024 * 1024
    answer_seconds: float = 180.0
    pages: int = 5000
    read_seconds: float = 1800.0


def _nothing(_: str) -> None:
    """Open nothing."""


def _say_nothing(_: str) -> None:
    """Print nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One agency's portal.

    Attributes:
        agency_api: URL of the agency API, its `api.php` included.
        hub_api: base URL of the Partners Hub API.
        agency_key: key of the agency API.
        hub_key: key of the Partners Hub API; a file without snapshots needs none.
        rate_limit: requests per second over both APIs; 5 is the vendor's limit for its other APIs, none is published
            for these two (`docs/portal.md` section 6).
        rate_file: the file by which other processes on this machine share the rate limit; None where none does.
        first_page: number of the first page of `account_list`, which is not published (`docs/portal.md` 1.3). None asks
            for page 0 and page 1 and accepts either. It costs a request and has one blind spot: a page 1 that is by
            mistake a copy of page 0 looks like the first page of a portal that counts from 1.
        tier_field: the field of `account_plans` that holds the word for the tier, which is not published (1.4).
        plan_ids: plan ids by `tier/billing/contacts`, `trial` or `sandbox`, for plans without a `tier_field`.
        timeout: seconds to connect, and seconds without a byte of the answer.
        hub_page: snapshots per page.
        account_api: base URL of one account's own API, with `{account}` where its name belongs; for accounts that do
            not declare theirs (`docs/portal.md` section 3).
        is_rehearsal: whether `account_api` is for every account, even if the file declares another address, so that a
            rehearsal reaches no account of the vendor's.
        account_keys: keys of accounts' own APIs, by account name.
        account_urls: base URLs of accounts' own APIs as the agency file declares them, by account name.
        account_login: whether the login from a creation may be used for calls to the new account's API in the same run.
            It is not known whether that works today (section 3).
        fetch_account_keys: whether that login fetches the key of the new account's API (section 3).
        key_hosts: hosts that such a key may be sent to, beside those that the vendor is known by.
        open_key: opens the key of an account that an earlier run fetched; None where nothing at hand opens it.
        open_login: opens the login of an account that an earlier run created; None as well.
        account_rate_limit: requests per second to one account's own API (`docs/portal.md` section 6).
        hub_tiers: the hub's words for tiers that differ from ours; it publishes one example, and no list (1.8).
        limits: how much the portal may answer.
        tell: prints one line, for example that the portal asks for a pause that is too long.
        hub_contacts: code of the entitlement by which the hub takes a contact limit; the code is not published.

    Raises:
        ValueError: `rate_limit`, `account_rate_limit` or `hub_page` is out of range, or `account_api` has no place for
            the account's name.
    """

    agency_api: str
    hub_api: str
    agency_key: Secret
    hub_key: Secret | None = None
    rate_limit: float = 5.0
    rate_file: Path | None = None
    first_page: int | None = None
    tier_field: str = "type"
    plan_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    timeout: tuple[float, float] = (5.0, 60.0)
    hub_page: int = LARGEST_HUB_PAGE
    account_api: str = VENDOR_ACCOUNT_API
    is_rehearsal: bool = False
    account_keys: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    account_urls: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    account_login: bool = False
    fetch_account_keys: bool = False
    key_hosts: Collection[str] = ()
    open_key: Callable[[str], Secret | None] = field(default=_nothing, repr=False, compare=False)
    open_login: Callable[[str], Credential | None] = field(default=_nothing, repr=False, compare=False)
    account_rate_limit: float = 5.0
    hub_tiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hub_contacts: str = "contacts"
    limits: Limits = Limits()
    tell: Callable[[str], None] = field(default=_say_nothing, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.rate_limit <= 0:
            raise ValueError(f"rate_limit is {self.rate_limit}: expected more than 0 requests per second")
        if self.account_rate_limit <= 0:
            raise ValueError(f"account_rate_limit is {self.account_rate_limit}: expected more than 0")
        if ACCOUNT_PLACE not in self.account_api:
            raise ValueError(f"account_api is {self.account_api}: expected a URL with {ACCOUNT_PLACE} in it")
        if not 1 <= self.hub_page <= LARGEST_HUB_PAGE:
            raise ValueError(f"hub_page is {self.hub_page}: expected 1 to {LARGEST_HUB_PAGE}")
