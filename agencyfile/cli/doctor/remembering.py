"""The ledger's entry about the portal's readings, as `doctor --remember` writes it."""

from collections.abc import Mapping, Sequence

from agencyfile.cli.doctor.examination import Examined
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.lease import holder, turn
from agencyfile.cli.portal_readings import clear_readings
from plan.ledger import EntryType
from plan.ledger.observed import Observed


def remember(examined: Examined, *, patience: float) -> str:
    """Write down what was seen, under the lease; return what was done, in words.

    A reading that contradicts itself is left out.

    Raises:
        CommandExit: there is no ledger, it would be lost, or the keys are none that it knows.
        PlanError: the ledger cannot be written, or somebody else holds it.
    """
    workspace = examined.workspace
    if workspace is None:
        raise CommandExit(ExitCode.ERROR, "there is no ledger to write to without a valid agency file")
    if workspace.is_ledger_lost:
        raise CommandExit(ExitCode.REFUSED, "the ledger is discarded after this CI run", fix="keep it on a branch")
    portal = examined.document["portal"]
    seen = clear_readings({each["question"]: each["readings"] for each in examined.document["readings"]})
    wanted = Observed(seen, portal["first_page"], portal["page_size"], holder())
    if not seen:
        raise CommandExit(ExitCode.ERROR, "the portal has shown no reading: nothing was written")
    with turn(workspace.portal_ledger, duration=workspace.agency_file.settings.lease, patience=patience) as ledger:
        known = ledger.history.observed or Observed()
        added = _added(known, seen)
        if not added and _same_pages(known, wanted):
            return "the ledger knows all of it already"
        ledger.append((EntryType.OBSERVED, None, wanted.body()))
    return f"the ledger knows the readings of {len(seen)} questions; new or changed: {len(added)}"


def _added(known: Observed, seen: Mapping[str, str]) -> Sequence[str]:
    return [question for question, reading in seen.items() if known.readings.get(question) != reading]


def _same_pages(known: Observed, wanted: Observed) -> bool:
    first = wanted.first_page in (None, known.first_page)
    return first and wanted.page_size in (None, known.page_size)
