"""The rules of the language: one stable id each, with severity, summary, fix and where the rule comes from.

A source is a numbered rule or a section of `portal.md`, the YAML specification, or `language` for a rule of ours.
"""

from typing import Final

from agencyfile.language.rules.accounts import ACCOUNTS
from agencyfile.language.rules.agency import AGENCY
from agencyfile.language.rules.file import FILE
from agencyfile.language.rules.plans import PLANS
from agencyfile.language.rules.removals import REMOVALS
from agencyfile.language.rules.sandboxes import SANDBOXES
from agencyfile.language.rules.secrets import SECRETS
from agencyfile.language.rules.source import SOURCE
from agencyfile.language.rules.templates import TEMPLATES
from agencyfile.language.rules.yaml import YAML
from plan.rule import Rule

__all__ = ["NOTHING_TO_CHECK", "RULES", "Rule"]

RULES: Final = {
    rule.id: rule
    for rule in (
        *(*SOURCE, *YAML, *FILE, *SECRETS, *AGENCY),
        *(*SANDBOXES, *ACCOUNTS, *PLANS, *TEMPLATES, *REMOVALS),
    )
}

# Rules of `portal.md` section 2 that could be checked offline, and have nothing that a file could break.
NOTHING_TO_CHECK: Final = {
    2: "any number of sandboxes may be declared",
    13: "any number of snapshots may be declared, and any number of accounts may start from one",
    17: "a snapshot serves accounts of every country",
}
