"""Keys of another portal: found out before anything is sent; and a portal from which too much has vanished."""

import shutil
from collections.abc import Iterator
from typing import Any

import evidence
import pytest
from sampling import thinned
from security.victim import Victim
from stories import agency, live_account

from agencyfile.local_portal import RunningPortal, Settings, running

YES = ("-auto-approve", "--allow", "billed,guard")
OTHER_KEY = "sentinel-key-of-another-portal-3b"
LINES = (("apply", *YES), ("plan",), ("drift",), ("plan", "-target", "account.client-001"))
NAMES = [f"client-{number:03}" for number in range(300)]


@pytest.fixture
def other() -> Iterator[RunningPortal]:
    """The portal of another agency, with nothing in it that the file declares."""
    evidence.add_secret(OTHER_KEY)
    settings = Settings(provisioning=0.05, snapshot_time=0.05, agency_key=OTHER_KEY, hub_key=f"{OTHER_KEY}-hub")
    with running(settings) as portal:
        yield portal


def of(portal: RunningPortal) -> dict[str, str]:
    """A job that holds the keys of that portal."""
    return {
        "AGENCYFILE_AGENCY_API": portal.agency_api,
        "AGENCYFILE_HUB_API": portal.hub_api,
        "AGENCYFILE_ACCOUNT_API": portal.account_api,
        "AGENCYFILE_AGENCY_KEY": portal.agency_key,
        "AGENCYFILE_HUB_KEY": portal.hub_key,
    }


def requests_of(victim: Victim, portal: RunningPortal) -> list[Any]:
    """Everything that was asked of a portal."""
    mine, victim.portal = victim.portal, portal
    try:
        return victim.book("requests")
    finally:
        victim.portal = mine


def imported(victim: Victim, names: list[str]) -> None:
    """An agency whose accounts were imported."""
    victim.seed(accounts=[live_account(name) for name in names])
    ran = victim.run_line("import", "--all", "--out", str(victim.folder), "--name", "northwind")
    assert ran.code == 0, ran


def move_out(victim: Victim) -> None:
    """The same files in another folder, where no ledger was ever read."""
    there = victim.folder.with_name("elsewhere")
    shutil.copytree(victim.folder, there, ignore=shutil.ignore_patterns(".agencyfile", ".git"))
    victim.folder = there


@pytest.mark.attack("B18", "agency key of another portal after import of 300 accounts")
@pytest.mark.parametrize("line", thinned(map(pytest.param, LINES), every=4))
def test_key_of_another_portal_is_refused_before_anything_is_sent(
    victim: Victim, other: RunningPortal, line: tuple[str, ...]
) -> None:
    """One clear sentence, exit 3, and not one request: not even a read with the wrong key."""
    imported(victim, NAMES)
    assert victim.run("plan", "-detailed-exitcode").code == 0
    seen = len(victim.book("requests"))

    ran = victim.run(*line, environment=of(other))

    assert (ran.code, requests_of(victim, other), len(victim.book("requests"))) == (3, [], seen), ran
    assert "is none that this ledger knows: it may open another portal; nothing was sent" in ran.err
    assert "agencyfile ledger portal --accept" in ran.err
    assert ran.out == ""


@pytest.mark.attack("B18", "agency key of another portal after an apply, with the hub key of the right one")
def test_one_key_of_another_portal_is_enough_to_refuse(victim: Victim) -> None:
    """Both keys are known after the first apply, each by itself."""
    victim.write(agency(victim.recipient, acme=""))
    assert victim.run("apply", *YES).code == 0
    seen = len(victim.book("requests"))

    wrong = [victim.run("plan", environment={f"AGENCYFILE_{name}_KEY": OTHER_KEY}) for name in ("AGENCY", "HUB")]

    assert [ran.code for ran in wrong] == [3, 3], wrong
    assert len(victim.book("requests")) == seen
    assert "the key of the agency API is none" in wrong[0].err
    assert "the key of the Partners Hub is none" in wrong[1].err


@pytest.mark.attack("B18", "accounts that the file adopts are missing, in a ledger that knows no key yet")
def test_portal_without_most_of_what_is_adopted_is_refused(victim: Victim, other: RunningPortal) -> None:
    """A ledger of an earlier version, or a fresh one: what is missing tells."""
    imported(victim, NAMES)
    move_out(victim)

    ran = [victim.run(*line, environment=of(other)) for line in (("plan",), ("apply", *YES))]

    assert [one.code for one in ran] == [3, 3], ran
    assert [row for row in requests_of(victim, other) if row["write"]] == []
    assert all("300 of 300 objects that exist as far as ledger and file know" in one.err for one in ran)
    assert all("agency.review.max_vanished_share" in one.err for one in ran)
    assert all(one.out == "" for one in ran)


