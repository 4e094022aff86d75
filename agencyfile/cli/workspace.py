"""The workspace of a command: the agency file, its ledger, its portal. The only place that connects them."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.endpoints import check_rehearsal, endpoint_of, key_of, number_of
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fixes import with_fix
from agencyfile.cli.guarding import recipients_now, signers_now, stricter
from agencyfile.cli.hosts import ACCOUNT_DOMAINS, check_declared
from agencyfile.cli.ledger_marks import noted_anchor
from agencyfile.cli.ledger_opening import marks_of, open_store
from agencyfile.cli.logs import say
from agencyfile.cli.portal_pin import check_portal
from agencyfile.cli.portal_readings import with_changed_readings
from agencyfile.cli.recipients import published_refusal, unreadable
from agencyfile.cli.unsealing import Unsealing
from plan import (
    Address,
    Budget,
    Diagnostic,
    History,
    Kind,
    Ledger,
    LedgerStore,
    Money,
    Pace,
    Plan,
    Reader,
    Secret,
    make_plan,
)
from plan.guards import refusals
from plan.ledger.anchor import Anchor
from plan.ledger.marks import HasMarks
from plan.ledger.place import plain_place
from plan.reconcile import Policy
from plan.refusal import Refusal
from plan.resource import Reading
from plan.rules import excluded
from plan.scope import WHOLE, Part, in_need_of
from plan.values import Attributes
from plan.vanished import find_vanished, refusal

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile, Settings
    from agencyfile.portal import Endpoint

MAX_SPEND = "--max-spend"  # the name of its limit, as plans and refusals show it


@dataclass(frozen=True, slots=True)
class Workspace:
    """A validated agency file and where it stands."""

    path: Path
    agency_file: "AgencyFile"
    sources: Mapping[str, str]
    unsealing: Unsealing

    @property
    def agency(self) -> str:
        """The agency's name."""
        return self.agency_file.settings.name

    def ledger(self, noted: Anchor | None = None) -> Ledger:
        """Open the ledger; it must hold the entry that was `noted` in a plan, and that of `AGENCYFILE_LEDGER_ANCHOR`.

        Raises:
            LedgerError: it is not this agency's, cannot be read, or lacks such an entry.
            CommandExit: the environment names no anchor.
        """
        anchors = [anchor for anchor in (noted, noted_anchor()) if anchor]
        ledger = Ledger(self.store(), agency=self.agency, anchors=anchors, place=self.place)
        say("ledger", lambda: f"{ledger.location}: {ledger.serial} entries, lease: {ledger.history.lease or 'nobody'}")
        return ledger

    def restored_ledger(self) -> tuple[Ledger, Anchor | None]:
        """Open a ledger also when it is an older copy; return it with the farthest entry that was seen here.

        Raises:
            LedgerError: as `ledger`.
            CommandExit: the ledger is on a branch.
        """
        store = self.store(is_accepted=True)
        if not isinstance(store, HasMarks):
            raise CommandExit(ExitCode.ERROR, "a ledger on a branch cannot be accepted like this", fix="see its error")
        return Ledger(store, agency=self.agency, place=self.place), store.highest

    def moved_ledger(self) -> Ledger:
        """Open the ledger also when it was moved, to finish that.

        Raises:
            LedgerError: as `ledger`.
        """
        return Ledger(self.store(), agency=self.agency)

    def portal_ledger(self, noted: Anchor | None = None) -> Ledger:
        """Open the ledger, for a command that speaks to the portal; `noted` is as in `ledger`.

        Raises:
            CommandExit: the keys are none that the ledger knows.
            LedgerError: it is not this agency's, or cannot be read.
        """
        ledger = self.ledger(noted)
        check_portal(ledger.history, self.portal_keys())
        return ledger

    def portal_keys(self) -> Mapping[str, Secret]:
        """The keys of the agency's two APIs, as far as there are any: those of the environment count for more."""
        portal = self.agency_file.settings.portal
        keys = {
            "agency": key_of("AGENCYFILE_AGENCY_KEY") or portal.agency_key,
            "hub": key_of("AGENCYFILE_HUB_KEY") or portal.hub_key,
        }
        return {name: key for name, key in keys.items() if key}

    @property
    def is_ledger_a_file(self) -> bool:
        """Is the ledger a file on this machine?"""
        return self.agency_file.settings.ledger.startswith("file:")

    @property
    def is_told(self) -> bool:
        """Does the file name somebody who is told of runs?"""
        return self.agency_file.settings.notify is not None

    @property
    def is_ledger_lost(self) -> bool:
        """Is the ledger a file that is discarded after this CI run?"""
        return self.is_ledger_a_file and os.environ.get("CI", "").lower() in {"true", "1"}

    def store(self, place: str | None = None, *, is_accepted: bool = False) -> LedgerStore:
        """Open the store of the ledger, or of a ledger at another place; `is_accepted` lets an older copy in."""
        return open_store(place or self.place, self.path.parent, self.agency, is_accepted=is_accepted)

    @property
    def place(self) -> str:
        """The place of the ledger, as the agency file names it, in plain spelling."""
        return plain_place(self.agency_file.settings.ledger)

    def mark_paths(self) -> tuple[Path, ...]:
        """Return the files of the marks of the ledger."""
        return marks_of(self.place, self.path.parent, self.agency)

    def recorded(self, history: History) -> Attributes | None:
        """The agency's settings as they were last applied; None where no apply has recorded any."""
        return history.sent(self.agency_file.agency.address)

    def guards(self, history: History) -> "Settings":
        """The settings that guard an apply now: the stricter of what is declared and what is recorded.

        Raises:
            CommandExit: what the ledger recorded cannot be read.
        """
        return stricter(self.agency_file.settings, self.recorded(history))

    def recipients(self, plan: Plan, history: History) -> tuple[str, ...]:
        """Return the recipients of new passwords in an apply of `plan`."""
        return recipients_now(self.agency_file.settings, self.recorded(history), plan)

    def signers(self, history: History) -> tuple[str, ...] | None:
        """Return the present signers, or None if signing was never declared."""
        return signers_now(self.agency_file.settings, self.recorded(history))

    def policy(self, history: History) -> Policy:
        """Return the policy that settles calls whose answer was lost."""
        reconcile = self.guards(history).reconcile
        settle = number_of("AGENCYFILE_SETTLE", reconcile.settle, least=0)
        return Policy(timedelta(seconds=settle), resend=reconcile.resend)

    def budget(self, history: History, most: Money | None) -> Budget:
        """Return the budgets, with the charges of this month; `most` is the limit of this run."""
        budgets = self.guards(history).budgets
        return Budget.of(
            per_apply=budgets.per_apply,
            per_month=budgets.per_month,
            max_monthly=budgets.max_monthly,
            others={MAX_SPEND: most} if most else {},
            history=history,
            now=datetime.now(UTC),
        )

    def secrets(self) -> tuple[Secret, ...]:
        """Every key that this run knows: none of them may get into the ledger, or anywhere else."""
        portal = self.agency_file.settings.portal
        named = map(key_of, ("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY", "AGENCYFILE_WEBHOOK_SECRET"))
        keys = (*named, portal.agency_key, portal.hub_key)
        return (*(key for key in keys if key), *self.agency_file.account_keys.values())

    def pace(self) -> Pace:
        """Return how often to check what is provisioned; `AGENCYFILE_WAIT_FIRST` (seconds) overrides the file."""
        wait = self.agency_file.settings.portal.wait
        first = number_of("AGENCYFILE_WAIT_FIRST", wait.first)
        return Pace(first=first, most=max(first, wait.most), timeout=wait.timeout)

    def account_urls(self) -> Mapping[Address, str]:
        """Return the addresses of accounts' own APIs, as the file declares them."""
        from agencyfile.kinds.registry import HOSTED  # noqa: PLC0415 - the language is loaded by now

        accounts = [item for item in self.agency_file.resources if item.address.kind in HOSTED]
        return {item.address: str(item.attributes["api"]) for item in accounts if "api" in item.attributes}

    def endpoint(self, *, may_write: bool = False) -> "Endpoint":
        """Return the portal's addresses and keys.

        Raises:
            CommandExit: a key is missing, or would be sent to a host that nobody allowed.
        """
        apis = self.account_urls()
        urls = {f"the key of {address}": url for address, url in apis.items()}
        if not os.environ.get("AGENCYFILE_ACCOUNT_API"):
            check_declared(urls, ACCOUNT_DOMAINS)
            if may_write:
                portal = self.agency_file.settings.portal
                has_logins = portal.account_login or portal.fetch_account_keys
                check_rehearsal((*urls, *(("the logins of new accounts",) if has_logins else ())))
        endpoint = endpoint_of(self.agency_file.settings.portal, self.agency_file.account_keys)
        say("portal", lambda: f"the agency API is {endpoint.agency_api}, the Partners Hub {endpoint.hub_api}")
        self.unsealing.account_api = endpoint.account_api
        self.unsealing.is_rehearsal = endpoint.is_rehearsal
        return replace(
            endpoint,
            account_urls={address.name: url for address, url in apis.items()},
            open_key=self.unsealing.key_of,
            open_login=self.unsealing.login_of,
        )

    def plan(self, reader: Reader, ledger: Ledger, *, most: Money | None = None, part: Part = WHOLE) -> Plan:
        """Read the portal and plan. The reader cannot write.

        Raises:
            CommandExit: too much of what should be at the portal is not, or a creation needs what is excluded.

        Args:
            reader: of the portal.
            ledger: what it remembers.
            most: the limit of this one run.
            part: the part of the file that is looked at.
        """
        declared = self.agency_file
        scope = part.of(declared.resources, declared.removals, reader.kinds)
        reading = with_changed_readings(reader.read(scope.resources, scope.removals), ledger.history)
        self._check_vanished(reader.kinds, reading, ledger.history)
        reading = self._with_polarity(self._with_keys(reading, ledger.history))
        readers = self._removed_recipients(ledger.history)
        plan = make_plan(
            agency=self.agency,
            kinds=self._kinds(reader, ledger.history),
            declared=declared.declared,
            reading=replace(reading, desired=(declared.agency, *reading.desired)),  # settings are in every plan
            history=ledger.history,
            removals=scope.removals,
            declared_removals=declared.removals,
            ignore=declared.ignore,
            left_out=scope.left_out,
            budget=self.budget(ledger.history, most),
            settling_since=(datetime.now(UTC) - self.policy(ledger.history).settle).isoformat(timespec="milliseconds"),
            position=ledger.position,
        )
        self._check_needed(plan, part, reader.kinds)
        found = self.refusals(plan, reader.kinds, ledger.history)
        say("plan", lambda: f"{len(plan.steps)} changes, {len(plan.calls)} calls, {len(found)} refusals")
        told = (*plan.diagnostics, *self._assumed(plan), *readers, *_excluded(part))
        return replace(plan, refusals=found, diagnostics=told)

    def _check_needed(self, plan: Plan, part: Part, kinds: Mapping[str, Kind]) -> None:
        """Refuse to create anything that refers to a block which `--exclude` leaves out."""
        needed = in_need_of(part.without, plan.steps, self.agency_file.resources, kinds) if part.excluded else {}
        if needed:
            told = (f"{address} without {', '.join(map(str, missing))}" for address, missing in needed.items())
            raise CommandExit(
                ExitCode.REFUSED,
                f"--exclude leaves out what others need; these cannot be created: {'; '.join(told)}",
                fix="exclude them as well, or do not exclude what they need",
            )

    def _with_keys(self, reading: Reading, history: History) -> Reading:
        """Return `reading` with the keys that are fetched or kept; none before the settings are recorded."""
        self.unsealing.history = history
        if not self.guards(history).portal.fetch_account_keys:
            return reading
        from agencyfile.kinds.account_key.completion import completed_keys  # noqa: PLC0415 - the provider is loaded

        return completed_keys(reading, history, self.unsealing)

    def _with_polarity(self, reading: Reading) -> Reading:
        """Return `reading` with what a flag of a branding means, where the settings tell it."""
        from agencyfile.kinds.branding.polarity import with_polarity  # noqa: PLC0415 - the provider is loaded by now

        told = self.agency_file.settings.portal.branding_flags
        return replace(reading, desired=with_polarity(reading.desired, told))

    def _assumed(self, plan: Plan) -> Iterable[Diagnostic]:
        from agencyfile.kinds.branding.polarity import assumed  # noqa: PLC0415 - the provider is loaded by now

        return assumed(plan.steps, self.agency_file.settings.portal.branding_flags)

    def _removed_recipients(self, history: History) -> Iterable[Diagnostic]:
        if not history.has_credentials:
            return ()
        from agencyfile.cli.rekeying import removed_recipients  # noqa: PLC0415 - loads age

        return removed_recipients(history, self.agency_file.settings.recipients)

    def _check_vanished(self, kinds: Mapping[str, Kind], reading: Reading, history: History) -> None:
        most = self.guards(history).review.max_vanished_share
        found = refusal(find_vanished(kinds, reading, history), most)
        if found:
            raise CommandExit(ExitCode.REFUSED, found.message, fix=found.fix)

    def _kinds(self, reader: Reader, history: History) -> Mapping[str, Kind]:
        """The kinds; logins of new accounts are not used before an apply has recorded that they may be."""
        is_meant = self.agency_file.settings.portal.account_login
        if not is_meant or self.guards(history).portal.account_login:
            return reader.kinds
        from agencyfile.kinds import make_kinds  # noqa: PLC0415 - the provider is loaded by now

        return make_kinds(account_login=False)

    def refusals(
        self, plan: Plan, kinds: Mapping[str, Kind], history: History, *, most_changed: float | None = None
    ) -> tuple[Refusal, ...]:
        """Why an apply of `plan` is refused; `most_changed` overrides the share of agency.review."""
        share = self.guards(history).review.max_changed_share
        most = share if most_changed is None else most_changed
        found = refusals(
            plan,
            kinds,
            recipients=self.recipients(plan, history),
            is_ledger_lost=self.is_ledger_lost,
            most_changed=1.0 if most is None else most,
        )
        settings = self.agency_file.settings
        agency_api = os.environ.get("AGENCYFILE_AGENCY_API") or settings.portal.agency_api
        published = published_refusal(plan, kinds, settings.recipients, agency_api=agency_api)
        return tuple(map(with_fix, (*found, *([published] if published else []))))

    def warn_of_unreadable(self, plan: Plan, kinds: Mapping[str, Kind]) -> None:
        """Say so where whoever runs this could not open the passwords of what the plan creates."""
        reason = unreadable(plan, kinds, self.agency_file.settings.recipients, self.path.parent)
        if reason:
            click.echo(f"warning: {reason}", err=True)


