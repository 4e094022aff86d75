"""Waves: the order in which agencies are applied."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import shown
from agencyfile.fleet.model import Agency, Wave

WHOLE: Final = "all"  # the one wave of a file that has none
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of names: `*` and `?` stay within a part of the name, `**` does not."""

    expression: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """Read a pattern."""
        parts = re.split(r"(\*\*|\*|\?)", text)
        words = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
        return cls(re.compile("".join(words.get(part, re.escape(part)) for part in parts), re.DOTALL))

    def matches(self, name: str) -> bool:
        """Return whether the pattern stands for the whole name."""
        return self.expression.fullmatch(name) is not None


def make_waves(
    blocks: Sequence[Mapping[str, Any]] | None, root: Place, agencies: Sequence[Agency], report: Report
) -> tuple[Wave, ...]:
    """Return the waves with their agencies. Report agencies in none, and waves that are idle or share a name."""
    if not blocks:
        return (Wave(WHOLE, tuple(agencies)),)
    if not agencies:  # that no pattern finds an agency is told already, and every wave would be idle
        return ()
    left = list(agencies)
    waves: list[Wave] = []
    for index, block in enumerate(blocks):
        if any(wave.name == block["name"] for wave in waves):
            origin = root.value_origin(("waves", index, "name"))
            report.add("duplicate-name", origin, f"Two waves are named {shown(block['name'])}.")
        taken = _taken(block["agencies"], index, root, left, report)
        left = [agency for agency in left if agency not in taken]
        waves.append(Wave(block["name"], tuple(taken), block.get("concurrency")))
    if left:
        names = ", ".join(agency.name for agency in left[:_MOST_NAMED])
        more = f" and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
        report.add("fleet-wave-missing", root.key_origin(("waves",)), f"No wave names {names}{more}.")
    return tuple(waves)


def _taken(patterns: Sequence[str], wave: int, root: Place, left: Sequence[Agency], report: Report) -> list[Agency]:
    """Return the agencies that these patterns take from those that are left, in order."""
    names: set[str] = set()
    for index, text in enumerate(patterns):
        pattern = Pattern.of(text)
        found = {agency.name for agency in left if pattern.matches(agency.name)}
        if not found:
            origin = root.value_origin(("waves", wave, "agencies", index))
            report.add("fleet-wave-idle", origin, f"{shown(text)} names no agency that is not in a wave before.")
        names |= found
    return [agency for agency in left if agency.name in names]
