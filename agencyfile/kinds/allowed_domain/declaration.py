"""Allowed domains as the language sees them: part of the block of a customer number."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind

ALLOWED_DOMAIN: Final = DeclaredKind(name="allowed_domain")
