"""Manual steps: shown to work by, closed with evidence, back again when they ask for something else."""

import json
import os
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import click
import forks
import jsonschema
import pytest
from name_server import name_server
from rehearsal import Ran, Rehearsal
from stories import LAB, agency, live_account

from agencyfile.cli.cname import cname_evidence
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.render.instruction import parts_of
from agencyfile.cli.render.steps_markdown import render_step
from agencyfile.cli.render.steps_text import render_pending
from plan import FileStore, Ledger

APPROVED = ("-auto-approve", "--allow", "billed,guard")
SCHEMA = Path(__file__).parent.parent.parent / "schemas" / "ledger.schema.json"
SMS = "credit.acme.sms"
KEY = "a-key-of-this-run-and-no-other"
ENTRIES = '"type":"evidence"'


def with_one_step(rehearsal: Rehearsal) -> None:
    """An agency with nothing to apply, and one step that is pending."""
    rehearsal.seed(accounts=[live_account("acme")])
    with_sms(rehearsal)


def with_sms(rehearsal: Rehearsal, total: int = 500, more: str = "") -> None:
    """An agency whose account is to get SMS credits, which no call grants."""
    extra = f"credits: {{sms: {total}}}"
    rehearsal.write(agency(rehearsal.recipient, acme=f"{extra}, {more}" if more else extra))


def pending(rehearsal: Rehearsal, *arguments: str) -> list[dict[str, Any]]:
    """The pending steps, as JSON."""
    ran = rehearsal.run("steps", "list", "--format", "json", *arguments)
    assert ran.code == 0, ran
    steps: list[dict[str, Any]] = json.loads(ran.out)["steps"]
    return steps


def ids(rehearsal: Rehearsal) -> list[str]:
    """The ids of the pending steps, in the order in which they are due."""
    return [step["id"] for step in pending(rehearsal)]


def done(rehearsal: Rehearsal, step: str, *arguments: str, evidence_text: str = "ticket 4711") -> Ran:
    """Close a step."""
    return rehearsal.run("steps", "done", step, "--evidence", evidence_text, "--by", "ann", *arguments)


def act(rehearsal: Rehearsal, action: str, account: str, **fields: object) -> None:
    """What a human does on the portal's pages."""
    rehearsal._post("act", {"action": action, "account": account, **fields})


