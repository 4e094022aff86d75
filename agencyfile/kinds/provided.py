"""What the provider knows of each kind: pure knowledge, no I/O. The order is that of plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.kinds.account.kind import AccountKind
from agencyfile.kinds.addon.kind import AddonKind
from agencyfile.kinds.agency.kind import AgencyKind
from agencyfile.kinds.branding.kind import BrandingKind
from agencyfile.kinds.credit.kind import CreditKind
from agencyfile.kinds.delivery.kind import DeliveryKind
from agencyfile.kinds.sandbox.kind import SandboxKind
from agencyfile.kinds.settings.kind import SettingsKind
from agencyfile.kinds.snapshot.kind import SnapshotKind
from agencyfile.kinds.template.kind import TemplateKind
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
