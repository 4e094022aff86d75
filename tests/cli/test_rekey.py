"""Rotation of recipients: what is kept is sealed anew, and who could read it until now is said."""

import io
import os
import signal
from pathlib import Path
from unittest import mock

import evidence
import forks
import pytest
from rehearsal import Rehearsal
from stories import agency

from agencyfile.cli.app import run
from agencyfile.vault import make_identity, unseal
from plan import Ledger
from plan.ledger import FileStore

YES = ("-auto-approve", "--allow", "billed,guard")


def with_accounts(rehearsal: Rehearsal, *names: str) -> str:
    """An agency with accounts that were created, and the password of the first of them."""
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    assert rehearsal.run("apply", *YES).code == 0
    return rehearsal.reveal(names[0])["password"]


def with_recipients(rehearsal: Rehearsal, *recipients: str, names: tuple[str, ...] = ("acme", "beta")) -> None:
    """The same agency for other readers."""
    rehearsal.write(agency(", ".join(recipients), **dict.fromkeys(names, "")))


def record(rehearsal: Rehearsal) -> None:
    """Let an apply record the settings."""
    assert rehearsal.run("apply", *YES).code == 0


def kept(rehearsal: Rehearsal) -> dict[str, str]:
    """What the ledger holds sealed today, by account."""
    history = Ledger(FileStore(rehearsal.ledger), agency="northwind").history
    return {address.name: found.sealed for address, found in history.credentials.items()}


def test_rekeyed_passwords_open_for_the_new_recipient_alone(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Nobody reads it who was not reviewed; the old identity opens the former entry for ever, and today's no more."""
    password = with_accounts(rehearsal, "acme", "beta")
    old = Path(rehearsal.environment["AGENCYFILE_IDENTITY"])
    new = tmp_path / "new.key"
    with_recipients(rehearsal, make_identity(new))
    before = kept(rehearsal)["acme"]
    unrecorded = rehearsal.run("credentials", "rekey", "--identity", str(old))
    record(rehearsal)

    ran = rehearsal.run("credentials", "rekey", "--identity", str(old))
    again = rehearsal.run("credentials", "rekey", "--identity", str(new))

    assert (unrecorded.code, "no apply has recorded age1" in unrecorded.err) == (4, True), unrecorded
    assert (ran.code, "sealed to today's recipients: 2; were already: 0" in ran.out) == (0, True), ran
    assert f"{rehearsal.recipient[:24]}… has read access to 2 passwords until they are changed" in ran.out
    assert "sealed to today's recipients: 0; were already: 2" in again.out
    assert unseal(kept(rehearsal)["acme"], new).reveal() == password
    assert rehearsal.run("credentials", "reveal", "acme", "--identity", str(old)).code == 1
    assert unseal(before, old).reveal() == password
    assert before in rehearsal.ledger.read_text().replace("\\n", "\n")


def test_removed_recipient_is_named_in_the_plan_until_passwords_are_replaced(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    """Also after the rekey, since the log keeps what was sealed, and after a compaction; not once it is changed."""
    with_accounts(rehearsal, "acme", "beta")
    old = rehearsal.environment["AGENCYFILE_IDENTITY"]
    new = tmp_path / "new.key"
    assert "recipient-removed" not in rehearsal.run("plan").err
    with_recipients(rehearsal, make_identity(new))

    removed = rehearsal.run("plan")
    record(rehearsal)
    assert rehearsal.run("credentials", "rekey", "--identity", old).code == 0
    rekeyed = rehearsal.run("plan")
    assert rehearsal.run("ledger", "compact").code == 0
    compacted = rehearsal.run("plan")
    replaced = [replace(rehearsal, name, f"sentinel-new-password-{name}") for name in ("acme", "account.beta")]
    rehearsal.environment["AGENCYFILE_IDENTITY"] = str(new)

    for ran in (removed, rekeyed, compacted):
        assert ran.code == 0
        assert "has read access to 2 passwords until they are changed" in ran.err
        assert rehearsal.recipient[:24] in ran.err
    assert replaced == [0, 0]
    assert "recipient-removed" not in rehearsal.run("plan").err
    assert unseal(kept(rehearsal)["acme"], new).reveal() == "sentinel-new-password-acme"


def replace(rehearsal: Rehearsal, name: str, password: str) -> int:
    """Keep another password, given on standard input."""
    evidence.add_secret(password)
    with (
        mock.patch.dict(os.environ, rehearsal.environment),
        mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{password}\n".encode()))),
    ):
        return run(["credentials", "replace", name, "-f", str(rehearsal.file)])


def test_identity_that_opens_nothing_seals_nothing(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """What cannot be opened is named and stays as it is."""
    with_accounts(rehearsal, "acme", "beta")
    stranger = tmp_path / "stranger.key"
    with_recipients(rehearsal, make_identity(stranger))
    record(rehearsal)
    before = rehearsal.ledger.read_bytes()

    ran = rehearsal.run("credentials", "rekey", "--identity", str(stranger))
    none = rehearsal.run("credentials", "rekey", "--identity", str(tmp_path / "nowhere"))

    assert (ran.code, none.code) == (1, 1)
    assert "this identity does not open account.acme, account.beta" in ran.err
    assert [line for line in rehearsal.ledger.read_bytes().splitlines() if b'"rekeyed"' in line] == []
    assert rehearsal.ledger.read_bytes().startswith(before)


@pytest.mark.parametrize("recipients", [[], ["age192y62ksy3ykc8y3q43mchd5nlpdr0kul8mu6ctw4ew50yknks3fqryyhd6"]])
def test_nobody_and_everybody_are_no_recipients(rehearsal: Rehearsal, recipients: list[str]) -> None:
    """Neither no key nor the one whose private half is published."""
    with_accounts(rehearsal, "acme", "beta")
    with_recipients(rehearsal, *recipients)

    ran = rehearsal.run("credentials", "rekey", "--identity", rehearsal.environment["AGENCYFILE_IDENTITY"])

    assert ran.code == 3, ran


def test_rekey_killed_at_any_moment_goes_on_where_it_was(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A real SIGKILL between appends: every password stays readable by somebody, and the same command ends the job."""
    names = tuple(f"a{number}" for number in range(60))
    with_accounts(rehearsal, *names)
    old, new = rehearsal.environment["AGENCYFILE_IDENTITY"], tmp_path / "new.key"
    with_recipients(rehearsal, make_identity(new), names=names)
    record(rehearsal)
    line = ("credentials", "rekey", "--identity", old, "-f", str(rehearsal.file), "-lock-timeout", "3m")
    process = forks.start(*line, folder=rehearsal.folder, environment=rehearsal.environment)
    while rekeyed(rehearsal) < 25 and process.is_running():
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert rekeyed(rehearsal) >= 25
    for sealed in kept(rehearsal).values():
        assert any(opens(sealed, identity) for identity in (Path(old), new))
    ran = rehearsal.run("credentials", "rekey", "--identity", old, "-lock-timeout", "3m")

    assert ran.code == 0, ran
    assert all(opens(sealed, new) for sealed in kept(rehearsal).values())
    assert rekeyed(rehearsal) == 60


def rekeyed(rehearsal: Rehearsal) -> int:
    """How many whole entries of the ledger seal a password anew."""
    return sum(b'"type":"rekeyed"}' in line for line in rehearsal.ledger.read_bytes().splitlines())


def opens(sealed: str, identity: Path) -> bool:
    """Does the identity open it?"""
    try:
        return bool(unseal(sealed, identity).reveal())
    except Exception:  # noqa: BLE001 - of another key
        return False
