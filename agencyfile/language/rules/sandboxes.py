"""Sandboxes and the snapshots of them."""

from typing import Final

from plan.rule import Rule

SANDBOXES: Final = (
    Rule("sandbox-domain", "Sandbox with a domain", "remove the domain", "portal.md rules 7, 52"),
    Rule("sandbox-plan", "Sandbox with a plan", "remove the plan", "portal.md rule 1"),
    Rule("snapshot-source", "Snapshot of an account", "name a sandbox", "portal.md rule 12"),
    Rule(
        "snapshot-immutable",
        "Snapshot with content of its own",
        "change the sandbox, and declare a snapshot of another name",
        "portal.md rule 14",
    ),
)
