"""The clients of a valid agency file, as an import compares them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agencyfile.clients.comparison import Known
from agencyfile.clients.records import FIELDS
from agencyfile.declarations.declaration import Declaration
from agencyfile.kinds.registry import declared_kind

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile

SECTION: Final = "clients"


@dataclass(frozen=True, slots=True)
class KnownClients:
    """The clients of a file, each with its block; login names that are taken; profiles; clients by account."""

    clients: tuple[Known, ...]
    blocks: dict[str, Declaration]
    login_names: frozenset[str]
    profiles: frozenset[str]
    accounts: dict[str, list[str]]


def known_clients(agency_file: "AgencyFile") -> KnownClients:
    """Read the clients of a valid file."""
    blocks = dict(agency_file.layers.get(SECTION, {}))
    clients = tuple(_known(name, block) for name, block in blocks.items())
    addresses = [one.address for one in agency_file.resources]
    addresses += [one.address for one in agency_file.removals]
    names = {address.name for address in addresses if declared_kind(address.kind).is_hosted}
    names |= {one.previously for one in agency_file.resources if one.previously}
    profiles = frozenset(agency_file.layers.get("profiles", {}))
    return KnownClients(clients, blocks, frozenset(names), profiles, dict(_accounts(agency_file)))


def _known(name: str, block: Declaration) -> Known:
    words = block.words or {}
    return Known(name, {word: str(words[word]) for word in FIELDS if word in words}, dict(words.get("source", {})))


def _accounts(agency_file: "AgencyFile") -> Iterator[tuple[str, list[str]]]:
    """Return the names of the accounts of each client."""
    found: dict[str, list[str]] = {}
    for account, client in agency_file.named.get(SECTION, ()):
        found.setdefault(client, []).append(account)
    yield from found.items()