def evidence_lines(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The evidence in the ledger."""
    return [json.loads(line) for line in rehearsal.ledger.read_text("utf-8").splitlines() if ENTRIES in line]


def test_steps_list_shows_what_is_due_now_before_what_waits_for_an_apply(rehearsal: Rehearsal) -> None:
    """Due order; each with its id, title, reason and place."""
    rehearsal.seed(accounts=[live_account("acme", client_name="Acme Ltd")])
    rehearsal.write(agency(rehearsal.recipient, acme="", beta="credits: {sms: 5}"))

    listed = rehearsal.run("steps", "list")

    assert listed.code == 0
    assert [step for step in ids(rehearsal) if "handover" not in step] == [
        "account.acme.client.name",
        "credit.beta.sms",
    ]
    now, _, later = listed.out.partition("After the next apply")
    assert "☐ account.acme.client.name" in now
    assert "Change the client name of account.acme" in now
    assert "☐ credit.beta.sms" in later
    assert "waits for account.beta" in later
    assert re.search(r"agency\.yaml:\d+", later)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("steps", "list"), 0),
        (("steps", "list", "--fail-if-pending"), 8),
        (("plan",), 0),
        (("plan", "--fail-if-pending"), 8),
        (("plan", "--fail-if-pending", "-detailed-exitcode"), 2),
        (("apply", *APPROVED, "--fail-if-pending"), 8),
        (("apply", *APPROVED), 0),
    ],
)
def test_fail_if_pending_exits_8_when_asked(rehearsal: Rehearsal, command: tuple[str, ...], expected: int) -> None:
    """8 means that humans have something to do; changes that are still to be applied come first."""
    with_sms(rehearsal)

    assert rehearsal.run(*command).code == expected


def test_fail_if_pending_exits_0_when_every_step_is_done(rehearsal: Rehearsal) -> None:
    """Nothing is pending: nothing fails."""
    with_one_step(rehearsal)
    assert done(rehearsal, SMS).code == 0
    assert rehearsal.run("apply", "-auto-approve", "--allow", "guard").code == 0

    for command in (("steps", "list"), ("plan",), ("apply",)):
        assert rehearsal.run(*command, "--fail-if-pending").code == 0


def test_step_done_with_evidence_is_gone_and_another_instruction_brings_it_back(rehearsal: Rehearsal) -> None:
    """The whole life of a step, and what the next one still asks for."""
    with_one_step(rehearsal)
    (step,) = pending(rehearsal)

    assert done(rehearsal, SMS).code == 0
    assert rehearsal.plan()["manual_steps"] == []
    with_sms(rehearsal, 700)
    (again,) = pending(rehearsal)

    assert again["digest"] != step["digest"]
    assert "Allocate 200 SMS credits" in again["title"]
    assert again["before"]["by"] == "ann"
    assert again["before"]["text"] == "ticket 4711"
    assert "done by ann on " in rehearsal.run("steps", "list").out
    assert "ticket 4711" in rehearsal.run("steps", "show", SMS).out


def test_step_done_is_kept_whole_through_compaction_and_valid_under_the_schema(rehearsal: Rehearsal) -> None:
    """Who, what, when, and what holds since; a compacted ledger still knows."""
    with_one_step(rehearsal)
    (step,) = pending(rehearsal)
    done(rehearsal, SMS)

    (entry,) = evidence_lines(rehearsal)
    jsonschema.validate(entry, json.loads(SCHEMA.read_text("utf-8")))
    assert entry["address"] == SMS
    assert {name: entry["body"][name] for name in ("step", "digest", "by", "text")} == {
        "step": SMS,
        "digest": step["digest"],
        "by": "ann",
        "text": "ticket 4711",
    }
    assert entry["body"]["sent"] == step["done"]
    assert rehearsal.run("ledger", "compact").code == 0
    assert ids(rehearsal) == []
    assert "ann" in rehearsal.run("steps", "list", "--done").out


def test_steps_list_done_says_who_when_and_how_they_know(rehearsal: Rehearsal) -> None:
    """In every form; a step that is pending again is not among them."""
    with_one_step(rehearsal)
    assert "no evidence" in rehearsal.run("steps", "list", "--done").out
    done(rehearsal, SMS, evidence_text="allocated,\nsee ticket 4711")

    text = rehearsal.run("steps", "list", "--done").out
    markdown = rehearsal.run("steps", "list", "--done", "--format", "markdown").out
    (found,) = json.loads(rehearsal.run("steps", "list", "--done", "--format", "json").out)["done"]

    assert re.search(rf"☑ {SMS} by ann on \d{{4}}-\d\d-\d\d\n    allocated,\n    see ticket 4711\n", text)
    assert f"- [x] `{SMS}` by `ann`" in markdown
    assert (found["id"], found["by"], found["text"]) == (SMS, "ann", "allocated,\nsee ticket 4711")
    assert "☑" in rehearsal.run("steps", "show", SMS).out
    with_sms(rehearsal, 700)
    assert SMS not in rehearsal.run("steps", "list", "--done").out


def test_step_that_the_portal_closes_takes_no_evidence(rehearsal: Rehearsal) -> None:
    """Nobody's word, the portal alone."""
    rehearsal.seed(accounts=[live_account("acme", client_name="Acme Ltd")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = done(rehearsal, "account.acme.client.name")

    assert ran.code == 1
    assert "closes by itself when the portal shows it" in ran.err
    assert not rehearsal.ledger.exists()
    act(rehearsal, "edit", "acme", client_name="Acme")
    assert ids(rehearsal) == []


def test_step_of_what_is_still_to_be_made_takes_no_evidence_yet(rehearsal: Rehearsal) -> None:
    """Nobody can have given credits to an account that does not exist."""
    with_sms(rehearsal)

    ran = done(rehearsal, SMS)

    assert ran.code == 1
    assert "account.acme is still to be made" in ran.err
    assert "agencyfile apply" in ran.err
    rehearsal.apply()
    assert done(rehearsal, SMS).code == 0


def test_step_of_an_account_that_is_only_edited_takes_evidence(rehearsal: Rehearsal) -> None:
    """A human may have done it before the apply that has something else to do there."""
    rehearsal.seed(accounts=[live_account("acme")])
    with_sms(rehearsal, more="notification: other@northwind.example")
    assert pending(rehearsal)[0]["after"] == ["account.acme"]

    assert done(rehearsal, SMS).code == 0
    assert ids(rehearsal) == []


@pytest.mark.parametrize(
    ("asked", "guess"),
    [
        ("credit.acme.sm", "did you mean credit.acme.sms?"),
        ("credit.acme", "did you mean credit.acme.sms?"),
        ("account.acme", "did you mean account.acme.client.name?"),
        ("quite.another", "agencyfile steps list"),
        ("\x1b[31m", "agencyfile steps list"),
    ],
)
def test_step_unknown_is_an_error_that_names_the_nearest(rehearsal: Rehearsal, asked: str, guess: str) -> None:
    """For `show` and `done` alike; nothing is recorded."""
    rehearsal.seed(accounts=[live_account("acme", client_name="Acme Ltd")])
    with_sms(rehearsal)

    for ran in (rehearsal.run("steps", "show", asked), done(rehearsal, asked)):
        assert ran.code == 1
        assert "is pending" in ran.err
        assert guess in ran.err
        assert "\x1b[31m" not in ran.err
    assert not rehearsal.ledger.exists()


def test_step_done_twice_is_recorded_once(rehearsal: Rehearsal) -> None:
    """A retry after a lost terminal does no harm, and says who was first."""
    with_one_step(rehearsal)
    assert done(rehearsal, SMS).code == 0
    again = rehearsal.run("steps", "done", SMS, "--evidence", "me too", "--by", "bob")

    assert again.code == 0
    assert "was done by ann" in again.err
    assert len(evidence_lines(rehearsal)) == 1


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 64, "blank"),
        (" \n ", 64, "blank"),
        ("x" * 4_001, 64, "4,001 characters"),
        ("half \udcff a character", 64, "UTF-8"),
        (f"key {KEY} given", 3, "one of the agency's own keys"),
        ("AGE-SECRET-KEY-1QQQQQQ", 3, "a private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", 3, "a private key"),
        ("the key is " + "0123456789abcdef" * 4, 3, "an API key"),
        ("ghp_" + "a1B2" * 9, 3, "a token"),
        ("password: hunter2 (changed)", 3, "a password or key"),
        ("api_key=abcdef", 3, "a password or key"),
        ("mot de passe : azerty", 3, "a password or key"),
        ("see https://ann:hunter2@support.example/1", 3, "a login in an address"),
    ],
)
def test_evidence_that_holds_a_secret_or_nothing_is_refused(
    rehearsal: Rehearsal, text: str, code: int, words: str
) -> None:
    """It would stay in the ledger for ever; what is refused is not repeated."""
    with_one_step(rehearsal)

    ran = rehearsal.run(
        "steps", "done", SMS, "--evidence", text, "--by", "ann", environment={"AGENCYFILE_HUB_KEY": KEY}
    )
    told = ran.out + ran.err
    evidence_text = text.strip()

    assert ran.code == code
    assert words in told
    assert not evidence_text or evidence_text not in told
    assert not rehearsal.ledger.exists()


