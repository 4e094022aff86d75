"""Every kind that a file can declare: the one list that the language loops over.

Importing this module costs pydantic; `agencyfile.kinds` itself does not import it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.declarations.kind import DeclaredKind
from agencyfile.kinds.account.declaration import ACCOUNT
from agencyfile.kinds.addon.declaration import ADDON
from agencyfile.kinds.agency.declaration import AGENCY
from agencyfile.kinds.branding.declaration import BRANDING
from agencyfile.kinds.credit.declaration import CREDIT
from agencyfile.kinds.sandbox.declaration import SANDBOX
from agencyfile.kinds.settings.declaration import SETTINGS
from agencyfile.kinds.snapshot.declaration import SNAPSHOT
from agencyfile.kinds.template.declaration import TEMPLATE

# In this order sections are read and resources stand: what a kind refers to comes before it.
_KINDS: Final = (AGENCY, SANDBOX, SNAPSHOT, TEMPLATE, SETTINGS, ACCOUNT, CREDIT, ADDON, BRANDING)

DECLARED: Final[Mapping[str, DeclaredKind]] = MappingProxyType({kind.name: kind for kind in _KINDS})
SECTIONS: Final[Mapping[str, DeclaredKind]] = MappingProxyType(
    {kind.section.key: kind for kind in _KINDS if kind.section is not None}
)


class UnknownKindError(LookupError):
    """No file can declare this kind."""


def declared_kind(name: str) -> DeclaredKind:
    """The kind of this name.

    Raises:
        UnknownKindError: there is none; `registry.py` does not name it.
    """
    if name not in DECLARED:
        raise UnknownKindError(f"No kind is named {name}: agencyfile/kinds/registry.py names {', '.join(DECLARED)}.")
    return DECLARED[name]
