"""The numbers by which snapshots are taken of sandboxes (`portal.md` 1.8)."""

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
        """Both ways round; `renamed` leads from names that the portal may still use to those of today's blocks."""
        names = {source_id: label for label, source_id in ids.items()}
        today = {old: new for old, new in (renamed or {}).items() if new not in ids}
        return cls(ids, {source_id: today.get(label, label) for source_id, label in names.items()})

    def sandbox_of(self, source_id: str) -> str | None:
        """The name of the sandbox with that id, None where the portal does not list it."""
        return self.names.get(source_id)


def sources_of(view: PortalView) -> Sources:
    """The numbers that were read, with today's names of sandboxes that the portal may still list by former ones."""
    renamed = {item.previously: item.address.name for item in view.declared("sandbox") if item.previously}
    return Sources.of(view.source_ids, renamed)
