"""The diagnostics of sandboxes."""

from typing import Final

from plan.rule import Rule

RULES: Final = (
    Rule("sandbox-domain", "Sandbox with a domain", "remove the domain", "portal.md rules 7, 52"),
    Rule("sandbox-plan", "Sandbox with a plan", "remove the plan", "portal.md rule 1"),
)
UNCHECKED: Final = {2: "any number of sandboxes may be declared"}
_MISPLACED: Final = {
    "domain": ("sandbox-domain", "The portal refuses a CNAME on a sandbox."),
    "plan": ("sandbox-plan", "A sandbox takes no plan: it is a tier of its own."),
}


def misplaced(key: str) -> tuple[str, str] | None:
    """Return the rule against a key that only accounts have, and the detail to report."""
    return _MISPLACED.get(key)