@pytest.mark.parametrize(
    "text",
    [
        "https://support.example/tickets?id=4711&tab=2",
        "new password given to the client by phone on Friday",
        "done in commit 0123456789abcdef0123456789abcdef01234567",
        "Clé d'accès remise en main propre, 14:30",
        "secretary of the client has confirmed",
        "mailto:ann@northwind.example said so",
    ],
)
def test_evidence_in_everyday_words_is_taken(rehearsal: Rehearsal, text: str) -> None:
    """Links with queries, and words that only sound like a secret, are no secrets."""
    with_one_step(rehearsal)

    ran = done(rehearsal, SMS, evidence_text=text)

    assert ran.code == 0, ran.err
    assert evidence_lines(rehearsal)[0]["body"]["text"] == text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["done", SMS], 64),
        (["done", SMS, "--evidence", "x", "--by", " \t"], 64),
        (["done", SMS, "--evidence", "x", "--by", "\udcff"], 64),
        (["done", SMS, "--check"], 64),
        (["done"], 64),
        (["show"], 64),
        (["list", "--format", "yaml"], 64),
    ],
)
def test_steps_commands_that_make_no_sense_are_usage_errors(
    rehearsal: Rehearsal, arguments: list[str], code: int
) -> None:
    """A slip changes nothing."""
    with_one_step(rehearsal)

    ran = rehearsal.run("steps", *arguments)

    assert ran.code == code
    assert "bug" not in ran.err
    assert not rehearsal.ledger.exists()


