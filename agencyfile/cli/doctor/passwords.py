"""The keys that open the passwords of new accounts. A password that is opened here goes nowhere."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agencyfile.cli.beginning import IDENTITY
from agencyfile.cli.doctor.basics import is_ci
from agencyfile.cli.doctor.lines import line, not_looked_at
from agencyfile.cli.doctor.records import CheckRecord
from agencyfile.cli.recipients import VARIABLE, identity_at_hand
from agencyfile.cli.workspace import Workspace
from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS, SAMPLES
from plan import History

_MOST_OPENED: Final = 200  # logins that are tried


def check_passwords(workspace: Workspace, history: History | None, *, is_local: bool) -> Iterator[CheckRecord]:
    """Return the recipients, the identity at hand, and what it opens. `is_local`: nothing real is created."""
    recipients = workspace.agency_file.settings.recipients
    yield _recipients(recipients, is_local=is_local)
    identity = identity_at_hand(workspace.path.parent)
    yield _identity(recipients, identity)
    if history is not None and history.has_credentials:
        yield _sealed(history, identity)


def _recipients(recipients: tuple[str, ...], *, is_local: bool) -> CheckRecord:
    if not recipients:
        words = "no recipient is declared: an apply that creates an account is refused"
        fix = "agencyfile credentials keygen, then agency.credentials.recipients"
        return line("recipients", "note", "missing", "recipients", words, fix)
    published = (PUBLISHED_RECIPIENTS | SAMPLES).intersection(recipients)
    if published:
        words = "a recipient is one of documents and examples: everybody, or nobody, can open what is sealed to it"
        fix = "take it out of agency.credentials.recipients; agencyfile credentials keygen makes your own"
        return line("recipients", "note" if is_local else "problem", "published", "recipients", words, fix)
    return line("recipients", "ok", "well", "recipients", f"public keys that can open new passwords: {len(recipients)}")


def _identity(recipients: tuple[str, ...], identity: Path | None) -> CheckRecord:
    from agencyfile.vault import VaultError, opens_some  # noqa: PLC0415 - loads age

    if identity is None:
        if is_ci():
            return line("identity", "ok", "missing", "identity", "none here, as it should be in a pipeline")
        words = f"you have no key here that opens passwords ({IDENTITY}, {VARIABLE})"
        fix = "make sure that somebody holds the key of a recipient"
        return line("identity", "note", "missing", "identity", words, fix)
    try:
        opens = bool(recipients) and opens_some(recipients, identity)
    except VaultError as error:
        fix = f"name the right file in {VARIABLE}"
        return line("identity", "problem", "unreadable", "identity", str(error), fix)
    if not opens:
        words = f"{identity} opens none of the passwords of new accounts: they are sealed to other recipients"
        return line("identity", "note", "opens-none", "identity", words, "name the right file, or add its recipient")
    if identity.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        words = f"{identity} opens new passwords, and others on this machine may read the file"
        return line("identity", "note", "differs", "identity", words, f"chmod 600 {identity}")
    return line("identity", "ok", "well", "identity", f"{identity} opens new passwords")


def _sealed(history: History, identity: Path | None) -> CheckRecord:
    from agencyfile.vault import VaultError, unseal  # noqa: PLC0415 - as above

    logins = sorted(history.credentials.values(), key=lambda found: found.time, reverse=True)
    if identity is None:
        return not_looked_at("sealed-logins", "kept logins", f"there is no key here; the ledger keeps {len(logins)}")
    tried, opened = logins[:_MOST_OPENED], 0
    for login in tried:
        try:
            unseal(login.sealed, identity)
        except VaultError:
            continue
        opened += 1
    words = f"{identity} opens {opened} of the {len(tried)} newest logins that the ledger keeps"
    if opened == len(tried):
        return line("sealed-logins", "ok", "well", "kept logins", words)
    fix = "another recipient opens the rest: agencyfile credentials rekey, run by somebody who can open them"
    return line("sealed-logins", "note", "opens-some" if opened else "opens-none", "kept logins", words, fix)
