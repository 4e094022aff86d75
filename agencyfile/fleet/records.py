"""The documents of a fleet: the report of a run, and the list of agencies."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, TypedDict

from plan.records.form import Count, Form, MoneyText

FORMAT_VERSION = "1.0"

Command: TypeAlias = Literal["plan", "apply", "drift"]
Status: TypeAlias = Literal[
    "done",
    "changes",
    "pending",
    "failed",
    "refused",
    "approval",
    "unknown",
    "lease",
    "partial",
    "interrupted",
    "not_started",
    "paused",
]
Seconds: TypeAlias = Annotated[float, Form({"minimum": 0})]


class WorkRecord(TypedDict):
    """Results of a plan, an apply or a look for drift. Figures of the agency's own document."""

    agency: str
    """The name in the agency file; empty where nothing told it."""
    digest: str
    """Digest of the plan; empty where there is none."""
    changes: Mapping[str, Count]
    """Changes by verb: those of the plan; none is left out as 0."""
    manual_steps: Count
    """Manual steps."""
    drift: Count
    """Attributes that somebody changed at the portal."""
    open_calls: Count
    """Calls whose outcome is not known."""
    charges: list[MoneyText]
    """Charges to the card, at list prices, one sum per currency: of a plan those that it predicts, of an apply those
    that the portal confirmed."""
    per_month: list[MoneyText]
    """The difference that the changes make per month, one sum per currency."""
    calls: Count
    """Requests that change something: of a plan those that it predicts, of an apply those that it sent."""
    refusals: list[str]
    """Why an apply would refuse the plan."""


class AgencyRunRecord(TypedDict):
    """One agency in a run."""

    name: str
    """Path of the agency file inside the fleet's folder, without what every such file has."""
    file: str
    """The agency file, as the fleet file leads to it."""
    group: str
    """The group of the fleet file."""
    key: str
    """The key that the agency uses."""
    wave: str
    """The wave that it belongs to."""
    status: Status
    """The result: `lease` means that somebody else was writing, `unknown` that a call has no known outcome."""
    exit_code: int | None
    """The exit code of the command; null where it was not started."""
    attempts: Count
    """How often it was started; more than once only where somebody else was writing."""
    seconds: Seconds
    """Wall time of the last attempt."""
    problem: str
    """What is wrong, in a sentence; empty where nothing is."""
    fix: str
    """The way out; may be empty."""
    work: WorkRecord
    document: str | None
    """The plan document of the agency, beside the report; null where none was written."""


class WaveRecord(TypedDict):
    """One wave of a run."""

    name: str
    status: Literal["done", "failed", "not_started"]
    """`failed` where an agency of the wave has failed."""
    agencies: Count
    """Number of agencies."""


class FleetTotalsRecord(TypedDict):
    """Every number that a renderer shows."""

    agencies: Count
    """Agencies of the run."""
    statuses: Mapping[Status, Count]
    """Agencies by result; none is left out as 0."""
    failed: Count
    """Agencies with a failure: every result but done, changes, pending, not started and paused."""
    well: Count
    """Agencies that are done, have changes or wait for manual steps."""
    problems: Count
    """All other agencies. They failed, were not started or are paused."""
    waves: Count
    """Waves of the run."""
    changes: Mapping[str, Count]
    """Changes of all agencies by verb."""
    manual_steps: Count
    """Manual steps of all agencies."""
    drift: Count
    """Attributes that somebody changed at the portal."""
    charges: list[MoneyText]
    """Charges of all agencies, one sum per currency."""
    per_month: list[MoneyText]
    """The difference per month of all agencies, one sum per currency."""
    calls: Count
    """Requests of all agencies that change something."""


class FleetReport(TypedDict):
    """One run of a command over a fleet."""

    format_version: Annotated[str, Form({"pattern": r"^1\.[0-9]+$"})]
    """Version of this form."""
    fleet: str
    """Name of the fleet."""
    command: Annotated[str, Form({"enum": ["plan", "apply", "drift"]})]
    """What was run for each agency."""
    run: Annotated[str, Form({"pattern": r"^[0-9]{8}T[0-9]{6}Z-[a-z]+-[0-9a-f]{6}$"})]
    """Name of the run."""
    engine: Annotated[str, Form({"enum": ["local", "postgres"]})]
    """What started the children."""
    started: str
    """Time of its begin, UTC, ISO 8601."""
    ended: str | None
    """Time of its end; null where it was cut off, or goes on."""
    exit_code: Count
    """The gravest exit code of all agencies."""
    totals: FleetTotalsRecord
    waves: list[WaveRecord]
    """The waves, in order."""
    agencies: list[AgencyRunRecord]
    """The agencies, by waves."""


class ListedAgency(TypedDict):
    """One agency of a fleet."""

    name: str
    """What commands call it."""
    file: str
    """Its agency file."""
    group: str
    """The group of the fleet file."""
    key: str
    """The key that it uses."""
    wave: str
    """The wave that it belongs to."""
    paused: str | None
    """Why it is paused; null where it is not."""


class FleetListing(TypedDict):
    """The output of `fleet list --json`."""

    format_version: Annotated[str, Form({"pattern": r"^1\.[0-9]+$"})]
    """Version of this form."""
    fleet: str
    """Name of the fleet."""
    agencies: list[ListedAgency]
    """The agencies, by waves."""
    batches: list[list[str]]
    """Names of the agencies in batches of at most `--batch` each, none across two waves; empty without `--batch`."""


class LastRun(TypedDict):
    """The latest run of a command for an agency."""

    run: str
    """Name of the run."""
    time: str
    """When it began, UTC, ISO 8601."""
    status: Status
    exit_code: int | None
    problem: str
    """What is wrong; empty where nothing is."""


class AgencyStatus(ListedAgency):
    """One agency with its latest runs."""

    last: Mapping[str, LastRun]
    """The latest run of each command."""


class FleetStatus(TypedDict):
    """The output of `fleet status --json`."""

    format_version: Annotated[str, Form({"pattern": r"^1\.[0-9]+$"})]
    """Version of this form."""
    fleet: str
    """Name of the fleet."""
    running: list[str]
    """Runs that have not ended: they go on, or were cut off."""
    total: Count
    """Number of agencies."""
    agencies: list[AgencyStatus]
    """The agencies, by waves."""
