"""Snapshots as the language sees them."""

from typing import Final

from agencyfile.declarations import patterns
from agencyfile.declarations.kind import DeclaredKind, Importing, Referring, Removable, Section
from agencyfile.declarations.names import BlockName
from agencyfile.kinds.snapshot.model import Snapshot
from agencyfile.kinds.snapshot.resource import snapshot_resources
from agencyfile.kinds.snapshot.rules import RULES, UNCHECKED, misplaced

SNAPSHOT: Final = DeclaredKind(
    name="snapshot",
    rules=RULES,
    unchecked=UNCHECKED,
    model=Snapshot,
    section=Section(key="snapshots", plural="snapshots", label=BlockName, description="Snapshots by name."),
    removable=Removable(
        actions={"delete": "ends a snapshot for good"},
        hints={"remove": "delete", "destroy": "delete"},
        description="Name of the snapshot: delete or forget it.",
        example="fitness-2024",
        pattern=patterns.BLOCK_NAME,
    ),
    importing=Importing(),
    is_listed=True,
    is_protected=True,
    required=("sandbox",),
    references=(
        Referring(
            word="sandbox",
            kind="sandbox",
            mistaken=(
                "account",
                "snapshot-source",
                "is an account. The portal takes snapshots of sandboxes only.",  # rule 12
            ),
        ),
    ),
    misplaced=misplaced,
    resources=snapshot_resources,
)
