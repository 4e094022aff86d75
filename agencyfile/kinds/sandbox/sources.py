"""The numbers by which snapshots are taken of sandboxes (`docs/portal.md` 1.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agencyfile.kinds.portal_view import PortalView


@dataclass(frozen=True, slots=True)
class Sources:
    """The numeric ids of sandboxes by name; empty when the list was not read."""

    ids: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: Mapping[str, str], renamed: Mapping[str, str] | None = None) -> "Sources":
        """Index the rows both ways. `renamed` maps previous names, which the portal may still use, to today's."""
        names = {source_id: label for label, source_id in ids.items()}
        today = {old: new for old, new in (renamed or {}).items() if new not in ids}
        return cls(ids, {source_id: today.get(label, label) for source_id, label in names.items()})

    def sandbox_of(self, source_id: str) -> str | None:
        """Return the name of the sandbox with that id; None if the portal does not list it."""
        return self.names.get(source_id)


def sources_of(view: PortalView) -> Sources:
    """Return the numbers that were read, by today's names, also of sandboxes that the portal lists by previous ones."""
    renamed = {item.previously: item.address.name for item in view.declared("sandbox") if item.previously}
    return Sources.of(view.source_ids, renamed)
