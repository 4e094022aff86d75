"""Order: what a resource refers to comes before it."""

from collections.abc import Collection, Mapping
from graphlib import CycleError as GraphCycle
from graphlib import TopologicalSorter

from plan.address import Address
from plan.errors import CycleError


def ordered(edges: Mapping[Address, Collection[Address]], rank: Mapping[str, int]) -> tuple[Address, ...]:
    """Every address after all that it refers to; ties by kind (`rank`), then name, so that order is stable.

    Raises:
        CycleError: the references go round in a circle.
    """
    sorter = TopologicalSorter({address: [to for to in targets if to in edges] for address, targets in edges.items()})
    try:
        sorter.prepare()
    except GraphCycle as error:
        circle: list[Address] = error.args[1]
        raise CycleError(tuple(circle[:-1])) from None
    result: list[Address] = []
    while sorter.is_active():
        layer = sorted(sorter.get_ready(), key=lambda address: (rank.get(address.kind, len(rank)), address))
        result.extend(layer)
        sorter.done(*layer)
    return tuple(result)
