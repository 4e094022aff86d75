"""Fixes for the engine's errors and refusals that are commands or flags of this command line."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from agencyfile.cli.exit_codes import CommandExit
from plan import LeaseHeld, PlanError
from plan.refusal import Refusal

_OF_ERRORS: Final[Mapping[str, str]] = {
    "no-plan-document": "make one: agencyfile plan --out plan.json",
    "older-ledger": (
        "put the newest copy back; if this one must do, look at the portal first, then: "
        'agencyfile ledger accept --reason "WHY"'
    ),
}
_OF_REFUSALS: Final[Mapping[str, Callable[[Refusal], str]]] = {
    "share-of-changes": lambda refusal: (
        f"look for a change that was not meant; if all of it is: --max-changed-share {refusal.needed}"
    ),
    "no-recipients": lambda _: (
        "declare agency.credentials.recipients (an age public key): agencyfile credentials keygen makes one"
    ),
}


def fix_of(error: CommandExit | PlanError) -> str:
    """Return what to do about an error."""
    if isinstance(error, CommandExit):
        return error.fix
    if isinstance(error, LeaseHeld):
        return f"wait (--lock-timeout), or if that run is surely dead: agencyfile lock break {error.lease.id}"
    return _OF_ERRORS.get(error.id, error.fix)


def with_fix(refusal: Refusal) -> Refusal:
    """Return the refusal with what to do about it."""
    known = _OF_REFUSALS.get(refusal.rule)
    return replace(refusal, fix=known(refusal)) if known else refusal
