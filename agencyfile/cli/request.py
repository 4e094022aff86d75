"""The request for the changes of a plan: the authors of the commits since a base, and what they change in the file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agencyfile.cli.revisions import commits_since, compared
from plan.address import Address
from plan.request import Author, ContentChange, Request
from plan.resource import Resource
from plan.revision import TAKEN_OUT
from plan.values import Content

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile

_LARGEST: Final = 200_000  # characters of a content that a plan document holds
_MOST: Final = 20  # contents


def request_since(path: Path, base: str, now: "AgencyFile") -> Request:
    """Return the request since `base`, a revision of the file's git repository.

    Raises:
        CommandExit: there is no such revision, or the file there is not valid.
    """
    start, head, commits = commits_since(path, base)
    then, revised = compared(path, start, now)
    authors = Counter(name for name, _ in commits)
    return Request(
        base=start,
        head=head,
        authors=tuple(Author(name, number) for name, number in authors.most_common()),
        since=min((time for _, time in commits), key=datetime.fromisoformat, default=""),
        changed=tuple(change.address for change in revised),
        left=tuple(change.address for change in revised if change.action == TAKEN_OUT),
        contents=tuple(_contents(then.resources, now.resources))[:_MOST],
    )


def _contents(then: Iterable[Resource], now: Iterable[Resource]) -> Iterator[ContentChange]:
    before, after = _texts(then), _texts(now)
    for address in sorted(before.keys() | after.keys()):
        one, other = before.get(address), after.get(address)
        if one != other and max(len(one or ""), len(other or "")) <= _LARGEST:
            yield ContentChange(address, one, other)


def _texts(resources: Iterable[Resource]) -> Mapping[Address, str]:
    """Return the contents of resources that hold one of their own: no other has the kind's address."""
    found: dict[Address, str] = {}
    for resource in resources:
        content = next((value for value in resource.attributes.values() if isinstance(value, Content)), None)
        if content is not None:
            found[resource.address] = content.text
    return found
