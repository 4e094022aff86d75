"""The documents of `agencyfile doctor`: what `--json` prints, and what `--report` writes.

The report is made of the types below and of nothing else. Each text in it is one of a fixed list of words or has a
narrow pattern, so that no name, address or key can be in it, wherever it may come from.
"""

from typing import Annotated, Literal, TypeAlias, TypedDict

from plan.records.form import Count, Form, Named, TimeText

State: TypeAlias = Literal["ok", "note", "problem", "unknown"]

Topic: TypeAlias = Literal["agencyfile", "file", "git", "ledger", "passwords", "portal", "pipelines"]

CheckId: TypeAlias = Literal[
    "version",
    "environment",
    "agency-file",
    "git-repository",
    "git-committed",
    "git-secrets",
    "ledger",
    "ledger-open-calls",
    "ledger-marks",
    "ledger-portal",
    "lease",
    "recipients",
    "identity",
    "sealed-logins",
    "agency-api",
    "hub-api",
    "account-api",
    "clock",
    "account-list",
    "readings",
    "pipelines",
]

Code: TypeAlias = Literal[
    # in general
    "well",
    "missing",
    "unreadable",
    "not-looked-at",
    # agencyfile and its file
    "invalid",
    "no-variable",
    "bad-variable",
    # git
    "no-git",
    "no-repository",
    "no-branch",
    "uncommitted",
    "not-ignored",
    "committed-secret",
    # the ledger
    "empty",
    "lost-in-ci",
    "older-copy",
    "open-calls",
    "no-marks",
    "another-portal",
    "no-portal",
    "free",
    "held",
    "over",
    # passwords
    "published",
    "opens-none",
    "opens-some",
    # the portal, as `agencyfile.portal.examination.asking.Reach` says it
    "works",
    "declined",
    "refused",
    "limited",
    "web-page",
    "redirected",
    "failed",
    "foreign",
    "slow",
    "broken",
    "down",
    "not-asked",
    "no-key",
    "not-allowed",
    "differs",
    "not-seen",
    "changed",
    "mixed",
    # pipelines
    "none",
    "stale",
    "edited",
]

ReadingState: TypeAlias = Literal["not-seen", "seen", "changed", "mixed"]

Version: TypeAlias = Annotated[str, Form({"pattern": r"^[0-9]{1,4}(\.[0-9]{1,4}){0,3}$"})]
QuestionId: TypeAlias = Annotated[str, Named("question")]
ReadingText: TypeAlias = Annotated[str, Named("reading")]


class CheckRecord(TypedDict):
    """One line of the table."""

    id: CheckId
    topic: Topic
    state: State
    code: Code
    """What was found, as a word for programs."""
    subject: str
    """What was looked at, for people."""
    words: str
    """What was found, for people."""
    fix: str
    """What to do about it; empty where nothing is to be done."""


class ReadingRecord(TypedDict):
    """A question that no public source answers, and what this portal shows of it."""

    question: QuestionId
    number: str
    """Its number in docs/portal.md."""
    asks: str
    readings: list[str]
    """The readings that were seen: none, one, or both where the portal contradicts itself."""
    recorded: str | None
    """The reading that the ledger knows."""
    state: ReadingState
    """Not seen; seen; changed, where the ledger knows another one; or mixed, where the portal contradicts itself."""


class PortalRecord(TypedDict):
    """Figures that the portal showed of itself."""

    first_page: int | None
    """The number of the first page of the account list; null where it was not seen."""
    page_size: int | None
    """Rows on a full page of that list; null where no page was full."""
    clock_seconds: int | None
    """The portal's clock less the clock of this machine; null where no answer told the time."""
    requests: Count
    """Requests that were sent."""


class DoctorSummary(TypedDict):
    """Numbers of lines, by state, and of readings that were seen."""

    ok: Count
    note: Count
    problem: Count
    unknown: Count
    readings_seen: Count
    questions: Count


class DoctorDocument(TypedDict):
    """The output of `doctor --json`."""

    format_version: Annotated[str, Form({"pattern": r"^1\.[0-9]+$"})]
    time: TimeText
    agency: str | None
    """The name of the agency; null without a valid agency file."""
    exit_code: int
    summary: DoctorSummary
    checks: list[CheckRecord]
    readings: list[ReadingRecord]
    portal: PortalRecord


class ReportVersions(TypedDict):
    """Versions of what runs. A version that is no plain number is `other`."""

    agencyfile: Version | Literal["other"]
    python: Version | Literal["other"]
    click: Version | Literal["other"]
    pydantic: Version | Literal["other"]
    requests: Version | Literal["other"]
    urllib3: Version | Literal["other"]
    pyrage: Version | Literal["other"]


class ReportCheck(TypedDict):
    """The result of a check, without the words for people. Checks of several accounts are counted."""

    id: CheckId
    state: State
    code: Code
    count: Annotated[int, Form({"minimum": 1})]
    """How many lines of the table said so, rounded."""


class ReportReading(TypedDict):
    """A question of the list that agencyfile brings, and which of its readings were seen."""

    question: QuestionId
    readings: list[ReadingText]
    state: ReadingState


class ReportLedger(TypedDict):
    """Figures of the ledger."""

    store: Literal["file", "branch", "shared", "none"]
    entries: Count
    """Rounded."""
    open_calls: Count


class ReportDocument(TypedDict):
    """The file of `doctor --report`: no name, no address, no key, no text of yours or of the portal's."""

    format_version: Annotated[str, Form({"pattern": r"^1\.[0-9]+$"})]
    versions: ReportVersions
    system: Literal["linux", "macos", "windows", "other"]
    machine: Literal["x86-64", "arm64", "other"]
    is_ci: bool
    checks: list[ReportCheck]
    readings: list[ReportReading]
    portal: PortalRecord
    ledger: ReportLedger
