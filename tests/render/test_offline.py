"""`plan --offline`: two revisions of a real repository, no portal, no key."""

import json
import subprocess

import pytest
from rehearsal import Rehearsal
from render.documents import RECIPIENT
from render.forges import PARSERS, Page
from stories import agency

NO_KEYS = dict.fromkeys(("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY", "AGENCYFILE_AGENCY_API"), "")


def commit(rehearsal: Rehearsal, text: str) -> None:
    """Commit the agency file."""
    rehearsal.write(text)
    git = ["git", "-C", str(rehearsal.folder), "-c", "user.name=t", "-c", "user.email=t@northwind.example"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)


def test_plan_offline_shows_what_the_file_says_differently(rehearsal: Rehearsal) -> None:
    """In three forms, without a key and without a request."""
    commit(rehearsal, agency(RECIPIENT, acme="", beta=""))
    rehearsal.write(agency(RECIPIENT, acme="notification: new@northwind.example", gamma=""))

    text, markdown, document = (
        rehearsal.run("plan", "--offline", *form, environment=NO_KEYS)
        for form in ((), ("--format", "markdown"), ("-json",))
    )

    assert text.code == markdown.code == document.code == 0
    assert "Offline: 1 added, 1 changed, 1 taken out." in text.out
    assert [change["address"] for change in json.loads(document.out)["changes"]] == [
        "account.acme",
        "account.beta",
        "account.gamma",
    ]
    for parse in PARSERS:
        page = Page.of(parse(markdown.out))
        assert page.live == []
        assert "account.gamma" in page.text
    assert rehearsal.book("requests") == []


def test_plan_offline_of_the_same_file_differs_in_nothing(rehearsal: Rehearsal) -> None:
    """-detailed-exitcode says 2 when there is something, 0 when not."""
    commit(rehearsal, agency(RECIPIENT, acme=""))

    assert rehearsal.run("plan", "--offline", "-detailed-exitcode").code == 0
    rehearsal.write(agency(RECIPIENT, acme="", beta=""))
    assert rehearsal.run("plan", "--offline", "-detailed-exitcode").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--offline", "--base", "no-such"), 1, "git rev-parse"),
        (("--offline", "--base=-x"), 64, "is not a revision"),
        (("--offline", "--format", "html"), 64, "there is no plan"),
        (("--offline", "--out", "plan.json"), 64, "makes no plan"),
        (("--offline", "--check"), 64, "takes neither"),
    ],
)
def test_plan_offline_that_cannot_be_says_why(
    rehearsal: Rehearsal, arguments: tuple[str, ...], code: int, text: str
) -> None:
    """A clear error, and nothing on standard output."""
    commit(rehearsal, agency(RECIPIENT, acme=""))

    ran = rehearsal.run("plan", *arguments)

    assert ran.code == code
    assert text in ran.err
    assert ran.out == ""
