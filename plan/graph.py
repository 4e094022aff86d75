"""Sort addresses so that each comes after those that it refers to."""

import heapq
from collections.abc import Collection, Mapping
from graphlib import CycleError as GraphCycle
from graphlib import TopologicalSorter

from plan.address import Address
from plan.errors import CycleError


def ordered(edges: Mapping[Address, Collection[Address]], rank: Mapping[str, int]) -> tuple[Address, ...]:
    """Return the addresses, each after those that it refers to, otherwise by kind (`rank`) and name.

    Raises:
        CycleError: the references go round in a circle.
    """
    if not any(edges.values()):
        return tuple(sorted(edges, key=lambda address: (rank.get(address.kind, len(rank)), address)))
    sorter = TopologicalSorter({address: [to for to in targets if to in edges] for address, targets in edges.items()})
    try:
        sorter.prepare()
    except GraphCycle as error:
        circle: list[Address] = error.args[1]
        raise CycleError(tuple(circle[:-1])) from None
    result: list[Address] = []
    free: list[tuple[int, Address]] = []
    while sorter.is_active():
        for address in sorter.get_ready():
            heapq.heappush(free, (rank.get(address.kind, len(rank)), address))
        _, address = heapq.heappop(free)
        result.append(address)
        sorter.done(address)
    return tuple(result)
