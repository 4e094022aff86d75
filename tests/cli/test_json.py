"""Every command: an example in its help, JSON that its schema describes, and a log without a secret."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import published
import pytest
import requests
from rehearsal import Ran, Rehearsal, stream, text_of
from stories import agency

from agencyfile.cli.app import run
from agencyfile.cli.json_documents import SCHEMA_OF, SCHEMAS
from cli.har import entries_of
from cli.test_help import COMMANDS

SHIPPED = Path(__file__).parents[2] / "schemas"
DOCUMENTS = Path(__file__).parents[2] / "docs" / "reference" / "documents.md"
POLICY = "  portal: {fetch_account_keys: true}\n"
TEMPLATES = "templates:\n  newsletter: {type: basic, html: templates/newsletter.html}\n"

# What they do or print is no document: they act, they serve, they write files, or their output has one form alone.
WITHOUT = {
    "accounts open": "prints a link, alone",
    "approve": "acts",
    "ci github": "writes files",
    "ci gitlab": "writes files",
    "clients connect": "acts",
    "clients serve": "serves; it prints one line of JSON",
    "clients template": "writes a file",
    "comment github": "acts",
    "comment gitlab": "acts",
    "commit-status github": "acts, or prints one digest",
    "commit-status gitlab": "acts, or prints one digest",
    "completion": "prints a script",
    "credentials keygen": "writes a file",
    "credentials rekey": "acts",
    "credentials replace": "acts",
    "demo": "shows a story",
    "fleet pause": "acts",
    "fleet resume": "acts",
    "fleet worker": "works for others",
    "fmt": "writes files",
    "import": "writes files",
    "init": "writes files",
    "ledger accept": "acts",
    "ledger backup": "writes a file",
    "ledger baseline": "acts",
    "ledger compact": "acts",
    "ledger export": "prints lines of JSON (schema: ledger)",
    "ledger forget": "acts",
    "ledger migrate": "acts",
    "ledger move": "acts",
    "ledger resolve": "acts",
    "ledger restore": "acts",
    "lock break": "acts",
    "portal run": "runs another command",
    "portal serve": "serves; it prints JSON",
    "schema": "prints JSON",
    "steps done": "acts",
}

# What is typed for each command that shows something; the words of the command are the first ones.
LINES: Sequence[tuple[str, Sequence[str]]] = (
    ("accounts list", ()),
    ("accounts show", ("acme",)),
    ("clients list", ()),
    ("credentials list", ()),
    ("credentials reveal", ("acme",)),
    ("doctor", ()),
    ("drift", ()),
    ("help", ("ledger", "list")),
    ("help", ()),
    ("ledger anchor", ()),
    ("ledger list", ()),
    ("ledger list", ("--address", "account.acme")),
    ("ledger portal", ()),
    ("ledger reconcile", ()),
    ("ledger show", ()),
    ("ledger verify", ()),
    ("lock show", ()),
    ("plan", ()),
    ("plans list", ()),
    ("show", ("plan.json",)),
    ("steps list", ()),
    ("steps list", ("--done",)),
    ("steps mail", ("acme",)),
    ("steps show", ("account.acme.handover",)),
    ("validate", ()),
    ("version", ()),
)
# Each has tests of its own that hold its JSON against the schema.
ELSEWHERE = {
    "apply",
    "clients import",
    "contacts import",
    "contacts list",
    "dns check",
    "dns export",
    "fleet apply",
    "fleet drift",
    "fleet list",
    "fleet plan",
    "fleet retry",
    "fleet status",
    "fleet validate",
    "rehearse",
    "report",
    "test",
}
FILELESS = ("help", "show", "version")


@pytest.fixture
def applied(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """An account with a login, a fetched key and a template, in a folder with a saved plan."""
    monkeypatch.chdir(rehearsal.folder)
    body = {"readings": {"user-me-login": "key"}}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=body, timeout=600).raise_for_status()
    text = agency(rehearsal.recipient, TEMPLATES, acme="templates: [newsletter]")
    rehearsal.write(text.replace("  name: northwind\n", f"  name: northwind\n{POLICY}"))
    rehearsal.write("<h1>News</h1>", "templates/newsletter.html")
    rehearsal.apply()
    assert rehearsal.run("plan", "--out", "plan.json").code == 0
    yield rehearsal
    settings = {"dialect": "today", "account_login": True}
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=settings, timeout=600).raise_for_status()


def test_every_command_shows_json_or_says_why_not() -> None:
    """A new command that shows something has --json; one that has it has a schema, and a line in the walk below."""
    with_json = {words for words, command in COMMANDS.items() if any("--json" in p.opts for p in command.params)}

    assert with_json == set(SCHEMA_OF)
    assert set(COMMANDS) == with_json | set(WITHOUT)
    assert set(SCHEMA_OF) - {words for words, _ in LINES} == ELSEWHERE


def test_every_schema_is_shipped_and_documented() -> None:
    """`agencyfile schema NAME` prints it, and the page lists it."""
    page = DOCUMENTS.read_text("utf-8")

    assert sorted(SCHEMAS) == sorted(path.name.removesuffix(".schema.json") for path in SHIPPED.glob("*.json"))
    assert [name for name in SCHEMAS if f"`{name}`" not in page] == []


def test_commands_log_to_standard_error_and_show_no_secret(applied: Rehearsal, tmp_path: Path) -> None:
    """Each command that shows something, with the log of all and a trace: JSON is alone on standard output."""
    secrets = [applied.portal.agency_key, applied.portal.hub_key, "BEGIN AGE ENCRYPTED", "AGE-SECRET-KEY"]
    secrets.append(applied.reveal("acme")["password"])
    answer = requests.post(f"{applied.portal.url}/_portal/keys", json={"account": "acme"}, timeout=600).json()
    secrets.append(answer["api_key"])
    for words, more in LINES:
        trace = tmp_path / "trace.har"
        given = [*more, *([] if words in FILELESS else ["-f", str(applied.file)])]
        ran = unseen(applied, [*words.split(), *given, "-vv", "--json"], trace)
        text = trace.read_text("utf-8")
        assert ran.code in (0, 1 if words == "doctor" else 0), ran
        assert published.mistakes(SCHEMA_OF[words], json.loads(ran.out)) == [], words
        assert " info  run: exit code 0" in ran.err or words == "doctor", ran.err
        shown = (text, ran.err) if words == "credentials reveal" else (text, ran.err, ran.out)
        assert [secret[:4] for secret in secrets if any(secret in each for each in shown)] == [], words
        entries = entries_of(trace)
        assert (len(entries) > 0) == (" debug http: " in ran.err), words


def unseen(rehearsal: Rehearsal, line: list[str], trace: Path) -> Ran:
    """Run a command whose output may be the login itself: it is no evidence of a leak."""
    out, err = stream("strict"), stream("backslashreplace")
    with (
        mock.patch.dict(os.environ, {**rehearsal.environment, "AGENCYFILE_TRACE": str(trace)}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        return Ran(run(line), text_of(out), text_of(err))


def test_log_has_two_levels_and_the_environment_asks_for_them_too(applied: Rehearsal) -> None:
    """-v says what is done; -vv every request; standard output is the same as without."""
    bare = applied.run("plan")
    once, twice = applied.run("plan", "-v"), applied.run("plan", "-vv")
    by_name = applied.run("plan", environment={"AGENCYFILE_LOG": "debug"})
    before = applied.run("-v", "plan", "-f", str(applied.file))

    assert {bare.out, once.out, twice.out, by_name.out, before.out} == {bare.out}
    assert " info  portal: " in once.err
    assert "debug http: " not in once.err
    assert "debug http: GET http" in twice.err
    assert "debug http: " in by_name.err
    assert " info  portal: " in before.err
    assert "api_key=(sensitive)" in twice.err
    assert applied.run("plan", environment={"AGENCYFILE_LOG": "chatty"}).code == 64
    assert applied.run("plan").err == bare.err  # nothing of it is left in the process


def test_log_shows_untrusted_text_as_escapes_on_one_line(rehearsal: Rehearsal) -> None:
    """The path of the file is anybody's."""
    odd = rehearsal.folder / "a\x1b[31m\n::error::b.yaml"
    odd.write_text("version: 1\nagency: {name: northwind}\naccounts: {}\n", encoding="utf-8")
    ran = rehearsal.run("clients", "list", "-v", "-f", str(odd))

    assert ran.code == 0, ran
    assert "\x1b" not in ran.err
    assert "a\\x1b[31m\\n:\\x3aerror::b.yaml" in ran.err


