"""`AGENCYFILE_TRACE`: every request and answer as a HAR, without a secret, whatever happens to the run."""

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import evidence
import forks
import pytest
import requests
from forks import wait_until
from rehearsal import Rehearsal
from stories import agency

from agencyfile.http_trace.trace_file import TraceFile
from agencyfile.redaction import Redactor, is_secret_name, redact, redacted_document, redacted_url
from cli.har import entries_of
from plan import Secret

POLICY = "  portal: {fetch_account_keys: true}\n"
TEMPLATES = "templates:\n  newsletter: {type: basic, html: templates/newsletter.html}\n"


def read(rehearsal: Rehearsal, **readings: str) -> None:
    """Let the portal read these questions so."""
    body = {"readings": {name.replace("_", "-"): reading for name, reading in readings.items()}}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=body, timeout=600).raise_for_status()


@pytest.fixture
def newcomer(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    """A new account whose login, key and sign-on link the portal answers."""
    read(rehearsal, user_me_login="key", single_sign_on="token")
    text = agency(rehearsal.recipient, TEMPLATES, acme="templates: [newsletter]")
    rehearsal.write(text.replace("  name: northwind\n", f"  name: northwind\n{POLICY}"))
    rehearsal.write("<h1>News</h1>", "templates/newsletter.html")
    yield rehearsal
    settings = {"dialect": "today", "account_login": True}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=settings, timeout=600).raise_for_status()


def traced(rehearsal: Rehearsal, path: Path, *words: str) -> str:
    """Run a command with a trace, and return the trace's text."""
    ran = rehearsal.run(*words, "-vv", environment={"AGENCYFILE_TRACE": str(path)})
    assert ran.code == 0, ran
    text = path.read_text("utf-8")
    evidence.keep(text)
    assert ran.err.count("debug http: ") == len(entries_of(path))
    return f"{text}\n{ran.err}"


def test_trace_holds_every_request_and_none_of_the_secrets(newcomer: Rehearsal, tmp_path: Path) -> None:
    """Keys of three APIs, the password of a new account, its digest, a fetched key, a sign-on link, a sealed login."""
    made, opened = tmp_path / "apply.har", tmp_path / "open.har"
    before = len(newcomer.book("requests"))
    text = traced(newcomer, made, "apply", "-auto-approve", "--allow", "billed,guard")
    sent = newcomer.book("requests")[before:]
    link = newcomer.run("accounts", "open", "acme", "--print", "--address", "127.0.0.1").out.strip()
    text += traced(newcomer, opened, "accounts", "open", "acme", "--print", "--address", "127.0.0.1")
    link2 = json.loads(json.dumps(link)).partition("_ssot=")[2]

    login = newcomer.reveal("acme")
    key = requests.post(f"{newcomer.portal.url}/_portal/keys", json={"account": "acme"}, timeout=600).json()["api_key"]
    entries = entries_of(made)
    assert len(entries) == len(sent)
    assert {entry["response"]["status"] for entry in entries} == {200}
    assert "account_add" in text
    assert "newsletter" in text
    assert "(sensitive)" in text
    for secret in (newcomer.portal.agency_key, newcomer.portal.hub_key, login["password"], key, link2):
        assert secret
        assert secret not in text
    assert "BEGIN AGE" not in text
    assert "_ssot=" not in text.replace("_ssot=(sensitive)", "")


