"""A valid agency file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agencyfile.declarations.declaration import Declaration
from agencyfile.kinds.agency.settings import Settings
from plan.resource import Removal, Resource
from plan.values import Secret


@dataclass(frozen=True, slots=True)
class AgencyFile:
    """A valid agency file.

    `agency` is the resource of the agency itself: every setting that decides what an apply may do. The other resources
    stand by kind (as they depend on each other) and name, removals by address. `ignore` are patterns
    (`fnmatch`) of addresses that no plan looks at. `account_keys` are the keys of accounts' own APIs by account name.
    `variables` are the names of the environment variables that secrets come from, by the place of the secret in the
    file (`agency.portal.hub_key`, `account.acme.api.key`). `layers` are the blocks that other blocks take values from,
    by section and name; `named` are the pairs of a block and the one that it names there, by section.
    """

    settings: Settings
    agency: Resource
    resources: tuple[Resource, ...]
    removals: tuple[Removal, ...] = ()
    ignore: tuple[str, ...] = ()
    account_keys: Mapping[str, Secret] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, Mapping[str, Declaration]] = field(default_factory=dict)

    named: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[Resource, ...]:
        """Everything that the file declares, the agency itself first."""
        return (self.agency, *self.resources)
