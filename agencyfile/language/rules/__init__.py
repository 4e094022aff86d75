"""The rules of the language: one stable id each, with severity, summary, fix and where the rule comes from.

A source is a numbered rule or a section of `docs/portal.md`, the YAML specification, or `language` for our own. The
rules of a kind stand in its room, `agencyfile/kinds/KIND/rules.py`.
"""

from collections.abc import Mapping
from typing import Final

from agencyfile.declarations.report import Report
from agencyfile.kinds.registry import DECLARED, LAYERS
from agencyfile.language.rules.file import FILE
from agencyfile.language.rules.removals import REMOVALS
from agencyfile.language.rules.secrets import SECRETS
from agencyfile.language.rules.source import SOURCE
from agencyfile.language.rules.yaml import YAML
from plan.rule import Rule

__all__ = ["NOTHING_TO_CHECK", "RULES", "Rule", "make_report"]

_OF_KINDS: Final = tuple(rule for kind in DECLARED.values() for rule in kind.rules)
_OF_LAYERS: Final = tuple(rule for _, layer in LAYERS.values() for rule in layer.rules)
RULES: Final = {rule.id: rule for rule in (*SOURCE, *YAML, *FILE, *SECRETS, *_OF_KINDS, *_OF_LAYERS, *REMOVALS)}

# Rules of `docs/portal.md` section 2 that could be checked offline, and have nothing that a file could break.
NOTHING_TO_CHECK: Final = {number: why for kind in DECLARED.values() for number, why in kind.unchecked.items()}


def make_report(texts: Mapping[str, str] | None = None) -> Report:
    """A report of a run that knows every rule. `texts` are the files that are read, by the name used in origins."""
    return Report(RULES, texts)
