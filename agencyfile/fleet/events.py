"""The events of a run, as either engine tells them: what has come of an agency, and when it began or waits."""

from dataclasses import dataclass
from typing import TypeAlias

from agencyfile.fleet.child import Ended
from agencyfile.fleet.model import Agency
from agencyfile.fleet.records import AgencyRunRecord
from plan.records.event import EventRecord


@dataclass(frozen=True, slots=True)
class Started:
    """A child runs."""

    agency: Agency
    wave: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Told:
    """A child has printed an event."""

    agency: Agency
    event: EventRecord


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody else writes to the agency's ledger: its child is started again after so many seconds."""

    agency: Agency
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Done:
    """An agency is through, for better or worse."""

    agency: Agency
    wave: str
    attempts: int
    ended: Ended


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An agency is not started."""

    agency: Agency
    wave: str
    reason: str
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing was said for a moment; a view that shows the time may be drawn again."""


@dataclass(frozen=True, slots=True)
class Written:
    """A worker on some machine has written what has come of an agency."""

    agency: Agency
    record: AgencyRunRecord


Event: TypeAlias = Started | Told | Waits | Done | LeftOut | Quiet | Written
