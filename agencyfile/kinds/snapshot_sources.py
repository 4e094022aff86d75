"""The numbers by which snapshots are taken of sandboxes (`docs/portal.md` 1.8).

The hub lists accounts by a number and a name. Whether that name is the login name or one that a person gave is not
known (section 8, R2). A name that is a login name of the portal is taken for it, as long as no name of the list shows
that people write them. Any other row belongs to the account whose client name and e-mail address it has, if that is the
only one: a snapshot of the wrong account would copy the data of a client.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.portal_view import PortalView
from agencyfile.kinds.previous_names import addresses_of
from agencyfile.kinds.rows import AccountRow, SourceRow, is_archived
from plan.address import Address
from plan.resource import Resource
from plan.values import Value

_LABEL: Final = re.compile("[a-z0-9]([a-z0-9_-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Sources:
    """The numeric ids of sandboxes by name; empty when the list was not read.

    Attributes:
        ids: the number of each sandbox that is certain, by its name as the portal has it.
        names: the name of each such sandbox, as the file has it, by its number.
        doubts: the reason why a number is not certain, by the name of the sandbox.
        rows: every number that the hub lists.
        has_display_names: whether the hub shows names that people write; None if its answers do not tell.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    has_display_names: bool | None = None

    def sandbox_of(self, source_id: str) -> Address | None:
        """Return the sandbox with that id; None if the portal does not list it, or it is not certain."""
        name = self.names.get(source_id)
        return None if name is None else Address("sandbox", name)


@dataclass(slots=True)
class Known:
    """The facts known of one account: names that a person may have given it, and e-mail addresses, all in lower case.

    `has_email` is False as long as nobody told the client's address: then any address may be this account's.
    """

    names: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    has_email: bool = False

    def add(self, name: Value, email: Value, notification: Value) -> None:
        """Add what the list, or the file, says of it."""
        self.names |= {_folded(name)} - {""}
        self.emails |= {_folded(email), _folded(notification)} - {""}
        self.has_email = self.has_email or bool(_folded(email))

    def may_be(self, row: SourceRow) -> bool:
        """Return whether nothing speaks against it."""
        return _folded(row.account_name) in self.names and (not self.has_email or self.has_address_of(row))

    def has_address_of(self, row: SourceRow) -> bool:
        """Return whether the hub's address is one of its addresses."""
        return _folded(row.email) in self.emails


Everyone = Mapping[str, Known]


def everyone(accounts: Iterable[AccountRow], resources: Iterable[Resource]) -> dict[str, Known]:
    """Return what list and file say of each account that is not archived, by its name at the portal."""
    known: dict[str, Known] = defaultdict(Known)
    for row in accounts:
        if is_archived(row) is None:
            known[account_label(row.account)].add(row.client_name, row.client_email, row.notification)
    for resource in resources:
        words = resource.attributes
        for _, name in addresses_of(resource):
            known[name].add(words.get("client.name"), words.get("client.email"), words.get("notification"))
    for label, each in known.items():
        each.names.add(label)
    return dict(known)


def resolve(rows: Sequence[SourceRow], known: Everyone, renamed: Mapping[str, str] | None = None) -> Sources:
    """Return the numbers that are certain. `renamed` maps previous names, which the portal may still use, to today's.

    `known` are the accounts that a row may be.
    """
    shown = has_display_names(rows, known)
    by_label = {} if shown else {account_label(row.account_name): row for row in rows}
    others = [row for row in rows if shown or account_label(row.account_name) not in known]
    fits = _fits(others, {label: each for label, each in known.items() if label not in by_label})
    found_by_fit = {label: found[0].id for label, found in fits.items() if _is_certain(label, found, fits, known)}
    taken = set(found_by_fit.values())
    ids = {label: row.id for label, row in by_label.items() if row.id not in taken} | found_by_fit
    today = {old: new for old, new in (renamed or {}).items() if new not in ids}
    return Sources(
        ids=ids,
        names={source_id: today.get(label, label) for label, source_id in ids.items()},
        doubts={label: _doubt(found) for label, found in fits.items() if label not in ids},
        rows=tuple(row.id for row in rows),
        has_display_names=True if found_by_fit else shown,
    )


def has_display_names(rows: Sequence[SourceRow], known: Collection[str]) -> bool | None:
    """Return whether the hub shows names that people write: one is no login name at all.

    False if all names are login names of the portal; None if there are no rows, or a name may be either.
    """
    labels = [account_label(row.account_name) for row in rows]
    if any(not _LABEL.fullmatch(label) for label in labels):
        return True
    return False if labels and all(label in known for label in labels) else None


def sources_of(view: PortalView) -> Sources:
    """Return the numbers that were read, by today's names, also of sandboxes that the portal lists by previous ones."""
    renamed = {item.previously: item.address.name for item in view.declared("sandbox") if item.previously}
    return resolve(view.sources, view.once(everyone_of), renamed)


def everyone_of(view: PortalView) -> dict[str, Known]:
    """Return what this reading says of each account, if any list of the hub is to be told apart."""
    return everyone(view.accounts.rows, view.declared("account", "sandbox")) if view.sources else {}


def _fits(rows: Iterable[SourceRow], known: Everyone) -> dict[str, list[SourceRow]]:
    """Return the rows that each account may be."""
    by_name = defaultdict(list)
    for label, each in known.items():
        for name in each.names:
            by_name[name].append(label)
    found = defaultdict(list)
    for row in rows:
        for label in by_name.get(_folded(row.account_name), ()):
            if known[label].may_be(row):
                found[label].append(row)
    return dict(found)


def _is_certain(
    label: str, found: Sequence[SourceRow], fits: Mapping[str, Sequence[SourceRow]], known: Everyone
) -> bool:
    """Return whether one row fits one account, and each no other, and the addresses are the same."""
    if len(found) != 1 or not known[label].has_address_of(found[0]):
        return False
    return not any(found[0] in rows for other, rows in fits.items() if other != label)


def _doubt(found: Sequence[SourceRow]) -> str:
    shown = ", ".join(f"`{row.account_name}` (id {row.id})" for row in found)
    return f"the hub shows {shown}, and neither name nor e-mail address says for certain which account that is"


def _folded(value: Value) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""