def test_step_done_without_a_name_is_signed_by_the_user(rehearsal: Rehearsal) -> None:
    """In a pipeline that is who started it."""
    with_one_step(rehearsal)

    ran = rehearsal.run("steps", "done", SMS, "--evidence", "x", environment={"GITHUB_ACTOR": "octavia"})

    assert ran.out == f"{SMS}: done, by octavia\n"
    assert evidence_lines(rehearsal)[0]["body"]["by"] == "octavia"


def test_step_done_while_somebody_writes_waits_or_exits_6(rehearsal: Rehearsal) -> None:
    """An apply that runs is not disturbed."""
    with_one_step(rehearsal)
    held = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    held.acquire(holder="bob", run=None, duration=timedelta(hours=1))

    refused = done(rehearsal, SMS)
    line = ("steps", "done", SMS, "--evidence", "ticket", "--by", "ann", "-lock-timeout", "600s", "-f", rehearsal.file)
    waiting = forks.start(*line, folder=rehearsal.folder, environment=rehearsal.environment)
    forks.wait_until(lambda: "waiting:" in waiting.err, "the second command waits")
    held.release()
    waited = waiting.wait()

    assert refused.code == 6
    assert "held by bob" in refused.err
    assert waited.code == 0
    assert "waiting: the ledger is held by bob" in waited.err
    assert len(evidence_lines(rehearsal)) == 1
    assert rehearsal.run("lock", "show").out == "nobody holds the lease\n"


def _processes(rehearsal: Rehearsal, steps: list[str]) -> list[forks.Process]:
    rest = ("--evidence", "ticket", "--by", "ann", "--lock-timeout", "600s", "-f", rehearsal.file)
    return [
        forks.start("steps", "done", step, *rest, folder=rehearsal.folder, environment=rehearsal.environment)
        for step in steps
    ]


def test_steps_done_by_several_at_once_are_each_recorded_once(rehearsal: Rehearsal) -> None:
    """Real processes: none is lost, none is there twice, and the ledger is whole."""
    rehearsal.seed(accounts=[live_account(name) for name in ("acme", "beta")])
    by_hand = "credits: {sms: 5, prepaid: 100 USD}"
    rehearsal.write(agency(rehearsal.recipient, acme=by_hand, beta=by_hand))
    steps = ids(rehearsal)
    assert len(steps) == 4

    running = _processes(rehearsal, [*steps, steps[0]])
    ended = [process.wait() for process in running]

    assert [ran.code for ran in ended] == [0] * 5, ended
    assert sorted(line["body"]["step"] for line in evidence_lines(rehearsal)) == sorted(steps)
    assert rehearsal.run("ledger", "verify").code == 0
    assert ids(rehearsal) == []


def test_steps_of_a_file_with_hostile_names_steer_neither_terminal_nor_markdown(rehearsal: Rehearsal) -> None:
    """A client's name is only ever text."""
    hostile = "A`b*c* <img src=x> [x](javascript:1) @everyone #1 | \u202eevil\x1b[31m"
    rehearsal.seed(accounts=[live_account("acme", client_name=hostile)])
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    text = rehearsal.run("steps", "show", "account.acme.client.name").out
    markdown = rehearsal.run("steps", "show", "account.acme.client.name", "--format", "markdown").out
    document = json.loads(rehearsal.run("steps", "show", "account.acme.client.name", "--format", "json").out)

    assert "\x1b" not in text + markdown
    assert "\u202e" not in text + markdown
    assert "<img" not in without_code(markdown)
    assert "@everyone" not in without_code(markdown)
    assert hostile in document["text"]


