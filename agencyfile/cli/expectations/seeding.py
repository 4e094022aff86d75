"""The portal of a case, in the words of the local portal's seeds and prices."""

from collections.abc import Mapping
from typing import Any, Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode

_WORDS: Final = {"notification": "notification", "language": "language", "timezone": "timezone", "status": "status"}
_OF_ACCOUNTS: Final = {
    **_WORDS,
    "domain": "cname",
    "country": "country",
    "currency": "currency",
    "snapshot": "snapshot",
    "expires": "expire",
    "plan": "plan",
}
_SANDBOX: Final = {"tier": "sandbox"}


def seed_of(portal: Mapping[str, Any]) -> dict[str, Any]:
    """Return the seed of the local portal that holds what a case says."""
    accounts = [
        {"account": name, **_client(words), **_renamed(words, _OF_ACCOUNTS)}
        for name, words in portal.get("accounts", {}).items()
    ]
    sandboxes = [
        {"account": name, **_client(words), **_renamed(words, _WORDS), "plan": _SANDBOX}
        for name, words in portal.get("sandboxes", {}).items()
    ]
    snapshots = [{"name": name, "source": words["sandbox"]} for name, words in portal.get("snapshots", {}).items()]
    return {"accounts": [*sandboxes, *accounts], "snapshots": snapshots, "taken": list(portal.get("taken", ()))}


def prices_of(portal: Mapping[str, Any]) -> dict[str, int]:
    """Return the prices that a case says, by the local portal's numbers of plans.

    Raises:
        CommandExit: the local portal sells no such plan.
    """
    return {str(_plan_id(words)): price for words, price in portal.get("prices", {}).items()}


def _plan_id(words: str) -> int:
    from agencyfile.local_portal.catalogue import BILLING, plan_for  # noqa: PLC0415 - only a case with prices needs it

    tier, _, rest = words.partition("/")
    billing, _, contacts = rest.partition("/")
    found = plan_for(tier, BILLING[billing], int(contacts)) if contacts else None
    if found is None or found.contacts != int(contacts):
        raise CommandExit(ExitCode.ERROR, f"the local portal sells no plan {words}")
    return found.planid


def _client(words: Mapping[str, Any]) -> dict[str, str]:
    return {f"client_{word}": text for word, text in words.get("client", {}).items()}


def _renamed(words: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[word]: value for word, value in words.items() if word in names}
