"""Rules of `removed`."""

from typing import Final

from agencyfile.fields.wording import either
from agencyfile.language.removal_model import REMOVABLE
from plan.rule import Rule

REMOVALS: Final = (
    Rule(
        "removal-action",
        "Action not known",
        "write an action that there is for this kind",
        "portal.md rules 15, 35, 36, 37",
    ),
    Rule("removal-kind", "Not one thing to remove", f"name one {either(REMOVABLE)}", "language"),
    Rule("removal-reason", "Removal without a reason", "write why, for those who look later", "language"),
    Rule("removal-data", "Data kept of what is not cancelled", "remove retain_data", "portal.md rule 37"),
    Rule("removal-declared", "Declared and removed", "remove the block, or the entry under removed", "language"),
    Rule("removal-duplicate", "Removed twice", "keep one of the two", "language"),
)
