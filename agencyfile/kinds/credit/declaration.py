"""Credits as the language sees them: part of the block of an account."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind
from agencyfile.kinds.credit.model import Credits
from agencyfile.kinds.credit.rules import RULES

CREDIT: Final = DeclaredKind(name="credit", rules=RULES, model=Credits)
