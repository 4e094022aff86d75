"""What the root file says about the agency, ready for use; and the file as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from plan.resource import Resource
from plan.values import Secret

AGENCY_API: Final = "https://www.activecampaign.com/api.php"  # portal.md 1.1
HUB_API: Final = "https://agency-partner-hub-web.global-aws-use1-p.app-us1.com"  # portal.md 1.8
LEDGER: Final = "file:.agencyfile/ledger.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long to wait for what the portal does in the background, in seconds (`portal.md` section 6)."""

    first: float = 2.0
    most: float = 60.0
    timeout: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """How to reach the portal.

    `rate_limit` is in requests per second. `plan_tier_field` is the field of an account_plans item that holds the
    tier's word. `plan_ids` leads from `TIER/BILLING/CONTACTS` (or `trial`, `sandbox`) to the portal's plan id.
    """

    agency_api: str = AGENCY_API
    hub_api: str = HUB_API
    rate_limit: float = 5.0
    first_page: Literal["auto", 0, 1] = "auto"
    plan_tier_field: str = "type"
    plan_ids: Mapping[str, str] = field(default_factory=dict)
    agency_key: Secret | None = None
    hub_key: Secret | None = None
    wait: Wait = field(default_factory=Wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The agency: its name, its portal, its ledger, and the public keys that can read new passwords."""

    name: str
    portal: PortalSettings = field(default_factory=PortalSettings)
    ledger: str = LEDGER
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyFile:
    """A valid agency file: its settings, and its resources by kind (as they depend on each other) and name."""

    settings: Settings
    resources: tuple[Resource, ...]
