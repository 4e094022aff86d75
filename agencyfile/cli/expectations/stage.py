"""The stage of a case: a local portal, a ledger of its own, and an environment that decides nothing.

Nothing of it reaches another machine, the ledger of the agency, or a key of the environment.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agencyfile.cli.beside import environment
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.expectations.reading import Case
from agencyfile.cli.expectations.seeding import prices_of, seed_of
from agencyfile.cli.flags import Selection
from agencyfile.cli.lease import take
from agencyfile.cli.local_control import RefusedOrder, order
from agencyfile.cli.selection import part_of
from agencyfile.cli.unsealing import Unsealing
from agencyfile.cli.workspace import Workspace
from agencyfile.language.environment import AnyEnvironment
from agencyfile.language.source import RAISED_BY
from plan import Plan, PlanError, Secret
from plan.child_environment import PREFIXES_VARIABLE
from plan.diagnostic import Diagnostic
from plan.refusal import Refusal

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile
    from agencyfile.local_portal import RunningPortal

_KEPT: Final = (PREFIXES_VARIABLE, *RAISED_BY.values())  # they say what a file may be, on this machine


@dataclass(frozen=True, slots=True)
class Planned:
    """The result of planning a case: a plan, or mistakes of the file, or a refusal to plan at all.

    `failure` says why the situation itself could not be made.
    """

    plan: Plan | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    approval: tuple[str, ...] = ()
    failure: str = ""


class Stage:
    """Plans one case after the other beside one local portal."""

    def __init__(self, portal: "RunningPortal", folder: Path) -> None:
        self._portal = portal
        self._folder = folder
        self._cases = 0

    def planned(self, case: Case) -> Planned:
        """Return the plan of a case; whatever goes wrong is a part of the result."""
        self._cases += 1
        ledger = self._folder / f"ledger-{self._cases}.jsonl"
        try:
            self._set_up(case)
            if case.applied:
                self._apply(case.applied, ledger)
        except (CommandExit, PlanError) as error:
            return Planned(failure=str(error))
        try:
            return self._plan(case, ledger)
        except CommandExit as error:
            if error.code is ExitCode.REFUSED:
                return Planned(refusals=(Refusal("objects-vanished", error.message, error.fix),))
            return Planned(failure=error.message)
        except PlanError as error:
            return Planned(failure=str(error))

    def _set_up(self, case: Case) -> None:
        self._order("reset", {})
        self._order("seed", seed_of(case.portal))
        self._order("prices", prices_of(case.portal))

    def _order(self, path: str, body: object) -> Any:
        try:
            return order(self._portal, path, body)
        except RefusedOrder as error:
            raise CommandExit(ExitCode.ERROR, f"the portal cannot be set up: {error}") from None

    def _opened(self, path: Path, ledger: Path) -> tuple[Workspace | None, tuple[Diagnostic, ...]]:
        from agencyfile.language import load  # noqa: PLC0415 - YAML and pydantic

        loaded = load(path, AnyEnvironment())
        if loaded.agency_file is None:
            return None, loaded.diagnostics
        return Workspace(path, self._at(loaded.agency_file, ledger), loaded.sources, Unsealing(path.parent)), (
            loaded.diagnostics
        )

    def _at(self, agency_file: "AgencyFile", ledger: Path) -> "AgencyFile":
        """Return the file with the stage's ledger, the keys of its portal, and the numbers of its plans."""
        keys: Mapping[str, str] = self._order("keys", {})["keys"]
        settings = agency_file.settings
        return replace(
            agency_file,
            settings=replace(
                settings,
                ledger=f"file:{ledger}",
                portal=replace(settings.portal, plan_ids={}, plan_tier_field="type", first_page="auto"),
            ),
            account_keys={name: Secret(keys[name]) for name in agency_file.account_keys if name in keys},
        )

    def _plan(self, case: Case, ledger_file: Path) -> Planned:
        from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy

        workspace, diagnostics = self._opened(case.agency_file, ledger_file)
        if workspace is None:
            return Planned(diagnostics=diagnostics)
        with open_reader(workspace) as reader:
            ledger = workspace.portal_ledger()
            plan = workspace.plan(reader, ledger, part=part_of(workspace, Selection(case.targets)))
        wanted = workspace.guards(ledger.history).review.approval
        approval = tuple(sorted(effect.value for effect in plan.effects if effect.value in wanted))
        return Planned(plan, (*diagnostics, *plan.diagnostics), plan.refusals, approval)

    def _apply(self, path: Path, ledger_file: Path) -> None:
        """Apply an agency file, as a person who approves everything would.

        Raises:
            CommandExit: it cannot be applied, or not in full.
        """
        from agencyfile.cli.providers import open_provider  # noqa: PLC0415 - heavy
        from agencyfile.vault import AgeVault  # noqa: PLC0415 - loads age
        from plan.apply import Finished, apply  # noqa: PLC0415

        workspace, diagnostics = self._opened(path, ledger_file)
        if workspace is None:
            raise CommandExit(ExitCode.ERROR, f"{path} is not valid: {_first(diagnostics)}")
        with open_provider(workspace) as provider:
            ledger = workspace.portal_ledger()
            plan = workspace.plan(provider, ledger)
            refusals = workspace.refusals(plan, provider.kinds, ledger.history, most_changed=1.0)
            if refusals or not plan.is_applicable:
                why = refusals[0].message if refusals else _first(plan.diagnostics)
                raise CommandExit(ExitCode.ERROR, f"{path} cannot be applied: {why}")
            take(ledger, duration=workspace.agency_file.settings.lease)
            recipients = workspace.recipients(plan, ledger.history)
            vault = AgeVault(recipients) if recipients else _NoVault()
            try:
                for event in apply(plan, provider=provider, ledger=ledger, vault=vault, pace=workspace.pace()):
                    if isinstance(event, Finished) and not event.report.is_complete:
                        raise CommandExit(ExitCode.ERROR, f"{path} was applied in part: {event.report.failed}")
            finally:
                ledger.release()


