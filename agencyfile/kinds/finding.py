"""A diagnostic of a rule."""

from plan.address import Address, Origin
from plan.diagnostic import Diagnostic
from plan.rule import Rule


def found(rule: Rule, detail: str, *, origin: Origin | None, address: Address | None, fix: str = "") -> Diagnostic:
    """Return a diagnostic of `rule`; `fix` replaces the rule's own."""
    return Diagnostic(rule.id, rule.summary, detail, fix or rule.fix, origin, address, rule.severity)
