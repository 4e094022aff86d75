"""What a forge can do to a run, and what the run makes of it."""

import logging
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from pipelines.forge import Forge, Reply, primary_limit, secondary_limit
from pipelines.reviewer import MARKER, TOKEN, Job

from agencyfile.forges.client import PATIENCE, TURNS, Client
from agencyfile.forges.errors import THIRD_PARTY, Declined, unclear
from agencyfile.forges.transport import Transport
from plan import Secret


def refused(job: Job, *arguments: str, text: str = "Plan", **environment: str) -> str:
    """Comment, expect an error that is not a bug and leaves no comment; return its words."""
    ran = job.comment("--body", "-", "--agency", "northwind", *arguments, text=text, environment=environment)

    assert ran.code == 1, ran
    assert "bug" not in ran.err
    assert job.texts() == []
    return ran.err


@pytest.fixture
def naps() -> list[float]:
    """How long a client has slept, where nobody has the time."""
    return []


@pytest.fixture
def make_client(forge: Forge, naps: list[float]) -> Callable[[], Client]:
    """A client of the GitHub half that sleeps on paper only."""
    forge.add_token(TOKEN, "ann", pull_requests="write")
    forge.open_pull_request()

    def make() -> Client:
        transport = Transport(forge.github, Secret(TOKEN), lambda text: {"Authorization": f"Bearer {text}"})
        return Client(transport, sleep=naps.append)

    return make


def test_rate_limit_with_a_time_is_waited_out(job: Job) -> None:
    """403 and 429 both say that nothing was processed: the comment is sent again, once."""
    job.forge.answer(f"^POST .*{job.notes}", secondary_limit("1"))
    job.forge.answer(f"^GET .*{job.notes}", Reply(429, "Retry later\n", {"Retry-After": "0"}), times=2)
    job.post("Plan")

    assert len(job.texts()) == 1


def test_rate_limit_without_a_time_is_waited_out_for_a_minute(
    forge: Forge, make_client: Callable[[], Client], naps: list[float]
) -> None:
    """So GitHub asks for where its secondary limit does not say how long; longer the second time."""
    forge.answer("comments", secondary_limit(None), times=2)
    make_client().get("/repos/northwind/portal/issues/1/comments")

    assert naps == [60.0, 120.0]


def test_rate_limit_of_the_hour_is_waited_out_when_it_is_nearly_over(
    forge: Forge, make_client: Callable[[], Client], naps: list[float]
) -> None:
    """The headers tell when requests are counted anew."""
    forge.answer("comments", primary_limit(30))
    make_client().get("/repos/northwind/portal/issues/1/comments")

    assert len(naps) == 1
    assert 25 < naps[0] <= 30


def test_rate_limit_that_lasts_ends_with_an_error_at_once(
    forge: Forge, make_client: Callable[[], Client], naps: list[float]
) -> None:
    """A job does not wait an hour for a comment."""
    forge.answer("comments", primary_limit(3000), times=99)
    with pytest.raises(Declined, match=r"asked again in [23][0-9]{3} seconds"):
        make_client().get("/repos/northwind/portal/issues/1/comments")

    assert naps == []
    assert PATIENCE < 3000


def test_rate_limit_that_never_ends_is_believed(
    forge: Forge, make_client: Callable[[], Client], naps: list[float]
) -> None:
    """A limit that names no time, or none at all to wait, is not asked for ever."""
    forge.answer("comments", Reply(429, {"message": "no"}, {"Retry-After": "0"}), times=99)
    with pytest.raises(Declined, match="too many requests"):
        make_client().get("/repos/northwind/portal/issues/1/comments")

    assert len(naps) == TURNS


def test_forbidden_is_not_taken_for_a_rate_limit(job: Job) -> None:
    """A token that may not comment is told so at once, with what it lacks."""
    job.forge.add_token(TOKEN, job.author, is_installation=job.kind == "github", contents="read")
    words = refused(job)

    assert "answered 403" in words
    assert "pull-requests: write" in words


def test_locked_conversation_is_named(github_job: Job) -> None:
    """The forge's own words are passed on."""
    github_job.thread.is_locked = True

    assert "issue is locked" in refused(github_job)


@pytest.mark.parametrize("carried_out", [True, False])
def test_lost_answer_of_a_new_comment_is_looked_up_and_never_doubled(job: Job, *, carried_out: bool) -> None:
    """Nobody knows whether the comment is there: so it is looked for before another one is posted."""
    job.forge.lose(f"^POST .*{job.notes}", carried_out=carried_out)
    job.post("Plan")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan"]


@pytest.mark.parametrize("carried_out", [True, False])
def test_lost_answers_of_an_update_are_sent_again(job: Job, *, carried_out: bool) -> None:
    """An update that is done twice is done."""
    job.post("Plan one")
    job.forge.lose(f"^(PATCH|PUT) .*{job.note}", times=2, carried_out=carried_out)
    job.post("Plan two")

    assert [text.strip() for text in job.texts()] == [f"{MARKER}\nPlan two"]


