"""Rules: checks with a stable id. The language, the provider and the engine each have a table of their own."""

from dataclasses import dataclass

from plan.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is checked. `summary` and `fix` hold no user data; `source` says where the rule comes from."""

    id: str
    summary: str
    fix: str
    source: str
    severity: Severity = Severity.ERROR
