"""The addresses and keys of the portal: those of the agency file, unless the environment names others."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.hosts import account_url, allowed_hosts, portal_url
from agencyfile.cli.render.safe import one_line
from plan import Secret
from plan.child_environment import SHARED_RATE_VARIABLE

if TYPE_CHECKING:
    from agencyfile.language import PortalSettings
    from agencyfile.portal import Endpoint, Limits

ACCOUNT_RATE = 5.0  # requests per second to one account's own API (docs/portal.md section 6)


def endpoint_of(portal: "PortalSettings", account_keys: Mapping[str, Secret] | None = None) -> "Endpoint":
    """Return the portal's addresses and keys; `account_keys` are for accounts' own APIs, by account name.

    Raises:
        CommandExit: a key is missing, or would be sent to a host that nobody allowed.
    """
    from agencyfile.portal import Endpoint  # noqa: PLC0415 - the provider is only for who speaks to a portal

    agency_key = key_of("AGENCYFILE_AGENCY_KEY") or portal.agency_key
    if agency_key is None:
        raise CommandExit(
            ExitCode.ERROR,
            "the key of the agency API is missing",
            fix="export AGENCYFILE_AGENCY_KEY=…, or AGENCYFILE_AGENCY_KEY_FILE=PATH",
        )
    shared = shared_rate()
    return Endpoint(
        agency_api=portal_url("AGENCYFILE_AGENCY_API", portal.agency_api),
        hub_api=portal_url("AGENCYFILE_HUB_API", portal.hub_api),
        agency_key=agency_key,
        hub_key=key_of("AGENCYFILE_HUB_KEY") or portal.hub_key,
        rate_limit=shared[0] if shared else number_of("AGENCYFILE_RATE_LIMIT", portal.rate_limit),
        rate_file=shared[1] if shared else None,
        first_page=None if portal.first_page == "auto" else portal.first_page,
        tier_field=portal.plan_tier_field,
        plan_ids=portal.plan_ids,
        account_api=account_url(portal.account_api),
        is_rehearsal=bool(os.environ.get("AGENCYFILE_ACCOUNT_API")),
        account_keys=account_keys or {},
        account_login=portal.account_login,
        fetch_account_keys=portal.fetch_account_keys,
        key_hosts=allowed_hosts(),
        account_rate_limit=number_of("AGENCYFILE_RATE_LIMIT", ACCOUNT_RATE),
        limits=_limits(),
        tell=_tell,
    )


def shared_rate() -> tuple[float, Path] | None:
    """Return the rate that a fleet gives to all agencies of a key, and the file by which they share it.

    Raises:
        CommandExit: `AGENCYFILE_SHARED_RATE` is no `RATE:FILE`.
    """
    text = os.environ.get(SHARED_RATE_VARIABLE)
    if not text:
        return None
    rate, _, path = text.partition(":")
    try:
        found = float(rate)
    except ValueError:
        found = 0.0
    if not (0 < found < float("inf") and Path(path).is_absolute()):
        raise CommandExit(
            ExitCode.USAGE, f"{SHARED_RATE_VARIABLE}={text!r} is no RATE:FILE, as in 5:/run/fleet/key.rate"
        )
    return found, Path(path)


def _limits() -> "Limits":
    """Return the limits of the portal's answers; only the environment raises them."""
    from agencyfile.portal import Limits  # noqa: PLC0415 - as above

    known = Limits()
    return Limits(
        answer_bytes=int(number_of("AGENCYFILE_LIMIT_BYTES", known.answer_bytes)),
        answer_seconds=number_of("AGENCYFILE_LIMIT_SECONDS", known.answer_seconds),
        pages=int(number_of("AGENCYFILE_LIMIT_PAGES", known.pages)),
        read_seconds=number_of("AGENCYFILE_LIMIT_READ", known.read_seconds),
    )


def _tell(line: str) -> None:
    click.echo(one_line(line), err=True)


def key_of(name: str) -> Secret | None:
    """Return the key that an environment variable, or the file that it names, holds.

    Raises:
        CommandExit: the file cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Secret(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandExit(
                ExitCode.ERROR, f"the file that {name}_FILE names cannot be read ({type(error).__name__})"
            ) from None
    text = os.environ.get(name, "").strip()
    return Secret(text) if text else None


def number_of(name: str, default: float, *, least: float | None = None) -> float:
    """Return the number that an environment variable holds, or the default.

    Raises:
        CommandExit: it holds something else.
    """
    text = os.environ.get(name)
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not (number > 0 or number == least) or number == float("inf"):
        raise CommandExit(ExitCode.USAGE, f"{name}={text!r} is not a number above 0")
    return number


def check_rehearsal(sent: Collection[str]) -> None:
    """Refuse to send the calls of accounts to the vendor while those of the agency go elsewhere.

    Raises:
        CommandExit: that would happen.
    """
    if sent and os.environ.get("AGENCYFILE_AGENCY_API"):
        raise CommandExit(
            ExitCode.REFUSED,
            f"AGENCYFILE_AGENCY_API is set, and {', '.join(sent)} would still go where the agency file says",
            fix="export AGENCYFILE_ACCOUNT_API too, as in http://127.0.0.1:8080/accounts/{account}",
        )