def _excluded(part: Part) -> Iterable[Diagnostic]:
    return (excluded(pattern, addresses) for pattern, addresses in part.excluded.items())


def open_workspace(path: Path, *, color: bool, environ: Mapping[str, str] | None = None) -> Workspace:
    """Load and validate the agency file; `environ` stands in for the environment of this process.

    Raises:
        CommandExit: it has errors; every one of them has been printed.
    """
    from agencyfile.language import load  # noqa: PLC0415 - YAML and pydantic are only for who reads the file

    loaded = load(path, os.environ if environ is None else environ)
    print_diagnostics(loaded.diagnostics, loaded.sources, color=color)
    if loaded.agency_file is None:
        raise CommandExit(ExitCode.ERROR)
    resources = loaded.agency_file.resources
    say("file", lambda: f"{path}: {len(resources)} resources in {len(loaded.sources)} files")
    return Workspace(path, loaded.agency_file, loaded.sources, Unsealing(path.parent))


def workspace_if_any(path: Path, *, color: bool) -> Workspace | None:
    """The agency file that the command line names, or the one of this folder; None where there is neither.

    Raises:
        CommandExit: it has errors; every one of them has been printed.
    """
    source = click.get_current_context().get_parameter_source("path")
    if source is click.core.ParameterSource.DEFAULT and not path.exists():
        return None
    return open_workspace(path, color=color)


def endpoint_or_default(workspace: Workspace | None) -> "Endpoint":
    """Return the addresses of the portal: those of the agency file, or else the vendor's.

    Raises:
        CommandExit: as `Workspace.endpoint`.
    """
    from agencyfile.language import PortalSettings  # noqa: PLC0415 - as above

    return workspace.endpoint() if workspace else endpoint_of(PortalSettings())
