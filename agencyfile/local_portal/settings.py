"""The settings of a local portal: every value that no public source states (docs/portal.md section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agencyfile.local_portal.catalogue import Plan
from agencyfile.local_portal.dialect import BadReading, Dialect, dialect_named, name_of, readings_of, with_readings

# What can be changed while a portal runs.
_SWITCHES = ("account_login",)
_NUMBERS = ("account_rate_limit", "domain_time", "latency", "provisioning", "rate_limit", "seat_price", "snapshot_time")
_CHANGEABLE = (*_SWITCHES, *_NUMBERS)
_DIALECT, _READINGS = "dialect", "readings"
_WHOLE = ("seat_price",)
_OPTIONAL = ("account_rate_limit", "rate_limit")
_TOO_LARGE = 10**9


class BadSettings(ValueError):
    """A setting that no portal can be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The choices of a local portal's operator.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 chooses a free one.
        data: Folder that keeps the database and the keys; nothing is kept without one.
        rate_limit: API requests a second before 429 is answered; unlimited when None.
        latency: Seconds every API request waits before it is looked at.
        faults: File with the faults to start with (the JSON of ``POST /_portal/faults``).
        page_size: Rows on a page of ``account_list``; not published (docs/portal.md 1.3).
        first_page: Number of the first page of ``account_list``; not published (docs/portal.md 1.3).
        provisioning: Seconds an account stays ``creating``; not published (docs/portal.md 6).
        snapshot_time: Seconds until a snapshot is complete; not published (docs/portal.md 6).
        domain_time: Seconds until an allowed domain of contacts works; up to an hour at an operator (docs/portal.md 5).
        account_rate_limit: Requests a second to the API of one account, both versions together, before 429 is answered;
            the vendor lets 5 through (docs/portal.md 6), here they are unlimited when None.
        account_login: Whether the first version of an account's API takes its user and password; whether that works
            today is not known (docs/portal.md section 3).
        seat_price: What the card is charged for one seat of conversations, in whole US dollars; no source says.
        dialect: How the portal reads each question on which sources differ (docs/portal.md section 8).
        catalogue: The plans that are sold; the made-up ones of ``catalogue.py`` without any.
        control_key: What the control API asks for, in the header ``x-portal-key``; with one, there are no pages for
            people. Nothing is asked for without one, which is right while a portal holds made-up data alone.
        agency_key: Key of the agency API; kept from before, or random, when None.
        hub_key: Key of the Partners Hub API; kept from before, or random, when None.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data: Path | None = None
    rate_limit: float | None = None
    latency: float = 0.0
    faults: Path | None = None
    page_size: int = 100
    first_page: int = 1
    provisioning: float = 1.0
    snapshot_time: float = 1.0
    domain_time: float = 1.0
    account_rate_limit: float | None = None
    account_login: bool = True
    seat_price: int = 0
    dialect: Dialect = field(default_factory=Dialect)
    catalogue: tuple[Plan, ...] = field(default=(), repr=False)
    control_key: str | None = field(default=None, repr=False)
    agency_key: str | None = field(default=None, repr=False)
    hub_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """The addresses and keys of a portal that runs inside this process.

    ``account_api`` is a pattern: with a name in the place of ``{account}`` it is the base of that account's own API.
    """

    url: str
    agency_api: str
    hub_api: str
    agency_key: str = field(repr=False)
    hub_key: str = field(repr=False)
    account_api: str


def changed_settings(settings: Settings, value: Any) -> Settings:
    """Return settings with some of them changed.

    ``dialect`` names a preset, and ``readings`` changes single readings of that dialect, or of the one before.

    Raises:
        BadSettings: The value is no map of settings that can be changed while a portal runs.
    """
    names = (*_CHANGEABLE, _DIALECT, _READINGS)
    if not isinstance(value, Mapping) or value.keys() - set(names):
        raise BadSettings(f"Settings are a map of {', '.join(names)}.")
    plain = {name: each for name, each in value.items() if name in _CHANGEABLE}
    for name, each in plain.items():
        if problem := _problem(name, each):
            raise BadSettings(f"{name} must be {problem}.")
    return replace(settings, dialect=_changed_dialect(settings.dialect, value), **plain)


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that can be changed while a portal runs."""
    spoken = {_DIALECT: name_of(settings.dialect), _READINGS: readings_of(settings.dialect)}
    return {name: getattr(settings, name) for name in _CHANGEABLE} | spoken


def _changed_dialect(dialect: Dialect, value: Mapping[str, Any]) -> Dialect:
    readings = value.get(_READINGS, {})
    if not isinstance(readings, Mapping):
        raise BadSettings(f"{_READINGS} must be a map of questions and their readings.")
    try:
        begun = dialect_named(str(value[_DIALECT])) if _DIALECT in value else dialect
        return with_readings(begun, readings)
    except BadReading as error:
        raise BadSettings(str(error)) from None


def _problem(name: str, value: Any) -> str | None:
    if name in _SWITCHES:
        return None if isinstance(value, bool) else "true or false"
    if value is None and name in _OPTIONAL:
        return None
    kind = int if name in _WHOLE else int | float
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    is_right = is_number and 0 <= value < _TOO_LARGE
    words = "a whole number" if name in _WHOLE else "a number"
    return None if is_right else f"{words}, not below 0"
