"""Warnings about the recipients: nobody, everybody, or only others could open new passwords."""

import os
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from agencyfile.cli.agency_files import NAMES
from agencyfile.cli.beginning import IDENTITY
from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS
from agencyfile.web_origin import origin_or_none
from plan import Address, Kind, Plan
from plan.guards import shown_once
from plan.refusal import Refusal

VARIABLE: Final = "AGENCYFILE_IDENTITY"


def published_refusal(
    plan: Plan, kinds: Mapping[str, Kind], recipients: Collection[str], *, agency_api: str
) -> Refusal | None:
    """Refuse to seal a real password to the key of the examples, whose private half is published beside them."""
    created = shown_once(plan, kinds)
    found = sorted(PUBLISHED_RECIPIENTS.intersection(recipients))
    if not created or not found or _is_local(agency_api):
        return None
    return Refusal(
        rule="published-recipient",
        message=f"everybody can read the password of {created[0]}: {found[0]} is the key of agencyfile's own examples",
        fix="take it out of agency.credentials.recipients; agencyfile credentials keygen makes your own",
    )


def _is_local(url: str) -> bool:
    origin = origin_or_none(url)
    return origin is not None and origin.is_loopback


def identity_at_hand(folder: Path) -> Path | None:
    """The identity that this person would open passwords with: what is exported, or what `init` has written."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    usual = folder / IDENTITY
    return usual if usual.exists() else None


def reveal_command(address: Address, path: Path) -> str:
    """The command that opens the login of `address`; `path` is the agency file."""
    identity = identity_at_hand(path.parent) or "FILE"
    words = ["agencyfile", "credentials", "reveal", address.name, "--identity", str(identity)]
    return shlex.join([*words, *(() if str(path) in NAMES else ("-f", str(path)))])


def unreadable(plan: Plan, kinds: Mapping[str, Kind], recipients: Collection[str], folder: Path) -> str:
    """Why whoever runs this could not open the passwords of what the plan creates; empty where they could.

    In a CI job nobody shall be able to: there it is always empty.
    """
    if not recipients or os.environ.get("CI", "").lower() in {"true", "1"} or not shown_once(plan, kinds):
        return ""
    identity = identity_at_hand(folder)
    if identity is None:
        return (
            f"you have no identity at hand that opens the passwords of new accounts ({IDENTITY}, {VARIABLE}): "
            "make sure that somebody holds one of agency.credentials.recipients"
        )
    from agencyfile.vault import VaultError, opens_some  # noqa: PLC0415 - loads age

    try:
        opens = opens_some(tuple(recipients), identity)
    except VaultError as error:
        return f"whether you can open the passwords of new accounts is not known: {error}"
    if opens:
        return ""
    return f"{identity} opens none of the passwords of new accounts: they are sealed to other recipients"
