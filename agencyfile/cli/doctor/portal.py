"""The portal's answers, as lines of the table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from agencyfile.cli.doctor.addresses import PortalAddresses
from agencyfile.cli.doctor.lines import line
from agencyfile.cli.doctor.records import CheckId, CheckRecord, Code, PortalRecord, ReadingRecord, ReadingState
from agencyfile.cli.portal_readings import ACCEPT
from plan.ledger.observed import Observed

if TYPE_CHECKING:
    from agencyfile.portal.examination.asking import Told
    from agencyfile.portal.examination.result import Examination
    from agencyfile.portal.observations import Observation, Observations

_CLOSE: Final = 60  # seconds between two clocks that do no harm
_NAMED: Final = 3

_MAY_BE_BOTH: Final = ("name-characters",)  # names of both forms contradict nothing

# What each result means for people; the words of the answer follow.
_FINDINGS: Final = {
    "limited": "asks for a pause, so whether the key works is not known",
    "web-page": "answers with a web page, such as a login page, instead of an answer of the API",
    "redirected": "redirects elsewhere",
    "failed": "fails",
    "foreign": "answers with something that is not an answer of this API",
    "slow": "does not answer in time",
    "broken": "breaks the connection off",
    "down": "cannot be reached",
    "refused": "refuses the key",
}


def check_portal_answers(found: "Examination", asked: PortalAddresses) -> Iterator[CheckRecord]:
    """Return the lines about keys, the clock and pages; those without a key have theirs already."""
    if asked.has_agency_key:
        yield _key("agency-api", "agency API", found.agency)
    if asked.endpoint.hub_key:
        yield _key("hub-api", "Partners Hub", found.hub)
    for name, told in found.accounts.items():
        yield _key("account-api", f"account.{name}", told)
    yield _clock(found)
    yield _pages(found)


def _key(check: CheckId, subject: str, told: "Told[Any]") -> CheckRecord:
    code: Code = told.reach.value
    if told.reach.is_answer:
        return line(check, "ok", code, subject, "the key works")
    if code == "not-asked":
        words = f"not asked: {told.words or 'the time for this examination was over'}"
        return line(check, "unknown", code, subject, words, told.fix or "try again, with a longer --timeout")
    words = f"{_FINDINGS[code]} ({told.words})" if told.words else _FINDINGS[code]
    return line(check, "problem", code, subject, words, told.fix or "try again later")


def _clock(found: "Examination") -> CheckRecord:
    if found.clock is None:
        return line("clock", "unknown", "not-seen", "clock", "no answer told the time")
    seconds = round(found.clock.total_seconds())
    if abs(seconds) <= _CLOSE:
        return line("clock", "ok", "well", "clock", f"differs from the portal's by {abs(seconds)} s")
    words = f"the portal's clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} this machine's"
    return line("clock", "problem", "differs", "clock", words, "set this machine's clock: leases and waits go by it")


def _pages(found: "Examination") -> CheckRecord:
    pages = found.pages
    if pages.first is None:
        words = "it is empty, and shows nothing of its pages" if found.pages.is_read else "its pages were not seen"
        return line("account-list", "unknown", "not-seen", "account list", words)
    size = f"{pages.size} rows on a page" if pages.size else f"all {pages.rows} rows on one page"
    return line("account-list", "ok", "well", "account list", f"pages count from {pages.first}, {size}")


def reading_records(observations: "Observations", recorded: Observed) -> list[ReadingRecord]:
    """Return every question, with what was seen now and what the ledger knows."""
    return [_reading(seen, recorded.readings.get(seen.question.id)) for seen in observations.table()]


def _reading(seen: "Observation", recorded: str | None) -> ReadingRecord:
    return {
        "question": seen.question.id,
        "number": seen.question.number,
        "asks": seen.question.asks,
        "readings": list(seen.readings),
        "recorded": recorded,
        "state": _state(seen, recorded),
    }


def _state(seen: "Observation", recorded: str | None) -> ReadingState:
    if seen.is_mixed and seen.question.id not in _MAY_BE_BOTH:
        return "mixed"
    if not seen.readings:
        return "not-seen"
    return "seen" if recorded is None or recorded in seen.readings else "changed"


def check_readings(readings: list[ReadingRecord]) -> CheckRecord:
    """Return what the readings come to: seen, contradicting each other, or different from before."""
    seen = sum(bool(each["readings"]) for each in readings)
    mixed = [each["question"] for each in readings if each["state"] == "mixed"]
    if mixed:
        words = f"the portal contradicts itself: {', '.join(mixed[:_NAMED])}"
        fix = "send the maintainers a report: agencyfile doctor --report FILE"
        return line("readings", "problem", "mixed", "readings", words, fix)
    changed = [each for each in readings if each["state"] == "changed"]
    if changed:
        told = (f"{each['question']} was {each['recorded']}, is {each['readings'][0]}" for each in changed[:_NAMED])
        words = f"the portal has changed its reading: {'; '.join(told)}"
        return line("readings", "problem", "changed", "readings", words, ACCEPT)
    known = sum(each["recorded"] is not None for each in readings)
    words = f"{seen} of {len(readings)} questions are answered; the ledger knows {known}"
    return line("readings", "ok" if seen else "unknown", "well" if seen else "not-seen", "readings", words)


def portal_record(found: "Examination") -> PortalRecord:
    """Return the figures."""
    return {
        "first_page": found.pages.first,
        "page_size": found.pages.size,
        "clock_seconds": None if found.clock is None else round(found.clock.total_seconds()),
        "requests": found.requests,
    }
