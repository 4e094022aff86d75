"""Pages of a list."""

from __future__ import annotations

from agencyfile.local_portal.pages.forms import link
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.visit import Visit
from agencyfile.local_portal.shapes import parse_number

_LAST = 10**9


def read_page(visit: Visit) -> int:
    """Return the number of the page that is asked for; the first one where that makes no sense."""
    return max(1, min(parse_number(visit.query.get("page", "")) or 1, _LAST))


def page_links(address: str, page: int, total: int, size: int) -> Markup | None:
    """Return the links to the pages before and after one; nothing where there is one page."""
    last = max(1, -(-total // size))
    if last == 1 and page == 1:
        return None
    mark = "&" if "?" in address else "?"
    place = element("p", f"Page {page:,} of {last:,}")
    before = link("Previous page", f"{address}{mark}page={page - 1}") if page > 1 else None
    after = link("Next page", f"{address}{mark}page={page + 1}") if page < last else None
    return element("nav", before, place, after, class_="pages", aria_label="Pages")