def without_code(markdown: str) -> str:
    """What a reader of Markdown takes for more than text: all but code spans."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", markdown)


STEP: Any = {
    "id": "account.acme.transfer",
    "topic": "transfer",
    "address": "account.acme",
    "title": "Ask support to move `acme` out",
    "reason": "the client takes over",
    "text": "1. Take the branding out of the account.\n2. Send this mail:\n\n"
    "To: help@activecampaign.com\nSubject: Transfer of acme.activehosted.com\n\n"
    "Hello,\n\nplease move the account `acme` to owner@acme.example.\n\nThank you.\n"
    "3. Tell the client.\n",
    "origin": {"file": "agency.yaml", "line": 7, "column": 3},
    "after": [],
    "closes": "evidence",
    "effect": "one-shot",
    "since": "2026-11-21T10:00:00.000+00:00",
    "before": None,
}
MAIL = (
    "To: help@activecampaign.com",
    "Subject: Transfer of acme.activehosted.com",
    "",
    "Hello,",
    "",
    "please move the account `acme` to owner@acme.example.",
    "",
    "Thank you.",
)


def test_instruction_parts_tell_a_mail_from_the_steps_around_it() -> None:
    """A mail goes on to the next numbered step; what is indented is to be copied too."""
    parts = list(parts_of(STEP["text"]))
    indented = list(parts_of("Set this record:\n\n    mail.acme.example. CNAME acme.activehosted.com.\n\nThen wait."))

    assert [part.is_verbatim for part in parts] == [False, True, False]
    assert parts[1].lines == MAIL
    assert [part.is_verbatim for part in indented] == [False, True, False]
    assert indented[1].lines == ("mail.acme.example. CNAME acme.activehosted.com.",)


def test_step_markdown_has_the_mail_in_a_fence_of_its_own() -> None:
    """What stands between the marks is what is sent."""
    shown = render_step(STEP)

    assert "```text\n" + "\n".join(MAIL) + "\n```" in shown
    assert shown.startswith("## Ask support to move `acme` out\n")
    assert "1. Take the branding out of the account." in shown
    assert "**once only**" in shown


@pytest.mark.parametrize("width", [80, 120])
def test_steps_text_fits_the_terminal(width: int) -> None:
    """No line is longer, also those of names that are; words stay whole as long as they fit."""
    name = "account." + "a" * 130
    reason = "a sentence that is quite long " * 6
    step: Any = {**STEP, "id": name, "reason": reason.strip()}

    shown = render_pending({"agency": "northwind", "pending": 1, "steps": [step]}, width=width)
    lines = click.unstyle(shown).splitlines()

    assert max(map(len, lines)) <= width
    assert name in "".join(line.strip() for line in lines)
    assert " ".join(" ".join(lines).split()).count("a sentence that is quite long") == 6


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ({}, "mail.acme.example does not exist in the DNS"),
        ({"mail.acme.example": ""}, "exists, and is no CNAME"),
        ({"mail.acme.example": "other.activehosted.com."}, "is a CNAME for other.activehosted.com, not for"),
        ({"mail.acme.example": "acme.activehosted.com.evil.example."}, "acme.activehosted.com.evil.example"),
    ],
)
def test_cname_that_is_not_right_is_an_error_with_the_record_to_make(records: dict[str, str], words: str) -> None:
    """What is wrong, and what the DNS provider needs."""
    with (
        name_server(records) as server,
        mock.patch.dict(os.environ, {"AGENCYFILE_DNS": server}),
        pytest.raises(CommandExit) as caught,
    ):
        cname_evidence("mail.acme.example", "acme.activehosted.com")

    assert caught.value.code == 1
    assert words in caught.value.message
    assert "mail.acme.example. CNAME acme.activehosted.com." in caught.value.fix


def test_cname_that_is_right_is_its_own_evidence() -> None:
    """The record, and who answered; names know no case."""
    records = {"mail.acme.example": "ACME.activehosted.com."}
    with name_server(records) as server, mock.patch.dict(os.environ, {"AGENCYFILE_DNS": server}):
        found = cname_evidence("mail.acme.example", "acme.activehosted.com")

    assert "mail.acme.example. 300 IN CNAME ACME.activehosted.com." in found
    assert f"answered by 127.0.0.1 port {server.rpartition(':')[2]}" in found


@pytest.mark.parametrize("value", ["resolver.example:53", "127.0.0.1:x", "127.0.0.1:99999", ":53", "[::1"])
def test_cname_resolver_that_is_no_address_is_a_usage_error(value: str) -> None:
    """A name cannot be looked up by what is to look names up."""
    with mock.patch.dict(os.environ, {"AGENCYFILE_DNS": value}), pytest.raises(CommandExit) as caught:
        cname_evidence("mail.acme.example", "acme.activehosted.com")

    assert caught.value.code == 64
    assert "AGENCYFILE_DNS" in caught.value.message


def test_cname_resolver_that_does_not_answer_is_an_error() -> None:
    """Nobody listens there: that is no answer, and no traceback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with (
        mock.patch.dict(os.environ, {"AGENCYFILE_DNS": f"127.0.0.1:{port}"}),
        mock.patch("agencyfile.cli.cname._PATIENCE", 0.5),
        pytest.raises(CommandExit) as caught,
    ):
        cname_evidence("mail.acme.example", "acme.activehosted.com")

    assert caught.value.code == 1
    assert "did not tell" in caught.value.message


TRIAL = "plan: {tier: trial}, trial: {extended: true}"


