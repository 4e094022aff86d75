"""The place that each value of a resource comes from, as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.table import Column, render_table
from plan.resource import Resource


def render_values(resources: Sequence[Resource], *, width: int | None) -> str:
    """One table for each resource: word, value, and the place in a file that it comes from."""
    return "\n".join(_table(resource, width) for resource in resources)


def _table(resource: Resource, width: int | None) -> str:
    rows = list(_rows(resource))
    return f"{one_line(str(resource.address))} at {one_line(str(resource.origin))}\n" + render_table(
        [
            Column("WORD", [one_line(word) for word, _, _ in rows]),
            Column("VALUE", [one_line(value) for _, value, _ in rows]),
            Column("FROM", [one_line(place) for _, _, place in rows], weight=1),
        ],
        width=width,
    )


def _rows(resource: Resource) -> Iterator[tuple[str, str, str]]:
    for word, value in resource.attributes.items():
        if isinstance(value, Mapping):
            for inner, part in value.items():
                yield f"{word}.{inner}", str(part), _place(resource, f"{word}.{inner}", word)
        else:
            yield word, str(value), _place(resource, word)


def _place(resource: Resource, *words: str) -> str:
    found = next((resource.origins[word] for word in words if word in resource.origins), None)
    return str(found) if found else ""
