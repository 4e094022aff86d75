"""The fewest visits to an operator's pages.

A missing subscription joins a customer number and a contact. It can be set in a visit to the customer number, which
sets all that is missing there, or in a journey by user, which sets all that one contact lacks. So the fewest visits
are a smallest set of numbers and contacts that touches every missing pair: a minimum vertex cover of a bipartite
graph, which a maximum matching gives (König). Where both are as short, the customer number is visited.
"""

from collections.abc import Collection, Mapping, Sequence

Pair = tuple[str, str]  # a customer number and an address


def by_user(pairs: Collection[Pair], visited: Collection[str] = ()) -> frozenset[Pair]:
    """Return the pairs that are set by user. The others are set at their customer number.

    `visited` are numbers that are visited in any case.
    """
    rest = sorted(pair for pair in pairs if pair[0] not in visited)
    neighbours: dict[str, list[str]] = {}
    for number, email in rest:
        neighbours.setdefault(number, []).append(email)
    at_number = _cover(neighbours, _matching(neighbours))
    return frozenset(pair for pair in rest if pair[0] not in at_number)


def _matching(neighbours: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return a maximum matching: the number of each matched address."""
    matched: dict[str, str] = {}
    for number in neighbours:
        _augment(number, neighbours, matched)
    return matched


def _augment(start: str, neighbours: Mapping[str, Sequence[str]], matched: dict[str, str]) -> None:
    """Match one number more, if an alternating path from it leads to a free address. Breadth first, not recursive."""
    came_from: dict[str, str] = {}
    via: dict[str, str] = {}
    queue = [start]
    for number in queue:
        for email in neighbours[number]:
            if email in came_from:
                continue
            came_from[email] = number
            if email not in matched:
                _flip(email, start, came_from, via, matched)
                return
            via[matched[email]] = email
            queue.append(matched[email])


def _flip(
    email: str, start: str, came_from: Mapping[str, str], via: Mapping[str, str], matched: dict[str, str]
) -> None:
    """Match each address of the path with the number before it."""
    while True:
        number = came_from[email]
        matched[email] = number
        if number == start:
            return
        email = via[number]


def _cover(neighbours: Mapping[str, Sequence[str]], matched: Mapping[str, str]) -> frozenset[str]:
    """Return the numbers of the cover: those that no alternating path from an unmatched number reaches."""
    taken = set(matched.values())
    queue = [number for number in neighbours if number not in taken]
    reached = set(queue)
    for number in queue:
        for email in neighbours[number]:
            other = matched.get(email)
            if other is not None and other not in reached:
                reached.add(other)
                queue.append(other)
    return frozenset(neighbours.keys() - reached)
