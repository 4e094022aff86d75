"""Open calls as text, for a person in a hurry: on one screen what may have happened, where to look, what settles it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.folding import Line, painted, span
from agencyfile.cli.render.safe import one_line
from plan.ledger import OpenIntent

if TYPE_CHECKING:
    from agencyfile.kinds.explanation import Explanation  # loads every kind

WHOLE: Final = 2  # so many are told in full: more do not fit a screen
_MARGIN: Final = 20

OpenCall: TypeAlias = "tuple[OpenIntent, Explanation]"


def render_open_calls(calls: Sequence[OpenCall], *, width: int | None) -> str:
    """The first calls in full, the others by name; empty where there is none."""
    return "".join(f"{line}\n" for line in _lines(calls, width))


def _lines(calls: Sequence[OpenCall], width: int | None) -> Iterator[str]:
    whole, rest = cut_after(calls, WHOLE)
    for intent, told in whole:
        yield from painted(Line([span(_title(intent), bold=True, fg="red")]), width)
        for head, text in _rows(intent, told):
            yield from painted(Line([span(f"  {head:<18}"), span(one_line(text))], _MARGIN), width)
        for head, command in _commands(intent, told):
            yield f"  {head}:"
            yield f"    {command}"
        yield ""
    if rest.items:
        yield f"{rest.number} more open calls; each is explained by:"
        for intent, _ in rest.items:
            yield f"  {_explain_command(intent)}"


def _title(intent: OpenIntent) -> str:
    return f"Unknown: {one_line(str(intent.address))} ({intent.operation}, ledger entry {intent.serial})"


def _rows(intent: OpenIntent, told: "Explanation") -> Iterator[tuple[str, str]]:
    address = one_line(str(intent.address))
    yield "May have happened", f"{told.happened}; agencyfile does not know, and does not send it again"
    yield "Would have cost", _cost(intent, told)
    yield "Look here", told.where
    yield "Sign of it", told.sign
    yield "Meanwhile", f"nothing is sent for {address}; what does not depend on it goes on with the next apply"


def _commands(intent: OpenIntent, told: "Explanation") -> Iterator[tuple[str, str]]:
    """Each on a line of its own, whole, so that it can be copied; what acts again comes last."""
    address = one_line(str(intent.address))
    if told.is_shown:
        yield "Have the portal asked, and adopt what is there", "agencyfile ledger reconcile --wait"
    yield "You looked, and it has happened", f"agencyfile ledger resolve {address} --adopted"
    again = f" --again {told.again}" if told.again else ""
    then = "the next apply grants it once more" if told.again else "the next apply does it"
    yield f"You looked, and it has not ({then})", f"agencyfile ledger resolve {address} --absent{again}"


def _cost(intent: OpenIntent, told: "Explanation") -> str:
    card = f"{intent.price} on the card (list price)" if intent.price else "nothing on the card"
    return f"{card}; {told.cost}" if told.cost else card


def _explain_command(intent: OpenIntent) -> str:
    return f"agencyfile ledger reconcile --explain {one_line(str(intent.address))}"
