"""The message of `agency.notify`, in the form `json`."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

from plan.records.form import AddressText, Count, MoneyText, TimeText

Event: TypeAlias = Literal["plan", "apply", "drift", "unknown"]


class NotifiedChange(TypedDict):
    """One object that a run plans to change, has changed, or found changed."""

    address: AddressText
    what: str
    """The verb, or the attribute that drifted."""


class NotifiedMoney(TypedDict):
    """Sums by list prices, one for each currency."""

    now: list[MoneyText]
    """Charged at once: by the plan, or confirmed in the apply."""
    per_month: list[MoneyText]
    """The difference per month."""


class Notification(TypedDict):
    """One message about one run. It holds no secret, no HTML of a template and no address of a client."""

    format_version: Literal["1.0"]
    id: str
    """The same in each try to deliver this message."""
    event: Event
    agency: str
    time: TimeText
    """When the run ended."""
    title: str
    """One line for a person."""
    rehearsal: bool
    """Was it a run against another portal than the vendor's?"""
    exit_code: Count
    digest: str | None
    """Digest of the plan; null where there is none."""
    run: str | None
    """Address of the run in CI; null elsewhere."""
    summary: Mapping[str, Count]
    """Numbers of changes by verb, manual steps, drift and the like."""
    money: NotifiedMoney
    refusals: list[str]
    """Guards that an apply of the plan does not pass."""
    unknown: list[AddressText]
    """Objects whose last call has no known outcome."""
    changes: list[NotifiedChange]
    """The first of the changes."""
    more_changes: Count
    """How many there are besides."""
