"""A sample of the histories that `make chaos` lives through, one of each class at least; the same ones each time.

AGENCYFILE_CHAOS_SAMPLE is how many (30): `make test` takes one of each class, `make test-long` the others.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chaos.faults import FAULTS
from chaos.histories import KINDS, Act, History, Throw, make_history
from chaos.judging import Verdict
from chaos.living import Chaos
from chaos.many import opened
from chaos.minimising import shortest

SAMPLE = int(os.environ.get("AGENCYFILE_CHAOS_SAMPLE", "30"))
# The classes take turns, so that the first seeds have one of each.
SEEDS = [pytest.param(seed, marks=[pytest.mark.rest] if seed >= len(KINDS) else []) for seed in range(SAMPLE)]


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chaos]:
    """A portal behind a proxy that breaks every rule."""
    with opened(tmp_path_factory.mktemp("chaos")) as made:
        yield made


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug report, if there is one, is not left among the sources."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_history_is_settled_by_documented_commands_and_nothing_happens_twice(chaos: Chaos, seed: int) -> None:
    """Judged by the portal's books; a failing history is shown as short as it can be."""
    history = make_history(seed)
    verdict = chaos.live(history)
    if verdict.is_bad:
        history, verdict = shortest(history, verdict, chaos.live)
    assert not verdict.is_bad, "\n".join([str(history), *verdict.words])


def test_snapshot_that_a_list_hides_once_is_taken_again_said_and_deleted(chaos: Chaos) -> None:
    """The file adopts it by its name, no ledger knows it: nobody can tell a list without it from the truth."""
    hidden = Act("apply", (Throw("rows-none", "read", 3, 1),))
    verdict = chaos.live(History(291035, "lists", "country", resend=False, acts=(hidden,)))

    assert not verdict.is_bad, verdict.words
    assert (verdict.beyond, verdict.reported) == (1, 1)


def test_repeating_middlebox_is_seen_by_the_oracle(chaos: Chaos) -> None:
    """The judge can tell: a grant that a middlebox made twice is counted, as something that no client can prevent."""
    twice = Act("apply", (Throw("sent-twice-first", "write", 1, 1),))
    verdict = chaos.live(History(0, "sent twice", "credits-email", resend=False, acts=(twice,)))

    assert verdict.beyond == 1, verdict


def test_failing_history_is_made_as_short_as_it_can_be(chaos: Chaos) -> None:
    """Of four faults in three commands, the one that matters stays."""
    noise = Throw("many-cookies", "read", 1, 1)
    twice = Throw("sent-twice-first", "write", 1, 1)
    acts = (
        Act("plan", (noise,)),
        Act("apply", (noise, twice, Throw("charset-unknown", "read", 2, 3))),
        Act("reconcile"),
    )
    history = History(0, "sent twice", "credits-email", resend=False, acts=acts)

    def strict(candidate: History) -> Verdict:
        verdict = chaos.live(candidate)
        verdict.grants += verdict.beyond
        return verdict

    found, _ = shortest(history, strict(history), strict)
    assert found.acts == (Act("apply", (twice,)),)


def test_classes_of_faults_hold_those_of_the_table_and_many_more() -> None:
    """Every fault has a name of its own and an aim."""
    assert len(FAULTS) > 150
    assert len(KINDS) >= 15
    assert {fault.aim for fault in FAULTS.values()} == {"any", "read", "write"}
