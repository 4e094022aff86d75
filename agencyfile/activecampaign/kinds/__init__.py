"""The kinds of the portal, one module each: pure knowledge, no I/O. The order is that of plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.activecampaign.kinds.account import AccountKind
from agencyfile.activecampaign.kinds.addon import AddonKind
from agencyfile.activecampaign.kinds.agency import AgencyKind
from agencyfile.activecampaign.kinds.branding import BrandingKind
from agencyfile.activecampaign.kinds.credit import CreditKind
from agencyfile.activecampaign.kinds.delivery import DeliveryKind
from agencyfile.activecampaign.kinds.sandbox import SandboxKind
from agencyfile.activecampaign.kinds.settings import SettingsKind
from agencyfile.activecampaign.kinds.snapshot import SnapshotKind
from agencyfile.activecampaign.kinds.template import TemplateKind
from plan.provider import Kind

__all__ = ["KINDS", "make_kinds"]


def make_kinds(*, account_login: bool = False) -> Mapping[str, Kind]:
    """Every kind by name, in the order in which plans show them.

    Args:
        account_login: may the login that a creation answers be used to put templates into the new account?
    """
    before: tuple[Kind, ...] = (AgencyKind(), SettingsKind(), SandboxKind(), SnapshotKind(), TemplateKind())
    accounts: tuple[Kind, ...] = (AccountKind(account_login=account_login), AddonKind(), BrandingKind())
    after: tuple[Kind, ...] = (DeliveryKind(), CreditKind())
    return MappingProxyType({kind.name: kind for kind in (*before, *accounts, *after)})


KINDS: Final = make_kinds()
