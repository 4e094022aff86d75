"""Messages about runs, to a real HTTP receiver: what they say, who gets them, and that a bad one can do nothing."""

import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import evidence
import published
import pytest
from notify.receiver import Receiver, closed_port, receiving
from rehearsal import Rehearsal

from agencyfile.cli.notify import delivery
from agencyfile.cli.notify.delivery import Letter, deliver, problem_of, signature
from agencyfile.cli.notify.forms import plain_name

SECRET = "a-secret-of-the-receiver"
NAME = "<!channel> *bold* [a](https://evil.example) @here <b>"


def agency(
    rehearsal: Rehearsal, notify: str, accounts: str = "  acme: {client: {name: Acme, email: o@acme.example}}\n"
) -> str:
    """An agency file with a receiver."""
    return f"""\
version: 1
agency:
  name: northwind
  credentials: {{recipients: [{rehearsal.recipient}]}}
{notify}
defaults:
  sandbox: {{notification: ops@northwind.example}}
  account: {{notification: ops@northwind.example, plan: {{tier: plus, billing: monthly, contacts: 1000}}}}
accounts:
{accounts}"""


def told(receiver: Receiver) -> list[dict[str, Any]]:
    """The messages that have come in, each checked against the schema and the signature; none holds a key."""
    messages = []
    for request in receiver.received:
        evidence.keep(request.body.decode())
        message = json.loads(request.body)
        stamp = request.headers["Agencyfile-Timestamp"]
        expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + request.body, hashlib.sha256).hexdigest()
        assert request.headers["Agencyfile-Signature"] == f"v1={expected}"
        assert abs(time.time() - int(stamp)) < 600
        assert published.mistakes_in("notification", message) == []
        assert message["id"] == request.headers["Agencyfile-Delivery"]
        messages.append(message)
    return messages


@pytest.fixture(autouse=True)
def _secret(rehearsal: Rehearsal) -> None:
    evidence.add_secret(SECRET)
    rehearsal.environment["AGENCYFILE_WEBHOOK_SECRET"] = SECRET


def test_runs_are_told_of_once_an_apply_has_recorded_the_receiver(rehearsal: Rehearsal) -> None:
    """The plan before that tells nobody; then plan, apply, drift and an unknown outcome each make one message."""
    with receiving() as receiver:
        rehearsal.write(agency(rehearsal, f"  notify: {{url: '{receiver.url}'}}"))
        first = rehearsal.run("plan")
        assert "agency.notify holds from the apply on that records it" in first.err
        assert receiver.received == []

        rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")
        rehearsal.run("plan")
        rehearsal.act_by_hand("account_edit", account="acme", notification="stranger@evil.example")
        assert rehearsal.run("drift").code == 2
        rehearsal.write(rehearsal.file.read_text("utf-8") + "  beta: {client: {name: Beta, email: o@beta.example}}\n")
        rehearsal.faults({"action": "account_add", "kind": "drop_after_commit"})
        assert rehearsal.run("apply", "-auto-approve", "--allow", "billed").code == 5
        messages = told(receiver)

    assert [message["event"] for message in messages] == ["apply", "plan", "drift", "unknown"]
    assert [message["exit_code"] for message in messages] == [0, 0, 2, 5]
    assert messages[0]["money"]["now"] == ["50.00 USD"]
    assert messages[2]["changes"] == [{"address": "account.acme", "what": "notification"}]
    assert messages[3]["unknown"] == ["account.beta"]
    assert all(message["rehearsal"] for message in messages)


def test_proposed_receiver_learns_nothing_of_a_plan(rehearsal: Rehearsal) -> None:
    """Whoever changes the receiver in a pull request is not told of its plan: nobody has reviewed that yet."""
    with receiving() as ours, receiving() as theirs:
        rehearsal.write(agency(rehearsal, f"  notify: {{url: '{ours.url}'}}"))
        rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")
        rehearsal.write(agency(rehearsal, f"  notify: {{url: '{theirs.url}', events: [plan]}}"))
        plan = rehearsal.run("plan")

        assert plan.code == 0
        assert f"messages about runs are sent to: {ours.url} → {theirs.url}" in plan.out
        assert theirs.received == []
        assert len(ours.received) == 1  # of the apply


