"""Rules that need the portal: those of every kind, and those of all lists."""

from collections.abc import Mapping
from typing import Final

from agencyfile.kinds import KINDS
from plan.diagnostic import Severity
from plan.rule import Rule

LIST_UNSTEADY: Final = Rule(
    "list-unsteady",
    "a list of the portal kept changing while it was read",
    "plan again when nobody else is changing the portal",
    "portal.md 1.3",
    Severity.WARNING,
)

RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule for rule in (*(rule for kind in KINDS.values() for rule in kind.at_portal.rules), LIST_UNSTEADY)
}
