"""The schemas of what commands print with `--json`, beside those of plans, events and ledgers."""

from collections.abc import Mapping
from typing import Any, Final

from agencyfile.cli import client_records, contact_records, ledger_records, records
from agencyfile.cli.dns import records as dns
from agencyfile.cli.expectations import records as expectations
from agencyfile.cli.notify import records as notify
from agencyfile.cli.rehearsal import records as rehearsal
from agencyfile.cli.reporting import records as reporting
from agencyfile.fleet import records as fleet
from tools.generators.schemas import Schema, whole

_RECORDS: Final[Mapping[str, tuple[Any, str]]] = {
    "account": (reporting.AccountDocument, "Account"),
    "accounts": (records.AccountsDocument, "Accounts"),
    "client-list": (client_records.ClientsDocument, "Clients"),
    "contacts": (contact_records.ContactsDocument, "Contacts of an export"),
    "credentials": (list[records.LoginListing], "Logins"),
    "dns": (dns.DnsDocument, "DNS records"),
    "drift": (records.DriftDocument, "Drift"),
    "fleet-list": (fleet.FleetListing, "Agencies of a fleet"),
    "fleet-report": (fleet.FleetReport, "Report of a fleet"),
    "fleet-status": (fleet.FleetStatus, "Status of a fleet"),
    "help": (records.HelpDocument, "Help"),
    "ledger-anchor": (ledger_records.LedgerAnchorDocument, "Anchor of a ledger"),
    "ledger-list": (ledger_records.LedgerListDocument, "Entries of a ledger"),
    "ledger-portal": (ledger_records.LedgerPortalDocument, "Portal of a ledger"),
    "ledger-reconcile": (
        ledger_records.ReconcileDocument | ledger_records.ExplainDocument,
        "Outcomes of open calls, or what is known of one (--explain)",
    ),
    "ledger-show": (ledger_records.LedgerShowDocument, "Ledger"),
    "ledger-verify": (ledger_records.LedgerVerifyDocument, "Check of a ledger"),
    "lock": (ledger_records.LockDocument, "Lease"),
    "login": (records.RevealedLogin, "Login"),
    "mail": (records.MailDocument, "Mail"),
    "notification": (notify.Notification, "Notification"),
    "plans": (records.OffersDocument, "Plans on offer"),
    "rehearsal": (rehearsal.RehearsalDocument, "Rehearsal"),
    "report": (reporting.ReportDocument, "Report"),
    "revision": (records.RevisionDocument, "Difference of two revisions (plan --offline)"),
    "step": (records.PendingStep | records.ClosedStep, "Manual step, pending or done"),
    "steps": (records.PendingSteps | records.ClosedSteps, "Manual steps, pending or done (--done)"),
    "test": (expectations.TestDocument, "Test"),
    "validation": (records.ValidationDocument, "Diagnostics of the agency file"),
    "version": (records.VersionDocument, "Version"),
}


def output_schemas() -> Mapping[str, Schema]:
    """Return the schemas by name."""
    return {name: whole(record, name, title) for name, (record, title) in _RECORDS.items()}