def test_apply_that_is_refused_is_told_of_with_its_exit_code(rehearsal: Rehearsal) -> None:
    """Whoever waits for an apply learns that it did not begin; a run with nothing to do tells nobody."""
    with receiving() as receiver:
        notify = f"  notify: {{url: '{receiver.url}', events: [apply]}}\n  budgets: {{per_apply: 60 USD}}"
        rehearsal.write(agency(rehearsal, notify))
        rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")
        assert rehearsal.run("apply").code == 0
        rehearsal.write(agency(rehearsal, notify).replace("contacts: 1000", "contacts: 5000"))
        assert rehearsal.run("apply", "-auto-approve", "--allow", "billed").code == 3
        messages = told(receiver)

    assert [message["exit_code"] for message in messages] == [0, 3]
    assert messages[1]["title"] == "the apply ended before it changed anything"


def test_pipelines_pass_the_variables_of_the_receiver(rehearsal: Rehearsal) -> None:
    """A job sees its secret only where the file asks for messages."""
    for notify, is_passed in (("  notify: {form: slack}", True), ("", False)):
        rehearsal.write(agency(rehearsal, notify))
        file = ("-f", str(rehearsal.file))
        arguments = ("github", "--out", str(rehearsal.folder), "--from-index", "0" * 64, "--force")
        assert rehearsal.run("ci", *arguments, *file).code == 0
        for part in ("plan", "apply", "drift"):
            workflow = (rehearsal.folder / f".github/workflows/agencyfile-{part}.yml").read_text("utf-8")
            assert ("AGENCYFILE_WEBHOOK_SECRET: ${{ secrets.AGENCYFILE_WEBHOOK_SECRET }}" in workflow) is is_passed


