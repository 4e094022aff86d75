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

STATES_UNREADABLE: Final = Rule(
    "states-unreadable",
    "the portal gives the states of accounts in a form that cannot be read",
    "look accounts up in the portal, and tell the maintainers what it shows",
    "portal.md section 8",
    Severity.WARNING,
)
PORTAL_READS_BOTH: Final = Rule(
    "portal-reads-both",
    "answers of the portal contradict each other",
    "tell the maintainers which answers these are",
    "portal.md section 8",
    Severity.WARNING,
)

_OF_KINDS: Final = tuple(rule for kind in KINDS.values() for rule in kind.at_portal.rules)
RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule for rule in (*_OF_KINDS, LIST_UNSTEADY, STATES_UNREADABLE, PORTAL_READS_BOTH)
}
