"""The document of `agencyfile doctor` as text for a terminal."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from agencyfile.cli.doctor.records import CheckRecord, DoctorDocument, ReadingRecord
from agencyfile.cli.render.folding import Line, Span, painted, span, widest
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line

_STATES: Final = {"ok": "ok", "note": "note", "problem": "PROBLEM", "unknown": "?"}
_COLORS: Final = {"ok": "green", "note": "yellow", "problem": "red", "unknown": "cyan"}
_READINGS: Final = {"not-seen": None, "seen": "green", "changed": "yellow", "mixed": "yellow"}
_TOPICS: Final = {
    "agencyfile": "This machine",
    "file": "Agency file",
    "git": "Git",
    "ledger": "Ledger",
    "passwords": "Passwords",
    "portal": "Portal",
    "pipelines": "Pipelines",
}
_STATE: Final = 9  # columns
_MOST: Final = 24  # columns of a subject; a longer one pushes its words on
_EMPTY: Final = Line(())


def render_doctor(document: DoctorDocument, *, width: int | None) -> str:
    """Render every check by topic, the readings of the portal, and what it comes to. `width` is the terminal's."""
    return "".join(f"{text}\n" for line in _lines(document) for text in painted(line, width))


def _lines(document: DoctorDocument) -> Iterator[Line]:
    name = document["agency"] or "no agency file"
    yield Line([span(f"agencyfile doctor · {one_line(name)}", bold=True)])
    subjects = min(_MOST, widest(one_line(check["subject"]) for check in document["checks"]))
    for topic, checks in groupby(document["checks"], key=lambda check: check["topic"]):
        yield _EMPTY
        yield Line([span(_TOPICS[topic], bold=True)])
        for check in checks:
            yield from _check(check, subjects)
    yield _EMPTY
    yield Line([span("Readings of the portal (docs/portal.md, section 8)", bold=True)], 2)
    yield from _readings(document["readings"])
    yield _EMPTY
    yield from _sum(document)


def _check(check: CheckRecord, subjects: int) -> Iterator[Line]:
    state = check["state"]
    left = 2 + _STATE + subjects + 2
    words = f"{one_line(check['subject']):<{subjects}}  {one_line(check['words'])}"
    yield Line([span(f"  {_STATES[state]:<{_STATE}}", fg=_COLORS[state], bold=state == "problem"), Span(words)], left)
    if check["fix"] and state != "ok":
        yield Line([Span(f"{' ' * left}fix: {one_line(check['fix'])}")], left + 5)


def _readings(readings: list[ReadingRecord]) -> Iterator[Line]:
    names, words = widest(each["question"] for each in readings), widest(map(_shown, readings))
    for each in readings:
        number = Span(f"  {each['number']:<3}  {each['question']:<{names}}  ")
        shown = span(f"{_shown(each):<{words}}", fg=_READINGS[each["state"]])
        yield Line([number, shown, Span(f"  {each['asks']}{_before(each)}")], 9 + names + words)


def _shown(reading: ReadingRecord) -> str:
    return " and ".join(reading["readings"]) or "not seen yet"


def _before(reading: ReadingRecord) -> str:
    known = reading["recorded"]
    if known is None or reading["readings"] == [known]:
        return ""
    return f" (the ledger knows: {one_line(known)})"


def _sum(document: DoctorDocument) -> Iterator[Line]:
    summary = document["summary"]
    notes = f", {count(summary['note'], 'note')}" if summary["note"] else ""
    unknown = f", {summary['unknown']} not known" if summary["unknown"] else ""
    if summary["problem"]:
        yield Line([span(f"{count(summary['problem'], 'problem')}{notes}{unknown}.", fg="red", bold=True)])
    else:
        yield Line([span(f"No problem{notes}{unknown}.", fg="green", bold=True)])
