"""The hosts that may get keys: any address of the environment, and known hosts of the agency file.

Whoever edits the agency file in a pull request does not thereby choose where the pipeline's keys go. The gate
(`agencyfile.gate`) holds each request to the address that was admitted here.
"""

import os
from collections.abc import Collection, Mapping
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.web_origin import WebOrigin, web_origin

VENDOR_DOMAINS: Final = ("activecampaign.com", "app-us1.com")
ACCOUNT_DOMAINS: Final = ("activehosted.com", "api-us1.com")  # docs/portal.md 1.5 and section 3
HOSTS: Final = "AGENCYFILE_PORTAL_HOSTS"
_PLACE: Final = "{account}"
_SOME_NAME: Final = "name-of-an-account"  # stands for each of them while a pattern is read


def portal_url(name: str, declared: str) -> str:
    """The URL in the environment, or else the declared one.

    Raises:
        CommandExit: the one in the environment is none, or a key would go to a host that nobody allowed.
    """
    chosen = os.environ.get(name)
    if not chosen:
        check_declared({"the portal's keys": declared}, VENDOR_DOMAINS)
        return declared
    _check_chosen(name, chosen)
    return chosen


def account_url(declared: str) -> str:
    """As `portal_url`, for the accounts' own APIs."""
    name = "AGENCYFILE_ACCOUNT_API"
    chosen = os.environ.get(name)
    if not chosen:
        check_declared({"the keys of accounts": declared}, ACCOUNT_DOMAINS)
        return declared
    if _PLACE not in chosen:
        raise CommandExit(ExitCode.USAGE, f"{name}={chosen!r} has no {_PLACE} where the account's name belongs")
    _check_chosen(name, chosen)
    return chosen


def allowed_hosts() -> frozenset[str]:
    """The hosts that the environment allows keys to be sent to, beside the vendor's."""
    return frozenset(filter(None, (text.strip() for text in os.environ.get(HOSTS, "").split(","))))


def check_declared(urls: Mapping[str, str], domains: Collection[str]) -> None:
    """Nothing, when every URL of the agency file may be sent a key; `urls` are by what is sent there.

    Raises:
        CommandExit: one may not.
    """
    allowed = allowed_hosts()
    origins = {what: _declared(what, url) for what, url in urls.items()}
    strange = {what: found for what, found in origins.items() if not _is_known(found, domains, allowed)}
    if not strange:
        return
    sent = ", ".join(f"{what} to {_host(origin)}" for what, origin in strange.items())
    names = ",".join(sorted({_host(origin) for origin in strange.values()}))
    raise CommandExit(
        ExitCode.REFUSED,
        f"the agency file would send {sent}",
        fix=f"if that is meant, export {HOSTS}={names} where the keys are set",
    )


def _declared(what: str, url: str) -> WebOrigin:
    """The origin of a URL of the agency file; what the language refuses is refused here as well."""
    try:
        origin = web_origin(url.replace(_PLACE, _SOME_NAME))
    except ValueError as error:
        raise CommandExit(ExitCode.REFUSED, f"the address that {what} would go to cannot be used: {error}") from None
    if origin.is_loopback or origin.scheme != "https":
        raise CommandExit(ExitCode.REFUSED, f"{what} would go to {origin}, which only the environment may name")
    return origin


def _check_chosen(name: str, url: str) -> None:
    """An address of the environment may lead anywhere, in https or to this machine."""
    try:
        origin = web_origin(url.replace(_PLACE, _SOME_NAME))
    except ValueError as error:
        raise CommandExit(ExitCode.USAGE, f"{name} cannot be used: {error}") from None
    if origin.is_clear:
        raise CommandExit(ExitCode.REFUSED, f"{name} is not https: keys would travel to {origin.host} in clear")


def _is_known(origin: WebOrigin, domains: Collection[str], allowed: Collection[str]) -> bool:
    is_vendors = any(origin.host == domain or origin.host.endswith(f".{domain}") for domain in domains)
    return (is_vendors and origin.is_default_port) or _host(origin) in allowed


def _host(origin: WebOrigin) -> str:
    """The host, as in `AGENCYFILE_PORTAL_HOSTS`: with the port where it is not that of https."""
    host = origin.host.replace(_SOME_NAME, _PLACE)
    return host if origin.is_default_port else f"{host}:{origin.port}"
