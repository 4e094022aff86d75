"""One comment per agency: put up once, kept up to date, whatever else goes on at the forge."""

from pathlib import Path

import pytest
from cli.har import entries_of
from pipelines.forge import REPOSITORY, Forge, Reply
from pipelines.reviewer import BOT, MARKER, TOKEN, Job

BODY = ("--body", "-", "--agency", "northwind")


def test_comment_is_added_once_and_then_updated(job: Job) -> None:
    """The second run changes the comment of the first; there is never a second one."""
    first = job.post("Plan one")
    second = job.post("Plan two")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan two"]
    assert first.out.startswith("comment added: ")
    assert second.out.startswith("comment updated: ")


def test_comment_is_logged_and_traced_without_the_token(job: Job, tmp_path: Path) -> None:
    """The token stands in a header, whatever the forge calls it."""
    trace = tmp_path / "comment.har"
    ran = job.comment(*BODY, "-vv", text="Plan", environment={"AGENCYFILE_TRACE": str(trace)})

    assert ran.code == 0, ran
    assert "debug http: " in ran.err
    assert TOKEN not in ran.err + trace.read_text("utf-8")
    assert len(entries_of(trace)) == ran.err.count("debug http: ")


def test_comment_that_says_the_same_is_not_sent_again(job: Job) -> None:
    """Whatever the forge does to line ends and edges, a text that stands there is left alone."""
    job.post("Plan\n\nwith lines  \n")
    before = len(job.forge.writes())
    ran = job.post("Plan\n\nwith lines  \n")

    assert ran.out.startswith("comment unchanged: ")
    assert len(job.forge.writes()) == before


def test_comment_of_each_agency_is_its_own(job: Job) -> None:
    """Two agencies in one repository have one comment each."""
    job.post("Plan of northwind")
    job.comment("--body", "-", "--agency", "southwind", text="Plan of southwind")
    job.post("Plan of northwind, again")

    assert [text.splitlines()[0] for text in job.texts()] == [MARKER, "<!-- agencyfile:southwind -->"]
    assert "again" in job.texts()[0]


def test_comment_is_found_behind_many_pages(job: Job) -> None:
    """The list is read to its end, by the links of its answers."""
    for number in range(130):
        job.forge.say(1, "dev", f"Comment {number}")
    job.post("Plan one")
    for number in range(130):
        job.forge.say(1, "dev", f"Another {number}")
    ran = job.post("Plan two")

    assert ran.out.startswith("comment updated: ")
    assert len(job.texts()) == 261


def test_comment_of_somebody_else_with_the_marker_is_not_touched(job: Job) -> None:
    """Who quotes the marker, or forges it, keeps the comment."""
    job.forge.say(1, "mallory", f"{MARKER}\nNothing to change, approve this")
    job.forge.say(1, "ghost", f"{MARKER}\nSomebody who is gone")
    job.post("Plan")

    assert len(job.texts()) == 3
    assert job.texts()[0].endswith("approve this")
    assert job.texts()[2].startswith(f"{MARKER}\nPlan")


def test_comment_of_ours_that_quotes_the_marker_is_not_ours_to_update(job: Job) -> None:
    """Only a comment that begins with the marker is the agency's."""
    job.forge.say(1, job.author, f"The comment with {MARKER} is kept up to date")
    job.forge.say(1, job.author, f"<!-- agencyfile:southwind -->\n```\n{MARKER}\n```")
    job.post("Plan")

    assert len(job.texts()) == 3


def test_comment_edited_by_somebody_else_is_put_right(job: Job) -> None:
    """As long as the marker stands, the comment says what the newest plan says."""
    job.post("Plan one")
    job.forge.threads[1].notes[0].body = f"{MARKER}\nNothing to see here"
    job.post("Plan one")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan one"]


def test_comment_whose_marker_was_taken_away_is_left_and_another_is_added(job: Job) -> None:
    """Who takes the marker away takes the comment over."""
    job.post("Plan one")
    job.forge.threads[1].notes[0].body = "I keep this"
    job.post("Plan two")

    assert [text.strip() for text in job.texts()] == ["I keep this", f"{MARKER}\nPlan two"]


