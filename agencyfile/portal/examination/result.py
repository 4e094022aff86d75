"""The result of an examination."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from agencyfile.portal.examination.asking import NOT_ASKED, Told


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of `account_list`, as far as it shows them (`docs/portal.md` 1.3).

    Attributes:
        first: the number of the first page; None where the list is empty, or its pages do not tell.
        size: rows on a page that another one follows; None where all rows are on one page.
        rows: rows on the first page.
        is_read: whether all pages that were asked for have come.
    """

    first: int | None = None
    size: int | None = None
    rows: int = 0
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """The portal's answers.

    Attributes:
        agency: the first answer of the agency API, or the one that left no hope.
        hub: the same of the Partners Hub.
        accounts: the same of each account's own API, by account name.
        pages: what the account list shows of its pages.
        clock: the portal's clock less this machine's; None where no answer told the time.
        requests: how many requests were sent.
    """

    agency: Told[Any] = NOT_ASKED
    hub: Told[Any] = NOT_ASKED
    accounts: Mapping[str, Told[Any]] = field(default_factory=dict)
    pages: Pages = Pages()
    clock: timedelta | None = None
    requests: int = 0
