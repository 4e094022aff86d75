"""Passwords that are kept, sealed to today's recipients; and who could read them until now."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.lease import holder
from agencyfile.vault import AgeVault, VaultError, unseal
from plan import Address, Diagnostic, History, Ledger, Secret
from plan.ledger import Draft, EntryType, SealedCredential
from plan.ledger.bodies import RekeyedBody
from plan.rules import RULES

_GROUP: Final = 25  # entries of one append: what was appended stays done when the command is interrupted
_SHOWN: Final = 24  # characters of a public key


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """The result for each password: sealed again, already up to date, or not opened by this identity."""

    done: tuple[Address, ...] = ()
    before: tuple[Address, ...] = ()
    closed: tuple[Address, ...] = ()


def rekey(ledger: Ledger, recipients: Sequence[str], identity: Path) -> Rekeyed:
    """Seal every password that is not sealed to exactly `recipients`; run again, it goes on with the rest.

    Raises:
        CommandExit: a recipient cannot be used.
        LedgerError: the ledger cannot be written.
    """
    vault = vault_of(recipients)
    kept = ledger.history.credentials
    before = tuple(address for address, found in kept.items() if set(found.recipients) == set(recipients))
    rest = [(address, found) for address, found in sorted(kept.items()) if address not in before]
    result = Rekeyed(before=before)
    for start in range(0, len(rest), _GROUP):
        opened = [(address, _open(found, identity)) for address, found in rest[start : start + _GROUP]]
        drafts = [_draft(address, secret, vault, is_new=False) for address, secret in opened if secret]
        if drafts:
            ledger.append(*drafts)
            ledger.keep()
        done = tuple(address for address, secret in opened if secret)
        closed = tuple(address for address, secret in opened if not secret)
        result = replace(result, done=(*result.done, *done), closed=(*result.closed, *closed))
    return result


def replacement(address: Address, password: Secret, recipients: Sequence[str]) -> Draft:
    """The entry that keeps another password of an account: whoever could read the old one cannot read this.

    Raises:
        CommandExit: a recipient cannot be used.
    """
    return _draft(address, password, vault_of(recipients), is_new=True)


def former_readers(history: History, recipients: Collection[str]) -> dict[str, int]:
    """Return the number of present passwords that each former recipient can read."""
    readers = (history.readers(address) for address in history.credentials)
    return dict(sorted(Counter(key for keys in readers for key in keys if key not in recipients).items()))


def removed_recipients(history: History, recipients: Collection[str]) -> Iterator[Diagnostic]:
    """A warning for each key that can still open passwords of the ledger."""
    rule = RULES["recipient-removed"]
    for key, count in former_readers(history, recipients).items():
        kept = "the ledger keeps what was sealed"
        detail = f"{shown(key)} has read access to {passwords(count)} until they are changed: {kept}."
        yield Diagnostic(rule.id, rule.summary, detail, rule.fix, severity=rule.severity)


def vault_of(recipients: Sequence[str]) -> AgeVault:
    """Return a vault that seals to `recipients`.

    Raises:
        CommandExit: there is none, or one cannot be used.
    """
    try:
        return AgeVault(recipients)
    except VaultError as error:
        raise CommandExit(ExitCode.REFUSED, str(error), fix="mend agency.credentials.recipients") from None


def shown(key: str) -> str:
    """The beginning of a public key, by which a person knows it."""
    return key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"


def passwords(count: int) -> str:
    """So many passwords."""
    return f"{count} password{'' if count == 1 else 's'}"


def _draft(address: Address, secret: Secret, vault: AgeVault, *, is_new: bool) -> Draft:
    sealed, recipients = vault.seal(secret), list(vault.recipients)
    body: RekeyedBody = {"sealed": sealed, "recipients": recipients, "is_new": is_new, "by": holder()}
    return (EntryType.REKEYED, address, body)


def _open(found: SealedCredential, identity: Path) -> Secret | None:
    """The password; None where it is sealed to others alone.

    Raises:
        CommandExit: the identity cannot be read.
    """
    from agencyfile.vault import recipient_of  # noqa: PLC0415

    try:
        return unseal(found.sealed, identity)
    except VaultError:
        try:
            recipient_of(identity)
        except VaultError as error:
            raise CommandExit(ExitCode.ERROR, str(error), fix="pass the identity of one of the recipients") from None
        return None
