"""The portal's readings in plans and applies: compared with what the ledger knows, written down when they are new."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agencyfile.cli.lease import holder
from plan import Diagnostic, History
from plan.ledger import Draft, EntryType
from plan.ledger.observed import Observed
from plan.resource import Reading
from plan.rules import reading_changed

ACCEPT: Final = "see that this is your portal and that the next plan is right, then: agencyfile doctor --remember"


def clear_readings(seen: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return the readings of questions that the portal answered in one way."""
    return {question: readings[0] for question, readings in seen.items() if len(readings) == 1}


def with_changed_readings(reading: Reading, history: History) -> Reading:
    """Return `reading` with a warning for each question that the portal answers differently from before."""
    return replace(reading, diagnostics=(*reading.diagnostics, *_changed(history, reading.observed)))


def _changed(history: History, seen: Mapping[str, Sequence[str]]) -> Iterator[Diagnostic]:
    recorded = history.observed or Observed()
    for change in recorded.changes(clear_readings(seen)):
        yield replace(reading_changed(*change), fix=ACCEPT)


def new_readings(history: History, seen: Mapping[str, Sequence[str]]) -> tuple[Draft, ...]:
    """Return the entry about questions of which the ledger knows no reading. A person accepts a changed one."""
    news = (history.observed or Observed()).news(clear_readings(seen))
    if not news:
        return ()
    return ((EntryType.OBSERVED, None, Observed(news, by=holder()).body()),)
