"""Every kind that a file can declare. The language loops over this list.

This module imports pydantic; `agencyfile.kinds` does not import this module.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.declarations.kind import DeclaredKind, Importing, Layer, Section
from agencyfile.kinds.account.declaration import ACCOUNT
from agencyfile.kinds.addon.declaration import ADDON
from agencyfile.kinds.agency.declaration import AGENCY
from agencyfile.kinds.allowed_domain.declaration import ALLOWED_DOMAIN
from agencyfile.kinds.branding.declaration import BRANDING
from agencyfile.kinds.contact.declaration import CONTACT
from agencyfile.kinds.credit.declaration import CREDIT
from agencyfile.kinds.customer.declaration import CUSTOMER
from agencyfile.kinds.sandbox.declaration import SANDBOX
from agencyfile.kinds.settings.declaration import SETTINGS
from agencyfile.kinds.snapshot.declaration import SNAPSHOT
from agencyfile.kinds.template.declaration import TEMPLATE

# The order of sections and of resources. A kind stands after those that it refers to.
_OF_PORTAL: Final = (AGENCY, SANDBOX, SNAPSHOT, TEMPLATE, SETTINGS, ACCOUNT, CREDIT, ADDON, BRANDING)
_OF_CONTACTS: Final = (ALLOWED_DOMAIN, CONTACT, CUSTOMER)
_KINDS: Final = (*_OF_PORTAL, *_OF_CONTACTS)

DECLARED: Final[Mapping[str, DeclaredKind]] = MappingProxyType({kind.name: kind for kind in _KINDS})
SECTIONS: Final[Mapping[str, DeclaredKind]] = MappingProxyType(
    {kind.section.key: kind for kind in _KINDS if kind.section is not None}
)
# The kinds that `import` writes blocks of. A kind stands after those that it refers to.
IMPORTED: Final[Mapping[str, tuple[Section, Importing]]] = MappingProxyType(
    {kind.name: (kind.section, kind.importing) for kind in _KINDS if kind.section and kind.importing}
)
HOSTED: Final = frozenset(kind.name for kind in _KINDS if kind.is_hosted)
# Sections whose blocks are no objects of the portal: blocks of the kind take values from them.
LAYERS: Final[Mapping[str, tuple[DeclaredKind, Layer]]] = MappingProxyType(
    {layer.section.key: (kind, layer) for kind in _KINDS for layer in kind.layers}
)


class UnknownKindError(LookupError):
    """No file can declare this kind."""


def declared_kind(name: str) -> DeclaredKind:
    """Return the kind of this name.

    Raises:
        UnknownKindError: no kind of this name can be declared.
    """
    try:
        return DECLARED[name]
    except KeyError:
        names = ", ".join(DECLARED)
        raise UnknownKindError(f"No kind is named {name}: agencyfile/kinds/registry.py names {names}.") from None
