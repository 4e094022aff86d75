"""The kinds of the portal, one module each: pure knowledge, no I/O. The order is that of plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.portal.kinds.account import AccountKind
from agencyfile.portal.kinds.addon import AddonKind
from agencyfile.portal.kinds.agency import AgencyKind
from agencyfile.portal.kinds.branding import BrandingKind
from agencyfile.portal.kinds.credit import CreditKind
from agencyfile.portal.kinds.delivery import DeliveryKind
from agencyfile.portal.kinds.sandbox import SandboxKind
from agencyfile.portal.kinds.settings import SettingsKind
from agencyfile.portal.kinds.snapshot import SnapshotKind
from agencyfile.portal.kinds.template import TemplateKind
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
