"""Branding as the language sees it: part of the block of an account."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind
from agencyfile.kinds.branding.model import Branding
from agencyfile.kinds.branding.rules import RULES

BRANDING: Final = DeclaredKind(name="branding", rules=RULES, model=Branding, topics=("links",))