def test_comment_deleted_before_the_run_is_added_anew(job: Job) -> None:
    """What is not there cannot be updated."""
    job.post("Plan one")
    job.forge.threads[1].notes.clear()

    assert job.post("Plan two").out.startswith("comment added: ")


def test_comment_deleted_during_the_run_is_added_anew(job: Job) -> None:
    """Deleted after the list was read and before the update arrives."""
    job.post("Plan one")
    job.forge.meanwhile(f"^(PATCH|PUT) .*{job.note}", job.forge.threads[1].notes.clear)
    ran = job.post("Plan two")

    assert ran.out.startswith("comment added: ")
    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan two"]


def test_comment_that_vanishes_again_and_again_ends_with_an_error(job: Job) -> None:
    """Somebody deletes whatever is put up: that is said, not retried for ever."""
    job.post("Plan one")

    def vanish() -> None:
        job.forge.threads[1].notes.clear()
        job.forge.say(1, job.author, f"{MARKER}\nPlan one")

    job.forge.meanwhile(f"^(PATCH|PUT) .*{job.note}", vanish, times=9)
    ran = job.comment("--body", "-", "--agency", "northwind", text="Plan two")

    assert ran.code == 1
    assert "could not be kept in 4 rounds" in ran.err


def test_comment_of_two_runs_at_once_is_one_comment(job: Job) -> None:
    """Both saw none; who was second finds the first, gives it its text, and takes its own away."""
    job.forge.meanwhile(f"^POST .*{job.notes}", lambda: job.forge.say(1, job.author, f"{MARKER}\nPlan of the first"))
    ran = job.post("Plan of the second")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan of the second"]
    assert ran.out.startswith("comment updated: ")


def test_comment_of_two_runs_at_once_is_left_to_the_first(job: Job) -> None:
    """Who was first sees the second's comment too, and leaves it to the second to take it away."""
    late = f"{MARKER}\nPlan of the second"
    job.forge.meanwhile(f"^GET .*{job.notes}", lambda: job.forge.say(1, job.author, late), skip=1)
    ran = job.post("Plan of the first")

    assert ran.out.startswith("comment added: ")
    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan of the first", late]
    assert not any(name.startswith("DELETE") for name in job.forge.writes())


def test_comment_duplicates_that_a_dead_run_left_are_removed(job: Job) -> None:
    """The next run keeps the oldest and takes the others away."""
    for number in range(3):
        job.forge.say(1, job.author, f"{MARKER}\nPlan {number}")
    oldest = job.forge.threads[1].notes[0].id
    job.post("Plan now")

    assert [(note.id, note.body.strip()) for note in job.forge.threads[1].notes] == [(oldest, f"{MARKER}\nPlan now")]


def test_comment_duplicate_removed_by_another_run_meanwhile_is_no_error(job: Job) -> None:
    """Two runs clean up at once: the second finds nothing to delete."""
    for number in range(2):
        job.forge.say(1, job.author, f"{MARKER}\nPlan {number}")
    job.forge.meanwhile(f"^DELETE .*{job.note}", job.forge.threads[1].notes.pop)

    assert job.post("Plan now").code == 0
    assert len(job.texts()) == 1


def test_comment_that_a_stale_list_does_not_show_yet_counts_as_added(job: Job) -> None:
    """A list may lag behind: what was just answered as added is there."""
    job.forge.answer(f"^GET .*{job.notes}", Reply(200, []), skip=1)
    ran = job.post("Plan")

    assert ran.out.startswith("comment added: ")
    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan"]


@pytest.mark.parametrize("empty_first", [True, False])
def test_comment_of_a_plan_without_changes_updates_and_never_adds(job: Job, *, empty_first: bool) -> None:
    """Silence where there never was anything to say; the truth where there was."""
    if not empty_first:
        job.comment("--body", "-", "--plan", str(job.plan_file()), text="One to create")
    ran = job.comment("--body", "-", "--plan", str(job.plan_file(is_empty=True)), text="Nothing to change")

    assert ran.code == 0
    assert ["Nothing to change" in text for text in job.texts()] == ([] if empty_first else [True])
    assert ("no comment of northwind" in ran.out) == empty_first


