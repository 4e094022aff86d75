"""The diagnostics of snapshots."""

from typing import Final

from agencyfile.declarations.keys import keys_of
from agencyfile.kinds.account.model import Account
from agencyfile.kinds.sandbox.model import Sandbox
from plan.rule import Rule

RULES: Final = (
    Rule("snapshot-source", "Snapshot of an account", "name a sandbox", "portal.md rule 12"),
    Rule(
        "snapshot-immutable",
        "Snapshot with content of its own",
        "change the sandbox, and declare a snapshot of another name",
        "portal.md rule 14",
    ),
)
UNCHECKED: Final = {
    13: "any number of snapshots may be declared, and any number of accounts may start from one",
    17: "a snapshot serves accounts of every country",
}


def misplaced(key: str) -> tuple[str, str] | None:
    """Return the rule against a key that only the sandbox has, and the detail to report (`docs/portal.md` rule 14)."""
    if key not in keys_of(Account) | keys_of(Sandbox):
        return None
    return "snapshot-immutable", f"A snapshot is its sandbox as that was: it has no {key}, and nothing changes it."
