"""With signers declared, an approval counts when one of them signed it, and not otherwise."""

import json
import subprocess
from pathlib import Path

import pytest
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger
from plan.approval import approval_of
from plan.document import decode
from plan.ledger import EntryType


def make_key(path: Path) -> str:
    """A new SSH key at `path`; return its public half as a signer has it."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return " ".join(path.with_suffix(".pub").read_text("utf-8").split()[:2])


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """The keys of somebody who may approve and of somebody who may push the ledger."""
    return {name: make_key(tmp_path / name) for name in ("ann", "eve")}


def text_of(rehearsal: Rehearsal, signers: str, **accounts: str) -> str:
    """An agency file with signers."""
    text = agency(rehearsal.recipient, **accounts)
    return text.replace("  name: northwind\n", f"  name: northwind\n  signers: [{signers}]\n")


@pytest.fixture
def signed(rehearsal: Rehearsal, keys: dict[str, str], tmp_path: Path) -> tuple[Rehearsal, str]:
    """An agency whose approvals Ann signs, with a plan to approve, and its digest."""
    rehearsal.write(text_of(rehearsal, f"ann@northwind.example {keys['ann']}", acme=""))
    rehearsal.environment["AGENCYFILE_SIGNING_KEY"] = str(tmp_path / "ann")
    digest: str = rehearsal.plan()["digest"]
    return rehearsal, digest


def test_signed_approval_is_applied_and_bears_the_name_of_its_signer(signed: tuple[Rehearsal, str]) -> None:
    """The name comes from the signature, whatever --by says."""
    rehearsal, digest = signed
    ran = rehearsal.run("approve", digest, "--by", "somebody else")

    assert ran.code == 0, ran
    assert "approved by ann@northwind.example" in ran.out
    assert rehearsal.run("ledger", "verify").code == 0
    rehearsal.apply("--approved", digest)
    assert rehearsal.run("ledger", "verify").code == 0


@pytest.mark.attack("B4", "an approval that nobody signed, of the very plan, in a ledger whose agency has signers")
def test_b04_unsigned_approval_does_not_count(signed: tuple[Rehearsal, str]) -> None:
    """Whoever may push the ledger may not approve."""
    rehearsal, digest = signed
    plan = decode(json.loads(rehearsal.run("plan", "--json").out))
    rehearsal.ledger.parent.mkdir(parents=True, exist_ok=True)
    body = approval_of(plan, by="ann@northwind.example").body()
    Ledger(FileStore(rehearsal.ledger), agency="northwind").append((EntryType.APPROVED, None, body))

    ran = rehearsal.run("apply", "--approved", digest)

    assert (ran.code, rehearsal.writes()) == (4, []), ran
    assert "is not signed" in ran.err


@pytest.mark.attack("B4", "an approval that is signed by a key of nobody who may approve")
def test_b04_approval_signed_by_a_stranger_does_not_count(
    signed: tuple[Rehearsal, str], keys: dict[str, str], tmp_path: Path
) -> None:
    """Neither made by the command, nor made elsewhere and brought in: with another file, or a changed body."""
    rehearsal, digest = signed
    eve = {"AGENCYFILE_SIGNING_KEY": str(tmp_path / "eve")}
    assert rehearsal.run("approve", digest, environment=eve).code == 3
    honest = rehearsal.file.read_text("utf-8")
    rehearsal.write(text_of(rehearsal, f"eve@northwind.example {keys['eve']}", acme=""))
    other = rehearsal.plan()["digest"]
    assert rehearsal.run("approve", other, environment=eve).code == 0
    entry = json.loads(rehearsal.ledger.read_text("utf-8").splitlines()[-1])
    rehearsal.write(honest)
    plan = decode(json.loads(rehearsal.run("plan", "--json").out))
    forged = {**approval_of(plan, by="eve").body(), "signature": entry["body"]["signature"]}
    Ledger(FileStore(rehearsal.ledger), agency="northwind").append((EntryType.APPROVED, None, forged))

    ran = rehearsal.run("apply", "--approved", plan.digest)

    assert (ran.code, rehearsal.writes()) == (4, []), ran
    assert "signed by nobody who may" in ran.err
    verified = rehearsal.run("ledger", "verify")
    assert verified.code == 1
    assert "a wrong signature" in verified.err


@pytest.mark.attack("B3", "signers are taken out of the file to approve without them")
def test_b03_signers_hold_until_their_removal_is_applied(signed: tuple[Rehearsal, str]) -> None:
    """The removal is a change of settings, which a signer approves."""
    rehearsal, digest = signed
    assert rehearsal.run("approve", digest).code == 0
    rehearsal.apply("--approved", digest)
    rehearsal.write(agency(rehearsal.recipient, acme="", evil=""))
    plan = rehearsal.plan()

    ran = rehearsal.run("apply", "--approved", plan["digest"])

    assert plan["resource_changes"][0]["words"][0].startswith("may approve, by signature: - ann@northwind.example")
    assert ran.code == 4, ran
    assert "agency.signers says who may approve" in ran.err


def test_evidence_is_signed_and_checked(signed: tuple[Rehearsal, str]) -> None:
    """`steps done` signs; evidence without a signature is named by `ledger verify`."""
    rehearsal, digest = signed
    assert rehearsal.run("approve", digest).code == 0
    rehearsal.apply("--approved", digest)
    done = rehearsal.run("steps", "done", "account.acme.handover", "--evidence", "called them")
    assert done.code == 0, done
    assert rehearsal.run("ledger", "verify").code == 0

    entry = json.loads(rehearsal.ledger.read_text("utf-8").splitlines()[-2])
    body = {key: value for key, value in entry["body"].items() if key != "signature"}
    from plan import Address  # noqa: PLC0415

    Ledger(FileStore(rehearsal.ledger), agency="northwind").append(
        (EntryType.EVIDENCE, Address.parse(entry["address"]), body)
    )
    assert "not signed" in rehearsal.run("ledger", "verify").err