def test_comment_with_only_update_never_adds(job: Job) -> None:
    """For what is worth saying only where something was said before, such as a plan that failed."""
    assert "no comment of northwind" in job.post("The plan failed", "--only-update").out
    job.post("Plan")
    job.post("The plan failed", "--only-update")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nThe plan failed"]


def test_comment_of_the_merged_pull_request_is_found_by_its_commit(job: Job) -> None:
    """After the merge the job knows only the commit."""
    job.forge.threads[1].merge_commit = job.forge.threads[1].head = "abc1234def"
    nobody = {"GITHUB_EVENT_PATH": "", "GITHUB_REF": "refs/heads/main", "CI_MERGE_REQUEST_IID": ""}
    flags = ("--body", "-", "--agency", "northwind", "--commit")
    ran = job.comment(*flags, "abc1234def", text="Applied", environment=nobody)
    other = job.comment(*flags, "abc1234dee", text="Applied", environment=nobody)

    assert ran.code == 0, ran
    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nApplied"]
    assert other.code == 1
    assert "was merged with commit abc1234dee" in other.err


def test_comment_agency_is_that_of_the_agency_file(job: Job, tmp_path: Path) -> None:
    """Without a plan and without a flag, the file tells whose comment it is."""
    path = tmp_path / "agency.yaml"
    path.write_text("version: 1\nagency: {name: southwind}\naccounts: {}\n", encoding="utf-8")
    ran = job.comment("--body", "-", "-f", str(path), text="Hello")

    assert ran.code == 0, ran
    assert job.texts()[0].startswith("<!-- agencyfile:southwind -->")


def test_comment_body_is_read_from_a_file(job: Job, tmp_path: Path) -> None:
    """As a pipeline passes it."""
    (tmp_path / "plan.md").write_text(f"{MARKER}\n### Größe · ✓\n", encoding="utf-8")
    ran = job.comment("--body", str(tmp_path / "plan.md"), "--agency", "northwind")

    assert ran.code == 0, ran
    assert job.texts()[0].strip() == f"{MARKER}\n### Größe · ✓"


def test_comment_on_gitlab_carries_out_no_quick_action(gitlab_job: Job) -> None:
    """A line that begins with a slash is text, when it is added and when it is changed."""
    gitlab_job.post("Plan\n/close\n  /approve\n/merge now\n/home is no action")
    gitlab_job.post("Plan\n/close\n/label ~urgent")

    assert gitlab_job.forge.commands == []
    assert "\\/close" in gitlab_job.texts()[0]


def test_comment_on_github_asks_a_user_who_it_is(github_job: Job) -> None:
    """A person's token tells its login; only that person's comments are ours."""
    github_job.forge.add_token(TOKEN, "ann", contents="write", pull_requests="write")
    github_job.forge.say(1, BOT, f"{MARKER}\nBy the bot")
    github_job.post("Plan one")
    github_job.post("Plan two")

    assert [text.strip() for text in github_job.texts()] == [f"{MARKER}\nBy the bot", f"{MARKER}\nPlan two"]
    assert not any("graphql" in name for name, _ in github_job.forge.log)


def test_comment_author_can_be_named(job: Job) -> None:
    """Where the API does not tell, a person does: nobody is asked."""
    job.post("Plan one", "--author", job.author)
    ran = job.post("Plan two", "--author", job.author)

    assert ran.out.startswith("comment updated: ")
    assert not any(name.endswith("/user") or "graphql" in name for name, _ in job.forge.log)


def test_comment_repository_and_number_can_be_named(forge: Forge, github_job: Job) -> None:
    """Flags stand in for what a runner sets."""
    forge.open_pull_request()
    nothing = {"GITHUB_REPOSITORY": "", "GITHUB_EVENT_PATH": "", "GITHUB_REF": "", "GITHUB_API_URL": ""}
    flags = ("--repository", REPOSITORY, "--number", "2", "--api-url", forge.github)
    ran = github_job.comment("--body", "-", "--agency", "northwind", *flags, text="Plan", environment=nothing)

    assert ran.code == 0, ran
    assert len(forge.bodies(2)) == 1