BAD = {
    "down": None,
    "silent": "silent",
    "dripping": "dripping",
    "endless": "endless",
    "garbled": "garbled",
    "hanging_up": "hanging_up",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_receiver_changes_neither_exit_code_nor_ledger(
    name: str, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An apply ends as it would without a receiver, within the bound; the next plan is empty."""
    monkeypatch.setattr(delivery, "BOUND", 0.7)
    manner = BAD[name]
    with receiving(manner or "honest") as receiver:
        url = receiver.url if manner else f"http://127.0.0.1:{closed_port()}/hook"
        rehearsal.write(agency(rehearsal, f"  notify: {{url: '{url}'}}"))
        ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")

        assert ran.code == 0, ran
        assert rehearsal.plan()["resource_changes"] == []
        assert ("no message was sent about this apply" in ran.err) is (name != "endless")
    entries = [json.loads(line)["type"] for line in rehearsal.ledger.read_text("utf-8").splitlines()]
    assert entries.count("release") == 1
    assert entries[-1] == "release"
    assert len(rehearsal.book("charges")) == 1


def test_receiver_that_fails_at_first_is_tried_again_with_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try is signed for its own time; the id tells the receiver that it is one message."""
    monkeypatch.setattr(delivery, "_FIRST_WAIT", 0.01)
    with receiving(answers=[503, 429, 204]) as receiver:
        assert deliver(Letter(receiver.url, b"{}", "plan", "one", SECRET)) == ""
        assert [one.headers["Agencyfile-Delivery"] for one in receiver.received] == ["one", "one", "one"]
    with receiving(answers=[503]) as receiver:
        assert "503" in deliver(Letter(receiver.url, b"{}", "plan", "two", SECRET))
        assert len(receiver.received) == 3
    with receiving(answers=[400]) as receiver:
        assert "400" in deliver(Letter(receiver.url, b"{}", "plan", "three", SECRET))
        assert len(receiver.received) == 1


def test_redirect_is_not_followed_and_no_login_is_taken_from_netrc(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The message goes to the address that was reviewed, and nowhere else."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with receiving() as elsewhere, receiving(answers=[307], location=elsewhere.url) as receiver:
        assert "redirects" in deliver(Letter(receiver.url, b"{}", "plan", "one", SECRET))
        assert elsewhere.received == []
        assert "Authorization" not in receiver.received[0].headers


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("https://hooks.example/a?sig=secret", True),
        ("http://127.0.0.1:8080/a", True),
        ("http://[::1]:8080/a", True),
        ("http://hooks.example/a", False),
        ("http://127.0.0.1.evil.example/a", False),
        ("https://user:password@hooks.example/", False),
        ("file:///etc/passwd", False),
        ("ftp://hooks.example/", False),
    ],
)
def test_receiver_is_reached_by_https_alone_or_on_this_machine(url: str, is_right: bool) -> None:  # noqa: FBT001
    """Names of clients do not travel in clear."""
    problem = problem_of(url)

    assert (problem == "") is is_right
    assert "secret" not in problem
    assert "password" not in problem


def test_message_without_a_secret_is_not_sent_in_the_form_json(rehearsal: Rehearsal) -> None:
    """An unsigned message could be anybody's."""
    rehearsal.environment.pop("AGENCYFILE_WEBHOOK_SECRET")
    with receiving() as receiver:
        rehearsal.write(agency(rehearsal, f"  notify: {{url: '{receiver.url}'}}"))
        ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")

        assert ran.code == 0
        assert "AGENCYFILE_WEBHOOK_SECRET is not set" in ran.err
        assert receiver.received == []


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_chats_get_untrusted_names_without_marks_links_or_mentions(form: str, rehearsal: Rehearsal) -> None:
    """The name of a snapshot is anybody's; the address of the receiver may be a secret of the environment."""
    with receiving() as receiver:
        rehearsal.environment["AGENCYFILE_WEBHOOK_URL"] = receiver.url
        text = agency(rehearsal, f"  notify: {{form: {form}}}")
        text += "sandboxes:\n  lab: {client: {name: Lab, email: lab@northwind.example}}\n"
        rehearsal.write(f"{text}snapshots:\n  '{NAME}': {{sandbox: lab}}\n")
        assert rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard").code == 0
        (request,) = receiver.received
    evidence.keep(request.body.decode())
    body = json.loads(request.body)
    if form == "slack":
        (block,) = body["blocks"]
        lines = [body["text"], block["text"]["text"]]
        assert block["text"]["type"] == "plain_text"
        assert body["mrkdwn"] is False
    else:
        card = body["attachments"][0]["content"]
        lines = [run["text"] for part in card["body"] for run in part["inlines"]]
        assert {part["type"] for part in card["body"]} == {"RichTextBlock"}
    shown = "\n".join(lines)

    assert "snapshot" in shown
    assert not set(shown) & set("<>*[]()@!|`~#&")
    assert "evil.example" not in shown
    assert receiver.url.encode() not in request.body


def test_name_for_chats_keeps_what_is_harmless() -> None:
    """Letters, digits and spaces stay; everything that a chat reads is replaced."""
    assert plain_name("Acme Gym 2") == "Acme Gym 2"
    assert plain_name("account.acme-gym") == "account . acme-gym"
    assert plain_name("<@U1|x> www.evil.example") == "__U1_x_ www . evil . example"


def test_signature_covers_time_and_body() -> None:
    """A message that is played again with another time, or another body, has another signature."""
    known = signature(SECRET, "1", b"{}")

    assert known != signature(SECRET, "2", b"{}")
    assert known != signature(SECRET, "1", b"[]")
    assert known != signature("another", "1", b"{}")