def with_every_step(rehearsal: Rehearsal, domain: str = "mail.acme.example") -> None:
    """A post-clone checklist, a DNS record and a mail to support are due."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme=f"domain: {domain}, snapshot: base", pilot=TRIAL))
    rehearsal.apply()


@pytest.mark.parametrize(
    ("step", "words", "copied"),
    [
        ("account.acme.clone", "Add the images of every template", ""),
        ("account.acme.dns", "type CNAME", "mail.acme.example. IN CNAME acme.activehosted.com."),
        ("account.pilot.trial", "Send the mail below.", "To: help@activecampaign.com\nSubject: Extend the trial"),
    ],
)
def test_checklist_dns_record_and_mail_are_shown_in_every_form(
    rehearsal: Rehearsal, step: str, words: str, copied: str
) -> None:
    """To work by on a terminal, to paste into an issue, to read by a machine; what is copied stands as it is."""
    with_every_step(rehearsal)

    text = rehearsal.run("steps", "show", step).out
    markdown = rehearsal.run("steps", "show", step, "--format", "markdown").out
    listed = rehearsal.run("steps", "list", "--format", "markdown").out
    document = json.loads(rehearsal.run("steps", "show", step, "--format", "json").out)

    assert words in text
    assert f"`{step}`" in markdown
    assert f"`{step}`" in listed
    assert (document["id"], document["closes"]) == (step, "evidence")
    assert words in document["text"]
    if copied:
        assert f"─\n{copied}" in text
        assert f"```text\n{copied}" in markdown


def test_checklist_mail_and_record_done_are_gone_and_come_back_when_they_ask_for_something_else(
    rehearsal: Rehearsal,
) -> None:
    """Evidence closes each; another domain asks for another record; what can be done once only stays done."""
    with_every_step(rehearsal)
    steps = ids(rehearsal)
    assert {"account.acme.clone", "account.acme.dns", "account.pilot.trial"} <= set(steps)

    for step in steps:
        assert done(rehearsal, step).code == 0
    assert rehearsal.plan()["manual_steps"] == []
    with_every_step(rehearsal, "news.acme.example")
    (again,) = pending(rehearsal)

    assert again["id"] == "account.acme.dns"
    assert "news.acme.example. IN CNAME acme.activehosted.com." in again["text"]
    assert again["before"]["by"] == "ann"


def test_dns_step_is_done_when_the_record_is_right_and_only_then(rehearsal: Rehearsal) -> None:
    """The answer of the DNS is evidence enough, and stands in the ledger; words may be added to it."""
    with_every_step(rehearsal)
    arguments = ("steps", "done", "account.acme.dns", "--check", "--by", "ann")

    with name_server({}) as server:
        absent = rehearsal.run(*arguments, environment={"AGENCYFILE_DNS": server})
    with name_server({"mail.acme.example": "other.activehosted.com."}) as server:
        wrong = rehearsal.run(*arguments, environment={"AGENCYFILE_DNS": server})
    assert (absent.code, wrong.code) == (1, 1)
    assert "account.acme.dns" in ids(rehearsal)
    with name_server({"mail.acme.example": "acme.activehosted.com."}) as server:
        right = rehearsal.run(*arguments, "--evidence", "ticket 1", environment={"AGENCYFILE_DNS": server})

    assert right.code == 0, right
    assert "account.acme.dns" not in ids(rehearsal)
    (entry,) = evidence_lines(rehearsal)
    said, answer = entry["body"]["text"].split("\n")
    assert said == "ticket 1"
    assert answer.startswith("mail.acme.example. 300 IN CNAME acme.activehosted.com. (answered by 127.0.0.1 port ")


def test_dns_step_of_an_account_alone_is_checked(rehearsal: Rehearsal) -> None:
    """`--check` of anything else is a slip."""
    with_every_step(rehearsal)

    ran = rehearsal.run("steps", "done", "account.acme.clone", "--check")

    assert ran.code == 64
    assert "--check is for dns steps" in ran.err
    assert evidence_lines(rehearsal) == []


def test_steps_of_a_new_account_tell_since_when_they_are_due(rehearsal: Rehearsal) -> None:
    """The ledger saw the account being made; what the file asks for has no such day."""
    with_every_step(rehearsal)
    since = {step["id"]: step["since"] for step in pending(rehearsal)}

    assert since["account.acme.clone"] == since["account.acme.handover"]
    assert re.match(r"\d{4}-\d\d-\d\dT", since["account.acme.clone"])
    assert since["account.acme.dns"] is None
