"""An older copy of a ledger file that is put back: no command goes on until a person accepts it and says why."""

import json

from crash.stage import APPROVED, Stage
from stories import agency

from plan.ledger import EntryType


def _grant(stage: Stage, total: int) -> None:
    stage.write(agency(stage.recipient, acme=f"credits: {{email: {total}}}"))
    assert stage.run("apply", *APPROVED).code == 0, stage.texts


def test_older_copy_is_refused_and_grants_nothing_again(stage: Stage) -> None:
    """Exit 1, and the command that accepts it; the portal is sent nothing. Accepted, it is recorded with its reason."""
    stage.clear()
    _grant(stage, 100)
    older = stage.ledger.read_bytes()
    _grant(stage, 300)
    stage.ledger.write_bytes(older)
    sent = stage.writes()
    for command in (("apply", *APPROVED), ("plan",), ("ledger", "show"), ("steps", "list")):
        ran = stage.run(*command)
        assert ran.code == 1, ran
        assert "agencyfile ledger accept" in ran.err
    assert stage.writes() == sent

    assert stage.run("ledger", "accept").code == 64
    assert stage.run("ledger", "accept", "--reason", "disk lost", "--by", "ann").code == 0
    assert stage.run("ledger", "accept", "--reason", "again").code == 1
    entry = stage.entries()[-1]
    assert entry.type is EntryType.RESTORED
    assert (entry.body["reason"], entry.body["by"]) == ("disk lost", "person ann")
    assert stage.run("plan").code == 0


def test_older_copy_with_its_mark_is_refused_by_the_state_folder(stage: Stage) -> None:
    """A whole folder put back from a backup: what this user's state folder holds tells."""
    stage.clear()
    _grant(stage, 100)
    folder = stage.ledger.parent
    older = {path.name: path.read_bytes() for path in folder.iterdir()}
    _grant(stage, 300)
    for path in folder.iterdir():
        path.unlink()
    for name, content in older.items():
        (folder / name).write_bytes(content)

    assert stage.run("apply", *APPROVED).code == 1
    assert sum(row["credits"] for row in stage.grants()) == 300


def test_ledger_that_is_gone_is_refused_and_another_agencys_is_new(stage: Stage) -> None:
    """Deleting the ledger does not make credits be granted again; another agency in the same folder begins anew."""
    stage.clear()
    _grant(stage, 100)
    stage.ledger.unlink()
    assert stage.run("apply", *APPROVED).code == 1
    for path in stage.ledger.parent.iterdir():
        path.unlink()
    assert stage.run("apply", *APPROVED).code == 1
    assert sum(row["credits"] for row in stage.grants()) == 100

    text = agency(stage.recipient, beta="").replace("name: northwind", "name: southwind")
    stage.write(text)
    assert stage.run("plan").code == 0
    assert json.loads(stage.run("plan", "-json").out)["resource_changes"]
