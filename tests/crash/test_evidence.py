"""What a person says of a manual step, by a command that ends anywhere."""

import contextlib
import json

import pytest
from crash.boundaries import Boundaries, Killed
from crash.scenarios import HELD, RICH, Scenario, Wanted, seeds
from crash.stage import Stage
from sampling import sampled

from plan.ledger import EntryType

BY_HAND = Scenario(
    "by-hand",
    (),
    "",
    {"rich": "branding: {site_name: Rich Mail}"},
    Wanted(frozenset({"rich"}), templates=HELD),
    seeds(RICH),
)
SAID = ("steps", "done", "branding.rich", "--evidence", "ticket 7", "--by", "ann")
MOST = 50


@pytest.mark.long
def test_evidence_of_a_command_killed_at_every_boundary_is_recorded_once(stage: Stage) -> None:
    """Said again after the crash it stands in the ledger once, and nothing is asked for any more."""
    stage.prepare(BY_HAND)
    for number in sampled(range(1, MOST), every=3):
        stage.begin("none", resend=False)
        boundaries = Boundaries(number)
        with contextlib.suppress(Killed):
            stage.run(*SAID, boundaries=boundaries)
        assert stage.run(*SAID).code == 0
        evidence = [entry for entry in stage.entries() if entry.type is EntryType.EVIDENCE]
        assert [entry.body["by"] for entry in evidence] == ["ann"], stage.texts
        stage.converge()
        stage.judge()
        assert json.loads(stage.run("plan", "-json").out)["manual_steps"] == []
        if not boundaries.is_dead:
            return
    pytest.fail("a command has no end")
