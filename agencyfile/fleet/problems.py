"""Problems of a run, each told once however many agencies have it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agencyfile.fleet.records import AgencyRunRecord


@dataclass(frozen=True, slots=True)
class SharedProblem:
    """One problem, the agencies that have it, and how many these are."""

    agencies: Sequence[AgencyRunRecord]
    number: int

    @property
    def first(self) -> AgencyRunRecord:
        """The first of the agencies: status, problem and fix are those of all."""
        return self.agencies[0]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [agency["name"] for agency in self.agencies]


def shared_problems(records: Iterable[AgencyRunRecord]) -> list[SharedProblem]:
    """Return agencies with the same problem together, in the order of the first of each."""
    found: dict[tuple[str, ...], list[AgencyRunRecord]] = {}
    for record in records:
        own = () if record["problem"] else (record["name"],)
        found.setdefault((record["status"], record["problem"], record["fix"], *own), []).append(record)
    return [SharedProblem(same, len(same)) for same in found.values()]
