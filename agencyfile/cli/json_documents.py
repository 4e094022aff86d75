"""The JSON that commands print, and the schema of each: `agencyfile schema NAME` prints it."""

from collections.abc import Mapping
from typing import Final

# By the words of the command.
SCHEMA_OF: Final[Mapping[str, str]] = {
    "accounts list": "accounts",
    "accounts show": "account",
    "apply": "event",
    "clients import": "clients",
    "clients list": "client-list",
    "contacts import": "contacts",
    "contacts list": "contacts",
    "credentials list": "credentials",
    "credentials reveal": "login",
    "dns check": "dns",
    "dns export": "dns",
    "doctor": "doctor",
    "drift": "drift",
    "fleet apply": "fleet-report",
    "fleet drift": "fleet-report",
    "fleet list": "fleet-list",
    "fleet plan": "fleet-report",
    "fleet retry": "fleet-report",
    "fleet status": "fleet-status",
    "fleet validate": "validation",
    "help": "help",
    "ledger anchor": "ledger-anchor",
    "ledger list": "ledger-list",
    "ledger portal": "ledger-portal",
    "ledger reconcile": "ledger-reconcile",
    "ledger show": "ledger-show",
    "ledger verify": "ledger-verify",
    "lock show": "lock",
    "plan": "plan",
    "plans list": "plans",
    "rehearse": "rehearsal",
    "report": "report",
    "show": "plan",
    "steps list": "steps",
    "steps mail": "mail",
    "steps show": "step",
    "test": "test",
    "validate": "validation",
    "version": "version",
}

# The names of all; the first ones are of files, of lines of the ledger, and of `plan --offline --json`.
FILES: Final = (
    "agency",
    "plan",
    "event",
    "ledger",
    "clients",
    "doctor",
    "doctor-report",
    "revision",
    "fleet",
    "expectations",
    "notification",
)
SCHEMAS: Final = tuple(dict.fromkeys((*FILES, *SCHEMA_OF.values())))