@pytest.mark.attack("B18", "accounts that the ledger has changed are missing, and would be created and charged anew")
def test_portal_without_most_of_what_the_ledger_knows_is_refused(victim: Victim) -> None:
    """Edits were recorded of accounts that were never created by us: today's list lacks them."""
    names = [f"a{number}" for number in range(5)]
    victim.seed(accounts=[live_account(name, notification="old@northwind.example") for name in names])
    victim.write(agency(victim.recipient, **dict.fromkeys(names, "")))
    assert victim.run("apply", *YES).code == 0
    victim.seed_anew(accounts=[live_account(name) for name in names[:2]])

    ran = victim.run("apply", *YES)

    assert (ran.code, victim.writes(), "3 of 5 objects" in ran.err) == (3, [], True), ran


@pytest.mark.parametrize(("gone", "code"), [(1, 0), (2, 0), (3, 3), (10, 3)])
def test_few_that_are_gone_are_no_other_portal(victim: Victim, gone: int, code: int) -> None:
    """One or two vanish now and then, whatever share that is; three of ten are more than the fifth that may."""
    names = [f"a{number}" for number in range(10)]
    imported(victim, names)
    victim.seed_anew(accounts=[live_account(name) for name in names[gone:]])

    assert victim.run("plan").code == code


@pytest.mark.parametrize(("share", "code"), [("20%", 3), ("30%", 0), ("100%", 0)])
def test_share_that_may_have_vanished_is_a_setting(victim: Victim, share: str, code: int) -> None:
    """Where many accounts are being moved in, they are declared and not there yet."""
    names = [f"a{number}" for number in range(10)]
    adopted = agency(victim.recipient, **dict.fromkeys(names, "adopt: true"))
    setting = f"  name: northwind\n  review: {{max_vanished_share: {share}}}\n"
    victim.write(adopted.replace("  name: northwind\n", setting))
    victim.seed(accounts=[live_account(name) for name in names[3:]])

    assert victim.run("plan").code == code


def test_another_key_of_the_same_portal_is_accepted_by_a_person(victim: Victim) -> None:
    """With a reason; the key before it stays good until it is said that there is only one."""
    victim.write(agency(victim.recipient, acme=""))
    assert victim.run("apply", *YES).code == 0
    new = {"AGENCYFILE_HUB_KEY": "", "AGENCYFILE_AGENCY_KEY": OTHER_KEY}

    assert victim.run("plan", environment=new).code == 3
    assert victim.run("ledger", "portal", "--accept", environment=new).code == 64
    accepted = victim.run("ledger", "portal", "--accept", "--reason", "rotated", environment=new)
    after = victim.run("plan", environment=new)
    before = victim.run("plan")
    only = victim.run("ledger", "portal", "--accept", "--only", "--reason", "rotated", environment=new)
    shown = victim.run("ledger", "portal")

    assert (accepted.code, "keys known: 2" in accepted.out, "rotated" in accepted.out) == (0, True, True), accepted
    assert "nothing was sent" not in after.err  # the local portal does not know the key, and says so itself
    assert (before.code, only.code) == (0, 0)
    assert victim.run("plan").code == 3
    assert "not the one here" in shown.out
    assert OTHER_KEY not in victim.ledger.read_text()


def test_fingerprints_of_two_ledgers_tell_nothing_of_each_other(victim: Victim) -> None:
    """The same key has another fingerprint in each ledger; compaction keeps it."""
    victim.write(agency(victim.recipient, acme=""))
    assert victim.run("apply", *YES).code == 0
    one = [line for line in victim.ledger.read_text().splitlines() if '"type":"portal"' in line]
    assert victim.run("ledger", "compact").code == 0
    assert victim.run("plan", environment={"AGENCYFILE_AGENCY_KEY": OTHER_KEY}).code == 3
    move_out(victim)
    victim.seed_anew(accounts=[])
    assert victim.run("apply", *YES).code == 0
    two = [line for line in victim.ledger.read_text().splitlines() if '"type":"portal"' in line]

    assert len(one) == len(two) == 1
    prints = [line.split('"agency":["')[1][:64] for line in (*one, *two)]
    assert prints[0] != prints[1]
