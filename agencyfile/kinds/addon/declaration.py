"""Addons as the language sees them: part of the block of an account."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind
from agencyfile.kinds.addon.model import Addons
from agencyfile.kinds.addon.rules import RULES

ADDON: Final = DeclaredKind(name="addon", rules=RULES, model=Addons)