def test_ledger_list_names_who_run_request_approver_and_price(applied: Rehearsal, tmp_path: Path) -> None:
    """The pull request is that of the merge which the run applies."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"head_commit": {"message": "Merge pull request #7 from x/y\n\nText"}}), "utf-8")
    ci = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": "anna",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "northwind/clients",
        "GITHUB_RUN_ID": "4711",
        "GITHUB_EVENT_PATH": str(event),
    }
    applied.write(
        applied.file.read_text("utf-8").replace(
            "accounts:\n",
            "accounts:\n  beta: {client: {name: B, email: b@b.example}, plan: {tier: plus, billing: monthly,"
            " contacts: 1000}}\n",
        )
    )
    digest = applied.plan()["digest"]
    assert applied.run("approve", digest, "--by", "ben").code == 0
    assert applied.run("apply", "--approved", digest, environment=ci).code == 0

    ran = applied.run("ledger", "list", "--address", "account.beta", "--json")
    intent = next(entry for entry in json.loads(ran.out)["entries"] if entry["type"] == "intent")
    assert intent["who"] == "anna"
    assert intent["approver"] == "ben"
    assert intent["run"] == "https://github.example/northwind/clients/actions/runs/4711"
    assert intent["request"] == "https://github.example/northwind/clients/pull/7"
    assert intent["price"] == "50.00 USD"
    text = applied.run("ledger", "list", "--address", "account.beta").out
    assert "by anna  approved by ben  https://github.example/northwind/clients/pull/7" in text
