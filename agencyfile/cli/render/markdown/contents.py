"""The content of templates that differs from the base, as a diff."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Final

from agencyfile.cli.render.excerpt import cut_after, fits
from agencyfile.cli.render.markdown.text import details, diff
from agencyfile.cli.render.safe import shortened
from plan.records.document import PlanDocument
from plan.records.request import ContentChangeRecord

_MOST_LINES: Final = 120
_UNFOLDED: Final = 40  # lines that are shown without a click
_MOST_TEMPLATES: Final = 10
_LINE: Final = 300  # characters of one line of HTML


def contents(document: PlanDocument) -> str:
    """Each template's HTML, before and after, folded."""
    found = document["request"]["contents"] if document["request"] else []
    shown, rest = cut_after(found, _MOST_TEMPLATES)
    if not shown:
        return ""
    lines = [line for content in shown for line in difference(content)]
    body = "\n\n".join(filter(None, [diff(lines), rest.words]))
    return f"The HTML that changes:\n\n{body}" if fits(lines, _UNFOLDED) else details("The HTML that changes", body)


def difference(content: ContentChangeRecord) -> Iterator[str]:
    """Return the lines that differ, with a few around them; each begins with `@@`, a sign or a blank."""
    before, after = ((text or "").splitlines() for text in (content["before"], content["after"]))
    yield f"@@ {content['address']} @@"
    found = [line for line in unified_diff(before, after, lineterm="", n=1) if not line.startswith(("---", "+++"))]
    shown, rest = cut_after(found, _MOST_LINES)
    yield from (shortened(line, _LINE) for line in shown)
    if rest.items:
        yield f"@@ {rest.words} @@"