class _NoVault:
    """Stands for a vault where the guards have made sure that nothing needs one."""

    recipients: tuple[str, ...] = ()

    def seal(self, secret: Secret) -> str:
        raise AssertionError(f"no recipient to seal {secret} to")


@contextmanager
def stage() -> Iterator[Stage]:
    """Start a local portal, and let the environment of this process speak to it alone until the block ends."""
    from agencyfile.local_portal import Settings, running  # noqa: PLC0415 - heavy

    with (
        tempfile.TemporaryDirectory(prefix="agencyfile-test-") as scratch,
        running(Settings(provisioning=0, snapshot_time=0)) as portal,
        _alone_with(portal, Path(scratch)),
    ):
        yield Stage(portal, Path(scratch))


@contextmanager
def _alone_with(portal: "RunningPortal", scratch: Path) -> Iterator[None]:
    before = dict(os.environ)
    own = {name: value for name, value in environment(portal).items() if not name.startswith("AGENCYFILE_")}
    ours = {name: value for name, value in environment(portal).items() if name in _SET}
    kept = {name: before[name] for name in _KEPT if name in before}
    os.environ.clear()
    os.environ.update(own | ours | kept | _FIXED | {"XDG_STATE_HOME": str(scratch)})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_SET: Final = (
    "AGENCYFILE_AGENCY_API",
    "AGENCYFILE_HUB_API",
    "AGENCYFILE_ACCOUNT_API",
    "AGENCYFILE_AGENCY_KEY",
    "AGENCYFILE_HUB_KEY",
)
_FIXED: Final = {
    "AGENCYFILE_RATE_LIMIT": "100000",
    "AGENCYFILE_SETTLE": "0",
    "AGENCYFILE_WAIT_FIRST": "0.02",
    "CI": "",  # a case is the same everywhere
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}


def _first(diagnostics: tuple[Diagnostic, ...]) -> str:
    found = diagnostics[0]
    return f"{found.origin}: {found.detail}" if found.origin else found.detail
