"""The portal's addresses and keys for an examination: each part that cannot be used is a line, and the rest goes on."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from agencyfile.cli.doctor.basics import AgencyFileFound
from agencyfile.cli.doctor.lines import line
from agencyfile.cli.doctor.records import CheckId, CheckRecord, Code, State
from agencyfile.cli.endpoints import ACCOUNT_RATE, key_of, number_of
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.hosts import ACCOUNT_DOMAINS, account_url, check_declared, portal_url
from agencyfile.cli.workspace import Workspace
from agencyfile.web_origin import origin_or_none
from plan import Secret

if TYPE_CHECKING:
    from agencyfile.kinds.agency.settings import PortalSettings
    from agencyfile.portal import Endpoint

T = TypeVar("T")

_NOT_THE_VENDORS = "https://agencyfile.invalid"  # RFC 6761: nothing answers there, should it ever be asked


@dataclass(slots=True)
class _Parts:
    """Reads parts; what cannot be used becomes a line."""

    lines: list[CheckRecord] = field(default_factory=list)

    def part(self, check: CheckId, subject: str, read: Callable[[], T], code: Code = "not-allowed") -> T | None:
        try:
            return read()
        except CommandExit as error:
            self.lines.append(line(check, "problem", code, subject, f"not asked: {error.message}", error.fix))
            return None

    def without_key(self, check: CheckId, state: State, subject: str, words: str, fix: str) -> None:
        self.lines.append(line(check, state, "no-key", subject, words, fix))


@dataclass(frozen=True, slots=True)
class PortalAddresses:
    """The endpoint of an examination. `is_local`: the agency API is on this machine, so nothing real is created."""

    endpoint: "Endpoint"
    lines: tuple[CheckRecord, ...]
    is_local: bool

    @property
    def has_agency_key(self) -> bool:
        """Return whether the agency API is asked."""
        return bool(self.endpoint.agency_key.reveal())


def portal_addresses(found: AgencyFileFound) -> PortalAddresses:
    """Return the endpoint of an examination. A key that may not be sent, or is missing, is not in it."""
    from agencyfile.language import PortalSettings  # noqa: PLC0415 - heavy
    from agencyfile.portal import Endpoint  # noqa: PLC0415 - as above

    portal = found.workspace.agency_file.settings.portal if found.workspace else PortalSettings()
    parts = _Parts()
    agency_api, agency_key = _agency(parts, portal, has_keys=found.has_all_keys)
    hub_api, hub_key = _hub(parts, portal, has_keys=found.has_all_keys)
    pattern = parts.part("account-api", "accounts' APIs", lambda: account_url(portal.account_api))
    urls = _account_urls(parts, found.workspace) if pattern else {}
    keys = found.workspace.agency_file.account_keys if found.workspace and found.has_all_keys else {}
    endpoint = Endpoint(
        agency_api=agency_api or _NOT_THE_VENDORS,
        hub_api=hub_api or _NOT_THE_VENDORS,
        agency_key=agency_key or Secret(""),
        hub_key=hub_key,
        rate_limit=_rate(portal.rate_limit),
        tier_field=portal.plan_tier_field,
        account_api=pattern or f"{_NOT_THE_VENDORS}/{{account}}",
        is_rehearsal=bool(os.environ.get("AGENCYFILE_ACCOUNT_API")),
        account_keys={name: key for name, key in keys.items() if name in urls},
        account_urls=urls,
        account_rate_limit=_rate(ACCOUNT_RATE),
    )
    origin = origin_or_none(agency_api or "")
    return PortalAddresses(endpoint, tuple(parts.lines), origin is not None and origin.is_loopback)


def _agency(parts: _Parts, portal: "PortalSettings", *, has_keys: bool) -> tuple[str | None, Secret | None]:
    check: CheckId = "agency-api"
    subject = "agency API"
    url = parts.part(check, subject, lambda: portal_url("AGENCYFILE_AGENCY_API", portal.agency_api))
    key = parts.part(check, subject, lambda: key_of("AGENCYFILE_AGENCY_KEY"), "no-key")
    key = key or (portal.agency_key if has_keys else None)
    if key is None and not parts.lines:
        fix = "export AGENCYFILE_AGENCY_KEY=…, or AGENCYFILE_AGENCY_KEY_FILE=PATH"
        parts.without_key(check, "problem", subject, "there is no key", fix)
    return url, key if url else None


def _hub(parts: _Parts, portal: "PortalSettings", *, has_keys: bool) -> tuple[str | None, Secret | None]:
    check: CheckId = "hub-api"
    subject = "Partners Hub"
    before = len(parts.lines)
    url = parts.part(check, subject, lambda: portal_url("AGENCYFILE_HUB_API", portal.hub_api))
    key = parts.part(check, subject, lambda: key_of("AGENCYFILE_HUB_KEY"), "no-key")
    key = key or (portal.hub_key if has_keys else None)
    if key is None and len(parts.lines) == before:
        words = "there is no key: snapshots, and accounts with a country, need one"
        parts.without_key(check, "note", subject, words, "export AGENCYFILE_HUB_KEY=…, or AGENCYFILE_HUB_KEY_FILE=PATH")
    return url, key if url else None


def _account_urls(parts: _Parts, workspace: Workspace | None) -> Mapping[str, str]:
    """Return the addresses of accounts' own APIs that a key may be sent to."""
    urls = workspace.account_urls() if workspace else {}
    if os.environ.get("AGENCYFILE_ACCOUNT_API"):
        return {address.name: url for address, url in urls.items()}
    found = {
        address.name: parts.part("account-api", str(address), partial(_allowed, f"the key of {address}", url))
        for address, url in urls.items()
    }
    return {name: url for name, url in found.items() if url}


def _allowed(what: str, url: str) -> str:
    check_declared({what: url}, ACCOUNT_DOMAINS)
    return url


def _rate(default: float) -> float:
    try:
        return number_of("AGENCYFILE_RATE_LIMIT", default)
    except CommandExit:  # the line of the environment says so
        return default
