"""Snapshots as resources."""

from collections.abc import Iterator

from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference


def snapshot_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return one resource for each snapshot. Its attribute is the sandbox that it is taken of."""
    for one in file.merged(kind):
        sandbox = one.values.get("sandbox")
        yield kind.resource_of(one, {} if sandbox is None else {"sandbox": Reference(Address("sandbox", sandbox))})
