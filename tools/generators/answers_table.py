"""The table of `docs/guarantees.md`: which answers to a call count, written from the code that judges them."""

from pathlib import Path
from typing import Final

from agencyfile.kinds import OPERATIONS
from agencyfile.kinds.operation import Api, Operation

PAGE: Final = Path(__file__).parents[2] / "docs" / "guarantees.md"
BEGIN: Final = "<!-- begin: written by tools/generators -->\n"
END: Final = "<!-- end -->\n"

_APIS: Final = {
    Api.AGENCY: "agency API",
    Api.HUB: "Partners Hub",
    Api.ACCOUNT_V1: "account, v1",
    Api.ACCOUNT_V3: "account, v3",
}


def guarantees_page() -> str:
    """The page with its table as the code has it."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{_table()}\n{END}{rest.partition(END)[2]}"


def _table() -> str:
    head = "| call | API | again would be | a yes | a no | what shows it |\n|---|---|---|---|---|---|\n"
    apis = tuple(Api)
    return head + "".join(map(_row, sorted(OPERATIONS.values(), key=lambda each: apis.index(each.api))))


def _row(operation: Operation) -> str:
    unseen = "not needed: it is sent again" if operation.seen is None else "nothing: a person"
    shown = ", ".join(operation.signals) or unseen
    cells = (f"`{operation.name}`", _APIS[operation.api], operation.again, _yes(operation), _no(operation), shown)
    return f"| {' | '.join(cells)} |\n"


def _yes(operation: Operation) -> str:
    if operation.api.has_envelope:
        named = ", naming the account" if operation.names_account else ""
        return f"{operation.done}, `result_code` 1{named}"
    if operation.api is Api.HUB:
        return f"{operation.done}, no body or one with `{operation.shows}`"
    return f"{operation.done} with `{operation.shows}`"


def _no(operation: Operation) -> str:
    statuses = ", ".join(map(str, operation.refused))
    if operation.api.has_envelope:
        return f"{statuses}, `result_code` 0 with words"
    return f"{statuses}, the documented error"
