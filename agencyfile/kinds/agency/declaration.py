"""The agency as the language sees it: one block of the root file."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind, SecretWord
from agencyfile.kinds.agency.model import Agency
from agencyfile.kinds.agency.rules import RULES
from agencyfile.kinds.agency.settings import PORTAL_KEYS

AGENCY: Final = DeclaredKind(
    name="agency",
    rules=RULES,
    model=Agency,
    within=("agency",),
    secrets=tuple(SecretWord(path=("portal", key), owner=key) for key in PORTAL_KEYS),
)
