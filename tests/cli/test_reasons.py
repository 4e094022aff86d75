"""The reason that a file gives for a block or for ignoring something: shown to reviewers, and part of the digest."""

import json

import cmarkgfm
import pytest
from rehearsal import Rehearsal

from agencyfile.cli.render.html.page import render_html
from agencyfile.cli.render.markdown import render_markdown
from agencyfile.cli.render.plan_text import render_plan

REASON = "five studios under one contract until 2027"
WORDS = f"the file says why: {REASON}"
FILE = """\
version: 1
agency:
  name: northwind
  credentials: {{recipients: [{recipient}]}}
defaults:
  account: {{notification: ops@northwind.example, plan: {{tier: plus, billing: monthly, contacts: 1000}}}}
ignore: [{ignored}]
accounts:
  acme:
    client: {{name: Acme, email: o@acme.example}}
    plan: {{contacts: {contacts}}}
    {more}
"""


def write(rehearsal: Rehearsal, contacts: int, more: str = f"reason: {REASON}", ignored: str = "account.old-*") -> None:
    """Write a file whose only account has a reason."""
    text = FILE.format(recipient=rehearsal.recipient, contacts=contacts, more=more, ignored=ignored)
    rehearsal.write(text)


def test_reason_of_an_override_is_shown_with_each_change_of_its_block(rehearsal: Rehearsal) -> None:
    """When it is created and when it is changed, in the plan, the comment, the page and the annotations."""
    write(rehearsal, 2500)
    created = rehearsal.plan()
    rehearsal.apply()
    write(rehearsal, 5000)
    changed = rehearsal.plan()

    for document in (created, changed):
        (change,) = [one for one in document["resource_changes"] if one["kind"] == "account"]
        assert change["stated"] == REASON
        assert WORDS in render_plan(document)  # type: ignore[arg-type]
        assert WORDS in render_plan(document, concise=True)  # type: ignore[arg-type]
        assert WORDS in render_markdown(document).replace("`", "")  # type: ignore[arg-type]
        assert REASON in render_html(document)  # type: ignore[arg-type]
    assert f"{WORDS}" in rehearsal.run("plan", "--format", "github").out


def test_reason_is_part_of_what_is_approved(rehearsal: Rehearsal) -> None:
    """Another reason is another plan: whoever approved the one has not seen the other."""
    write(rehearsal, 2500)
    first = rehearsal.plan()["digest"]
    write(rehearsal, 2500, more="reason: something else")

    assert rehearsal.plan()["digest"] != first


def test_reason_alone_changes_nothing_at_the_portal(rehearsal: Rehearsal) -> None:
    """It is told where the file is compared, and no call comes of it."""
    write(rehearsal, 2500)
    rehearsal.apply()
    write(rehearsal, 2500, more="reason: something else")

    assert rehearsal.plan()["resource_changes"] == []


def test_reason_for_not_protecting_says_so(rehearsal: Rehearsal) -> None:
    """`protect: false` beside a reason is named with it."""
    write(rehearsal, 2500, more=f"{{protect: false, reason: {REASON}}}"[1:-1].replace(", reason", "\n    reason"))

    assert f"the file says why: not protected: {REASON}" in rehearsal.run("plan").out


def test_reason_for_ignoring_is_a_setting_that_a_review_sees(rehearsal: Rehearsal) -> None:
    """It is shown when it is new, and when it changes; the pattern works as before."""
    rehearsal.seed(accounts=[{"account": "old-club"}])
    write(rehearsal, 2500, ignored="{pattern: account.old-*, reason: billed by the former agency}")
    document = json.loads(rehearsal.run("plan", "--json").out)
    (settings,) = [one for one in document["resource_changes"] if one["kind"] == "agency"]

    assert document["unmanaged"] == []
    assert "why nothing looks at account.old-*: billed by the former agency" in settings["words"]
    rehearsal.apply()
    write(rehearsal, 2500, ignored="{pattern: account.old-*, reason: sold}")
    assert "billed by the former agency → sold" in rehearsal.run("plan").out


@pytest.mark.parametrize(
    "reason", ["<blink>bold</blink> [a](https://evil.example) @team `code`", "##[error]x", "::error::x"]
)
def test_reason_steers_no_page_comment_or_log(reason: str, rehearsal: Rehearsal) -> None:
    """Whoever writes a file in a pull request writes its reasons."""
    write(rehearsal, 2500, more=f"reason: '{reason}'")
    document = rehearsal.plan()

    assert "<blink>" not in render_html(document)  # type: ignore[arg-type]
    html = cmarkgfm.github_flavored_markdown_to_html(render_markdown(document))  # type: ignore[arg-type]
    assert "<blink>" not in html
    assert 'evil.example"' not in html  # no link leads there
    log = rehearsal.run("plan", "--format", "github").out
    assert "##[error]" not in log
    assert all(not line.startswith("::error::x") for line in log.splitlines())