def test_lost_answer_of_a_deletion_is_no_error(job: Job) -> None:
    """The second try finds nothing to delete: so it is done."""
    for number in range(2):
        job.forge.say(1, job.author, f"{MARKER}\nPlan {number}")
    job.forge.lose(f"^DELETE .*{job.note}", carried_out=True)
    job.post("Plan")

    assert len(job.texts()) == 1


def test_server_error_while_reading_is_tried_again(job: Job) -> None:
    """Reading changes nothing."""
    job.forge.answer(f"^GET .*{job.notes}", Reply(502, "<html>"), times=3)
    job.post("Plan")

    assert len(job.texts()) == 1


def test_server_error_that_lasts_ends_with_an_error(job: Job) -> None:
    """Four tries, then the run says what the forge said."""
    job.forge.answer(f"^GET .*{job.notes}", Reply(503, {"message": "Unicorn!"}), times=99)
    words = refused(job)

    assert "answered 503: Unicorn!" in words
    assert len([name for name, status in job.forge.log if status == 503]) == 4


def test_server_error_that_lasts_while_posting_ends_with_an_error(job: Job) -> None:
    """Each time the list is read before the comment is posted again."""
    job.forge.answer(f"^POST .*{job.notes}", Reply(500, "oops"), times=99)

    assert "could not be kept in 4 rounds" in refused(job)


def test_text_that_is_too_long_is_refused_before_anything_is_sent(job: Job) -> None:
    """The limit is the forge's, the words say by how much it is passed."""
    longest = 65_536 if job.kind == "github" else 1_000_000
    words = refused(job, text="é" * longest)

    assert f"takes {longest:,}; nothing was posted" in words
    assert job.forge.writes() == []


def test_text_just_below_the_limit_is_taken(job: Job) -> None:
    """Characters are counted, not bytes; the marker counts too."""
    longest = 65_536 if job.kind == "github" else 1_000_000
    job.post("é" * (longest - len(MARKER) - 2))

    assert len(job.texts()[0].strip()) == longest - 1


def test_text_that_the_forge_refuses_is_an_error_with_its_words(job: Job) -> None:
    """Whatever rule it has."""
    errors = [{"message": "Body is too long (maximum is 9 characters)"}]
    job.forge.answer(f"^POST .*{job.notes}", Reply(422, {"message": "Validation Failed", "errors": errors}))

    assert "422: Validation Failed; Body is too long (maximum is 9 characters)" in refused(job)


def test_pull_request_that_is_not_there_is_named(job: Job) -> None:
    """Not found is what a forge says too where the token may not look."""
    words = refused(job, "--number", "77")

    assert "no pull request 77" in words or "no merge request 77" in words


def test_token_that_is_not_known_is_refused(job: Job) -> None:
    """Neither the token nor a part of it is shown."""
    name = "GITHUB_TOKEN" if job.kind == "github" else "GITLAB_TOKEN"
    words = refused(job, **{name: "ghp_wrong"})

    assert "answered 401" in words
    assert "ghp_wrong" not in words


def test_token_that_is_missing_is_asked_for(job: Job) -> None:
    """By the name of its variable; there is no flag for it."""
    name = "GITHUB_TOKEN" if job.kind == "github" else "GITLAB_TOKEN"

    assert f"{name} is not set" in refused(job, **{name: " "})


@pytest.mark.parametrize("token", ["two\nlines-7f3a", "with space-7f3a", "ümlaut-7f3a", "nul\x7f-7f3a"])
def test_token_that_no_header_can_hold_is_refused_unseen(job: Job, token: str) -> None:
    """Also libraries would put it into their messages."""
    name = "GITHUB_TOKEN" if job.kind == "github" else "GITLAB_TOKEN"
    words = refused(job, **{name: token})

    assert "characters that no token has" in words
    assert "7f3a" not in words


@pytest.mark.parametrize(
    "url", ["api.github.com", "ftp://forge.example", "https://", "https://ann:pw@forge.example", "http://[::1"]
)
def test_url_that_is_none_is_refused(job: Job, url: str) -> None:
    """Before the token goes anywhere."""
    words = refused(job, "--api-url", url)

    assert "the API's URL is none that can be used" in words
    assert "pw" not in words


def test_forge_that_is_not_there_is_named(job: Job) -> None:
    """With the system's reason."""
    words = refused(job, "--api-url", "http://127.0.0.1:9")

    assert "no whole answer came from 127.0.0.1:9: connection refused" in words


def test_answer_that_is_no_json_is_an_error(job: Job) -> None:
    """A login page in place of the API."""
    job.forge.answer(f"^GET .*{job.notes}", Reply(200, "<html>Sign in</html>"))

    assert "not what this API answers" in refused(job)


def test_repository_that_has_moved_is_named(job: Job) -> None:
    """A redirect is not followed: the token would go along."""
    moved = Reply(301, {"message": "Moved Permanently"}, {"Location": "https://elsewhere.example/repositories/1"})
    job.forge.answer(f"^GET .*{job.notes}", moved)

    assert "it has moved to https://elsewhere.example/repositories/1" in refused(job)


