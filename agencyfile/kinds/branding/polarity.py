"""The polarity of a branding's flags: a 1 shows what it names, or hides it. Sources differ (`docs/portal.md` 8, R13).

No answer of the portal tells, so the settings say it. Until they do, a 1 is assumed to show, as the description of
version 3 has it, and a plan that sends a flag says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from agencyfile.kinds.branding.fields import FLAGS, OPENING, SHOWN
from agencyfile.kinds.branding.operations import EDIT
from agencyfile.kinds.finding import found
from plan.change import PlannedChange
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Resource
from plan.rule import Rule

POLARITY_ASSUMED: Final = Rule(
    "branding-flags-assumed",
    "whether a 1 shows or hides is not known",
    "look at one branded account, then set agency.portal.branding_flags to one-shows or one-hides",
    "portal.md section 8",
    Severity.WARNING,
)


def with_polarity(resources: Iterable[Resource], told: str | None) -> tuple[Resource, ...]:
    """Return the resources, with the polarity on each branding whose flags are sent, if the settings tell it.

    The ledger keeps it with what was sent: where the settings change, the branding is sent anew.
    """
    return tuple(_told(one, told) if told and one.address.kind == "branding" else one for one in resources)


def assumed(steps: Iterable[PlannedChange], told: str | None) -> Iterator[Diagnostic]:
    """Yield one warning if a plan sends flags, and the settings do not tell their polarity."""
    brandings = [step.change for step in steps if any(call.operation == EDIT.name for call in step.calls)]
    sent = [change for change in brandings if change.attributes.keys() & SHOWN.keys()]
    if told is not None or not sent:
        return
    first, more = sent[0], f" and {len(sent) - 1} more" if len(sent) > 1 else ""
    flags = ", ".join(sorted(SHOWN.keys() & first.attributes.keys()))
    detail = (
        f"{first.address}{more}: {flags} of a branding. A 1 is taken to show what it names. A source of 2013 has it "
        "the other way round, and no answer of the portal tells."
    )
    yield found(POLARITY_ASSUMED, detail, origin=first.origin, address=first.address)


def _told(branding: Resource, told: str) -> Resource:
    words = branding.attributes
    is_sent = words.keys() & OPENING and words.keys() & SHOWN.keys()
    return replace(branding, attributes={**words, FLAGS: told}) if is_sent else branding
