"""Checks of declared sandboxes against the portal (`docs/portal.md` section 2.1)."""

from collections.abc import Iterator
from typing import Final

from agencyfile.kinds.account.hosted import hosted_rows
from agencyfile.kinds.adoption import RULES as ADOPTION_RULES
from agencyfile.kinds.adoption import adoption_checks
from agencyfile.kinds.finding import found
from agencyfile.kinds.name_checks import NAME_CHARACTERS, name_checks
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import held
from agencyfile.kinds.rows import AccountRow
from plan.diagnostic import Diagnostic, Severity
from plan.rule import Rule

SANDBOX_LIMIT: Final = 100  # contacts, and email sends (rule 3)

_SANDBOX_OVER_LIMIT: Final = Rule(
    "sandbox-over-limit",
    "a sandbox is over its limit",
    "remove them from the sandbox before the next snapshot is taken",
    "portal.md rule 3",
    Severity.WARNING,
)

RULES: Final = (*ADOPTION_RULES, _SANDBOX_OVER_LIMIT, NAME_CHARACTERS)


def sandbox_checks(view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report a full sandbox: it holds up to 100 contacts and sends up to 100 emails (rule 3)."""
    yield from adoption_checks(view.declared("sandbox"), live)
    yield from name_checks(view.declared("sandbox"), view, live)
    for resource in view.declared("sandbox"):
        row = held(resource, view.once(hosted_rows))
        for count, what in contents(row) if row else ():
            if count > SANDBOX_LIMIT:
                yield found(
                    _SANDBOX_OVER_LIMIT,
                    f"{resource.address} has {count} {what}; a sandbox is for {SANDBOX_LIMIT} at most (rule 3), "
                    "and snapshots copy what it holds.",
                    origin=resource.origin,
                    address=resource.address,
                )


def contents(row: AccountRow) -> tuple[tuple[int, str], ...]:
    """Return the counts that the portal reports of a sandbox (`docs/portal.md` 1.3)."""
    return (row.subscribers, "contacts"), (row.emails_sent, "email sends")
