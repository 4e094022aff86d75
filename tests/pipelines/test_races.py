"""Several runs at the same moment, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pipelines.forge import PROJECT, REPOSITORY
from pipelines.reviewer import MARKER, TOKEN, Job

from agencyfile.forges import Forge, open_github, open_gitlab
from agencyfile.forges.sticky import Outcome, Result, make_text, stick
from plan import Secret

RUNS = 4


def opened(job: Job) -> Forge:
    """The repository, on a connection of its own."""
    if job.kind == "github":
        return open_github(job.api, Secret(TOKEN), REPOSITORY)
    return open_gitlab(job.api, Secret(TOKEN), PROJECT)


@pytest.mark.parametrize("kind", ["comment", "issue"])
def test_races_of_several_runs_end_with_one_text(job: Job, kind: str) -> None:
    """Whoever is first, one stays: the oldest, with the text of one of them; at least one run has put it up."""
    job.forge.add_token(TOKEN, job.author, is_installation=False, issues="write", api="write")
    for number in range(2, 12):
        job.forge.open_pull_request()
        barrier = Barrier(RUNS)

        def run(name: int, number: int = number, barrier: Barrier = barrier) -> Result:
            forge = opened(job)
            board = forge.comments(number) if kind == "comment" else forge.issues(f"Drift {number}")
            text = make_text(f"agency-{number}", f"Plan of {name}")
            barrier.wait()
            try:
                return stick(board, f"agency-{number}", text)
            finally:
                forge.close()

        with ThreadPoolExecutor(RUNS) as pool:
            results = list(pool.map(run, range(RUNS)))

        issues = [issue.body for issue in job.forge.open_issues()] if kind == "issue" else []
        texts = [
            text for text in issues or job.forge.bodies(number) if text.startswith(f"<!-- agencyfile:agency-{number} ")
        ]
        assert len(texts) == 1
        assert texts[0].splitlines()[1] in {f"Plan of {name}" for name in range(RUNS)}
        assert Outcome.ADDED in {result.outcome for result in results}
        assert len({result.url for result in results}) == 1
    assert MARKER not in job.texts()
