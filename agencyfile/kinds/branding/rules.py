"""The diagnostics of branding."""

from typing import Final

from plan.rule import Rule

RULES: Final = (Rule("branding-url", "Not an address of an image", "write https://HOST/PATH", "portal.md section 3"),)