def test_trace_is_for_its_owner_alone(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """It holds the names of clients."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    os.umask(0)
    traced(rehearsal, tmp_path / "plan.har", "plan")

    assert stat.S_IMODE((tmp_path / "plan.har").stat().st_mode) == 0o600


def test_older_trace_is_replaced_and_nothing_else_is(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A link is not followed, be it to nowhere; a file of somebody else stays as it is."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    trace, precious, link = tmp_path / "plan.har", tmp_path / "precious.txt", tmp_path / "link.har"
    first = traced(rehearsal, trace, "plan")
    assert len(entries_of(trace)) == first.count('"startedDateTime"')
    traced(rehearsal, trace, "plan")
    assert len(entries_of(trace)) == first.count('"startedDateTime"')

    precious.write_text("mine", "utf-8")
    link.symlink_to(trace)
    for path in (precious, link, tmp_path):
        ran = rehearsal.run("plan", environment={"AGENCYFILE_TRACE": str(path)})
        assert ran.code == 1, ran
        assert "AGENCYFILE_TRACE" in ran.err
    assert precious.read_text("utf-8") == "mine"
    link.unlink()
    link.symlink_to(tmp_path / "nowhere.har")
    assert rehearsal.run("plan", environment={"AGENCYFILE_TRACE": str(link)}).code == 1
    assert not (tmp_path / "nowhere.har").exists()


def test_trace_of_a_run_that_is_killed_is_whole_and_says_what_is_missing(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The charge whose answer is held back is in it, as a request without an answer."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "late_answer", "seconds": None})
    trace = tmp_path / "apply.har"
    process = forks.start(
        *("apply", "-auto-approve", "--allow", "billed,guard", "-f", rehearsal.file),
        folder=rehearsal.folder,
        environment={**rehearsal.environment, "AGENCYFILE_TRACE": str(trace)},
    )
    wait_until(lambda: rehearsal.book("charges"), "the charge, whose answer is held back")
    process.send_signal(signal.SIGKILL)
    assert process.wait().code == -9
    rehearsal.faults()

    *answered, last = entries_of(trace)
    assert answered
    assert all(entry["response"]["status"] == 200 for entry in answered)
    assert {"name": "api_action", "value": "account_add"} in last["request"]["postData"]["params"]
    assert last["response"]["status"] == 0
    assert last["comment"] == "no answer had come when this was written"


def test_answer_that_breaks_and_answer_that_is_no_json_are_told_without_their_words(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    """Half of a document cannot be read name by name, so that nothing of it is kept."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_list", "nth": 1, "times": 1, "kind": "truncated"})
    trace = tmp_path / "plan.har"
    traced(rehearsal, trace, "plan")
    rehearsal.faults()

    broken = [entry for entry in entries_of(trace) if "no whole answer" in entry.get("comment", "")]
    assert len(broken) == 1
    assert "text" not in broken[0]["response"]["content"]


def test_file_is_a_whole_document_after_each_write(tmp_path: Path) -> None:
    """Shorter and longer ends, with and without requests under way."""
    path = tmp_path / "some.har"
    file = TraceFile(path, "1")
    counts = []
    for finished, under_way in (((), ("1", "2" * 500)), (("3",), ()), ((), ("4",)), (("5", "6"), ("7",)), ((), ())):
        file.write(finished, under_way)
        counts.append(json.loads(path.read_text("utf-8"))["log"]["entries"])
    file.close()

    assert counts == [[1, int("2" * 500)], [3], [3, 4], [3, 5, 6, 7], [3, 5, 6]]
    assert path.read_text("utf-8").endswith("]}}\n")


@pytest.mark.parametrize(
    "text",
    [
        "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS",
        "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlPLANTED\n-----END AGE ENCRYPTED FILE-----",
        '{"sealed":"-----BEGIN AGE ENCRYPTED FILE-----\\nPLANTED"}',
        "-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTED",
        "https://acme.example/admin/main.php?_ssot=PLANTED",
        "https://user:PLANTED@host.example/x",
        "GET https://host/api.php?api_key=PLANTED&api_action=account_list",
        "Authorization: Bearer PLANTED0.PLANTED1",
        '{"username":"admin","password":"PLANTED"}',
        "github_pat_PLANTED1234567890",
    ],
)
def test_secret_is_recognised_by_its_form_or_by_its_name(text: str) -> None:
    """No run knows these values."""
    assert "PLANTED" not in redact(text)
    assert "QYQSZQGPQ" not in redact(text)


def test_secret_of_a_field_is_not_shown_again_elsewhere() -> None:
    """What an answer tells as a password is a password in the next request too, in any spelling."""
    shown = redacted_document(
        {"account": "acme", "result": {"password": "p+w/4711 x".replace(" ", "")}, "has_token": True}
    )

    assert shown == {"account": "acme", "result": {"password": "(sensitive)"}, "has_token": True}
    assert redact("again p+w/4711x, and p%2Bw%2F4711x") == "again (sensitive), and (sensitive)"


def test_what_one_redactor_knows_the_log_knows_too() -> None:
    """There is one function that redacts, whoever learned of a secret."""
    Redactor([Secret("learned-0815-elsewhere")])

    assert redact("it is learned-0815-elsewhere") == "it is (sensitive)"


@pytest.mark.parametrize("name", ["Api-Token", "api_key", "PRIVATE-TOKEN", "Set-Cookie", "api_pass_h", "synetonToken"])
def test_names_of_secrets_are_known(name: str) -> None:
    """Headers, parameters and fields of all systems that are spoken to."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["account", "api_action", "keyboard", "client_name", "code", "expires"])
def test_other_names_are_not_taken_for_secrets(name: str) -> None:
    """A trace that shows nothing helps nobody."""
    assert not is_secret_name(name)


def test_url_keeps_what_is_no_secret() -> None:
    """The account and the action stay."""
    shown = redacted_url("https://me:pw@host.example/api.php?api_key=x1&api_action=account_view&account=acme#frag")

    assert shown == "https://host.example/api.php?api_key=(sensitive)&api_action=account_view&account=acme"
