"""The plans of a folder that `fleet plan --out` wrote."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import cast

from agencyfile.cli.document_check import mistakes_in
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fleet.output import REPORT
from agencyfile.cli.fleet.selection import with_names
from agencyfile.cli.output import read_text
from agencyfile.cli.render.safe import one_line
from agencyfile.fleet.model import Fleet, Wave
from agencyfile.fleet.records import AgencyRunRecord, FleetReport


def reviewed_plans(folder: Path, fleet: Fleet, waves: Sequence[Wave]) -> tuple[tuple[Wave, ...], Mapping[str, Path]]:
    """Return the agencies of these waves that have something to apply, and the plan of each.

    Raises:
        CommandExit: the folder is not of this fleet, a chosen agency has no plan, or a plan is not the reviewed one.
    """
    report = _report(folder)
    if (report["fleet"], report["command"]) != (fleet.name, "plan"):
        message = f"{folder} holds a {report['command']} of {one_line(report['fleet'])}, and no plan of {fleet.name}"
        raise CommandExit(ExitCode.ERROR, message, fix="agencyfile fleet plan --out FOLDER writes one")
    known = {record["name"]: record for record in report["agencies"]}
    chosen = {agency.name for wave in waves for agency in wave.agencies} & known.keys()
    _check_planned([known[name] for name in sorted(chosen)])
    plans = {name: _plan(folder, known[name]) for name in chosen if known[name]["status"] == "changes"}
    return with_names(fleet, plans), plans


def _report(folder: Path) -> FleetReport:
    path = folder / REPORT
    if not path.is_file():
        fix = "agencyfile fleet plan --out FOLDER writes one"
        raise CommandExit(ExitCode.ERROR, f"{folder} holds no plan of a fleet: there is no {REPORT}", fix=fix)
    try:
        found = json.loads(read_text(path))
    except ValueError:
        raise CommandExit(ExitCode.ERROR, f"{path} is no JSON document") from None
    mistakes = mistakes_in(found, "fleet-report")
    if mistakes:
        raise CommandExit(ExitCode.ERROR, f"{path} is no report of a fleet: {'; '.join(mistakes[:3])}")
    return cast(FleetReport, found)


def _check_planned(records: Sequence[AgencyRunRecord]) -> None:
    failed = [record["name"] for record in records if record["status"] not in ("done", "changes", "pending")]
    if failed:
        names = ", ".join(map(one_line, failed[:5]))
        more = f" and {len(failed) - 5:,} more" if len(failed) > 5 else ""  # noqa: PLR2004 - as shown
        fix = "plan them again, or name the agencies to apply"
        raise CommandExit(ExitCode.ERROR, f"there is no good plan of {names}{more}", fix=fix)


def _plan(folder: Path, record: AgencyRunRecord) -> Path:
    """Return the plan document of an agency; its digest is the one that the report shows."""
    name = PurePosixPath(record["document"] or "")
    path = folder / name
    if name.is_absolute() or ".." in name.parts or not path.is_file():
        raise CommandExit(ExitCode.ERROR, f"the plan of {one_line(record['name'])} is not in {folder}")
    if json.loads(read_text(path)).get("digest") != record["work"]["digest"]:
        raise CommandExit(ExitCode.APPROVAL, f"{path} is not the plan that {REPORT} shows", fix="plan again")
    return path
