"""Registry of the kinds for the portal half: pure data, no I/O. The order is that of plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.kinds.account.kind import AccountKind
from agencyfile.kinds.account_key.kind import AccountKeyKind
from agencyfile.kinds.addon.kind import AddonKind
from agencyfile.kinds.agency.kind import AgencyKind
from agencyfile.kinds.allowed_domain.kind import AllowedDomainKind
from agencyfile.kinds.at_portal import AtPortal, PortalKind
from agencyfile.kinds.branding.kind import BrandingKind
from agencyfile.kinds.contact.kind import ContactKind
from agencyfile.kinds.credit.kind import CreditKind
from agencyfile.kinds.customer.kind import CustomerKind
from agencyfile.kinds.delivery.kind import DeliveryKind
from agencyfile.kinds.operation import Operation
from agencyfile.kinds.sandbox.kind import SandboxKind
from agencyfile.kinds.settings.kind import SettingsKind
from agencyfile.kinds.snapshot.kind import SnapshotKind
from agencyfile.kinds.template.kind import TemplateKind
from plan.errors import UnknownName

__all__ = ["CONTACT_KINDS", "KINDS", "OPERATIONS", "known_kind", "make_kinds", "operation_named"]


def make_kinds(*, account_login: bool = False) -> Mapping[str, PortalKind]:
    """Return every kind by name, in the order in which plans show them.

    Args:
        account_login: whether the login from a creation may be used to put templates into the new account.
    """
    before: tuple[PortalKind, ...] = (AgencyKind(), SettingsKind(), SandboxKind(), SnapshotKind(), TemplateKind())
    account = AccountKind(account_login=account_login)
    accounts: tuple[PortalKind, ...] = (account, AccountKeyKind(), AddonKind(), BrandingKind())
    after: tuple[PortalKind, ...] = (DeliveryKind(), CreditKind())
    return MappingProxyType({kind.name: kind for kind in (*before, *accounts, *after, *_CONTACTS)})


# Kinds of the second provider (`agencyfile/contacts`): the vendor's portal holds none of them.
_CONTACTS: Final[tuple[PortalKind, ...]] = (AllowedDomainKind(), ContactKind(), CustomerKind())
CONTACT_KINDS: Final = frozenset(kind.name for kind in _CONTACTS)
KINDS: Final = make_kinds()
OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {operation.name: operation for kind in KINDS.values() for operation in kind.at_portal.operations}
)


def known_kind(kind: str) -> AtPortal:
    """Return the description of a kind for the portal half.

    Raises:
        UnknownName: there is no such kind.
    """
    if kind not in KINDS:
        raise UnknownName(f"this agencyfile knows no kind {kind}", fix="use the version that wrote it, or a newer one")
    return KINDS[kind].at_portal


def operation_named(name: str) -> Operation:
    """Return the operation of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in OPERATIONS:
        raise UnknownName(
            f"this agencyfile knows no operation {name}", fix="use the version that wrote it, or a newer one"
        )
    return OPERATIONS[name]