def test_next_page_at_another_host_is_asked_for_at_ours(job: Job, forge: Forge) -> None:
    """The link says which page is next; where the token goes is not left to it."""
    for number in range(3):
        forge.say(1, "dev", f"Comment {number}")
    forge.say(1, job.author, f"{MARKER}\nPlan one")
    link = {"Link": '<https://elsewhere.example/comments?page=1&per_page=100&sort=asc>; rel="next"'}
    forge.answer(f"^GET .*{job.notes}", Reply(200, [], link))

    assert job.post("Plan two").out.startswith("comment updated: ")


def test_pages_that_lead_in_a_circle_end(job: Job, forge: Forge) -> None:
    """A page that names itself as the next is read once."""
    link = {"Link": '<https://forge.example/comments?page=7>; rel="next"'}
    forge.answer(f"^GET .*{job.notes}", Reply(200, [], link), times=99)

    assert job.post("Plan").out.startswith("comment added: ")


def test_token_is_in_no_log(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    """Not even where everything is logged."""
    with caplog.at_level(logging.DEBUG):
        job.post("Plan")

    assert "/comments" in caplog.text or "/notes" in caplog.text
    assert TOKEN not in caplog.text


def test_token_that_a_forge_repeats_is_taken_out(job: Job) -> None:
    """What a forge says is passed on without the token."""
    job.forge.answer(f"^POST .*{job.notes}", Reply(422, {"message": f"token {TOKEN} is too good for this"}))
    words = refused(job)

    assert TOKEN not in words
    assert "is too good for this" in words


# of a built-in root anybody may derive: those that a request can end with
OF_A_REQUEST = ("builtins", "http", "json", "requests", "simplejson", "ssl", "urllib3")
ERRORS = [
    error
    for root in THIRD_PARTY
    for error in (root, *root.__subclasses__())
    if error.__module__.partition(".")[0] in OF_A_REQUEST
]


@pytest.mark.parametrize("error", ERRORS)
def test_errors_of_the_libraries_become_ours_without_their_words(error: type[BaseException]) -> None:
    """Whatever a library raises ends at the transport; its text may hold the header with the token."""
    thrown = error.__new__(error)
    thrown.args = (f"Invalid header value: Bearer {TOKEN}", "http://ann:pw@forge.example")
    ours = unclear(thrown, "forge.example")

    assert TOKEN not in str(ours)
    assert "pw" not in str(ours)
    assert ours.fix


@pytest.mark.parametrize("text", ["soon", "-5", "Thu, 99 Nov", ""])
def test_rate_limit_with_a_time_that_is_none_is_waited_out_all_the_same(
    forge: Forge, make_client: Callable[[], Client], naps: list[float], text: str
) -> None:
    """As if it named none."""
    forge.answer("comments", Reply(429, {"message": "no"}, {"Retry-After": text}))
    make_client().get("/repos/northwind/portal/issues/1/comments")

    assert len(naps) == 1
    assert 0.5 <= naps[0] <= 1


def test_rate_limit_that_names_a_date_is_waited_out_until_then(
    forge: Forge, make_client: Callable[[], Client], naps: list[float]
) -> None:
    """The other form of the header (RFC 9110)."""
    forge.answer("comments", Reply(429, {"message": "no"}, {"Retry-After": formatdate(time.time() + 90, usegmt=True)}))
    make_client().get("/repos/northwind/portal/issues/1/comments")

    assert 80 < naps[0] <= 90


def test_commit_that_cannot_be_looked_up_is_said(job: Job) -> None:
    """A token that may not read the repository's commits."""
    job.forge.answer(r"/commits/abc1234/", Reply(403, {"message": "Resource not accessible by integration"}))
    ran = job.comment("--body", "-", "--agency", "northwind", "--commit", "abc1234", text="Plan")

    assert ran.code == 1
    assert "who merged abc1234 cannot be looked up" in ran.err


def test_token_of_nobody_needs_a_name(job: Job) -> None:
    """Where neither way tells whose the token is, a person can."""
    job.forge.answer("GET .*/user$", Reply(403, {"message": "Resource not accessible"}), times=2)
    job.forge.answer("graphql", Reply(200, {"data": None, "errors": [{"message": "no"}]}))
    words = refused(job)

    assert "does not tell whose token this is" in words
    assert "--author" in words
    job.post("Plan", "--author", job.author)


@pytest.mark.parametrize("body", ["[]", "[" * 100_000, '{"message": {"note": ["is bad"]}}', '{"errors": "x"}'])
def test_refusal_in_any_shape_is_an_error_of_ours(job: Job, body: str) -> None:
    """What a forge, or something in front of it, says may be anything."""
    job.forge.answer(f"^POST .*{job.notes}", Reply(400, body))

    assert "answered 400" in refused(job)
