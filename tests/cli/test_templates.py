"""Templates through the command line: an edited file reaches the accounts that name it, and no other."""

import hashlib
from typing import Any

import pytest
from rehearsal import Rehearsal, writes_of
from stories import agency, live_account

NAMING = [f"named-{number}" for number in range(5)]
OTHERS = ["by-default", "names-another", "names-none"]
TEMPLATES = """\
templates:
  news: {type: basic, html: templates/news.html, tags: [monthly]}
  terms: {type: basic, html: templates/terms.html}
"""


@pytest.fixture
def clients(rehearsal: Rehearsal) -> Rehearsal:
    """Five accounts that name the template, and three that do not; every one has a key of its own."""
    keys = {name: f"key-of-{name}" for name in [*NAMING, *OTHERS]}
    rehearsal.seed(accounts=[live_account(name, api_key=key) for name, key in keys.items()])
    rehearsal.environment.update({_variable(name): key for name, key in keys.items()})
    named = dict.fromkeys(NAMING, ", templates: [news]")
    other = {"by-default": "", "names-another": ", templates: [terms]", "names-none": ", templates: []"}
    blocks = {name: f"api: {{url: 'https://{name}.api-us1.com', key: '${{env:{_variable(name)}}}'}}" for name in keys}
    rehearsal.write(
        agency(
            rehearsal.recipient, TEMPLATES, **{name: block + {**named, **other}[name] for name, block in blocks.items()}
        )
    )
    rehearsal.write("<h1>News of November</h1>", "templates/news.html")
    rehearsal.write("<p>Terms</p>", "templates/terms.html")
    return rehearsal


def _variable(name: str) -> str:
    return f"AGENCY_KEY_{name.replace('-', '_').upper()}"


def _held(rehearsal: Rehearsal) -> dict[tuple[str, str], str]:
    """The digest of each template at the portal, by account and name."""
    rows = rehearsal.book("templates")
    assert len({(row["account"], row["name"]) for row in rows}) == len(rows)
    return {(row["account"], row["name"]): row["digest"] for row in rows}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_template_edited_in_git_reaches_exactly_the_accounts_that_name_it(clients: Rehearsal) -> None:
    """Calls predicted == made, the others are as they were, and there is nothing left to do."""
    clients.apply()
    before = _held(clients)
    assert set(before) == {*((name, "news") for name in NAMING), ("names-another", "terms")}

    edited = "<h1>News of December</h1>"
    clients.write(edited, "templates/news.html")
    predicted = writes_of(clients.plan())
    assert sorted(predicted) == [("message_template_edit", name) for name in NAMING]
    clients.apply()

    after = _held(clients)
    assert {key: digest for key, digest in after.items() if key[1] == "news"} == {
        (name, "news"): _sha(edited) for name in NAMING
    }
    assert after["names-another", "terms"] == before["names-another", "terms"]
    assert len(after) == len(before)


def test_template_that_is_named_later_reaches_that_account_alone(clients: Rehearsal) -> None:
    """An account that exists is given a template by the one line that names it."""
    clients.apply()
    text = clients.file.read_text("utf-8")
    clients.write(text.replace("templates: []", "templates: [terms]"))

    assert writes_of(clients.plan()) == [("message_template_add", "names-none")]
    clients.apply()
    assert _held(clients)["names-none", "terms"] == _sha("<p>Terms</p>")


def test_template_file_that_only_moves_changes_nothing(clients: Rehearsal) -> None:
    """The content counts, not its path."""
    clients.apply()
    clients.write("<h1>News of November</h1>", "templates/november/news.html")
    clients.write(clients.file.read_text("utf-8").replace("templates/news.html", "templates/november/news.html"))

    assert clients.plan()["resource_changes"] == []


def waits(document: dict[str, Any]) -> dict[str, str]:
    """What the plan says that it waits for, by account."""
    found = [one for one in document["diagnostics"] if one["rule"] == "resources-wait"]
    return {one["address"]: one["detail"] for one in found}


def test_delivery_to_a_disabled_account_waits_until_it_is_active(clients: Rehearsal) -> None:
    """Its API lets nobody in: the plan says so instead of a call that must fail, and goes on once it is open."""
    clients.act_by_hand("account_status_set", account=NAMING[0], status="1", message="late")
    text = clients.file.read_text("utf-8")
    locked = text.replace(f"{NAMING[0]}: {{", f"{NAMING[0]}: {{status: disabled, ")
    clients.write(locked)

    document = clients.plan()
    assert sorted(writes_of(document)) == sorted(
        [*(("message_template_add", name) for name in NAMING[1:]), ("message_template_add", "names-another")]
    )
    told = waits(document)[f"account.{NAMING[0]}"]
    assert "is disabled" in told
    assert f"delivery.{NAMING[0]}.news" in told
    clients.apply()

    clients.write(text.replace(f"{NAMING[0]}: {{", f"{NAMING[0]}: {{status: active, "))
    document = clients.plan()
    assert waits(document) == {}
    clients.apply()
    opened = [name for operation, name in clients.writes() if operation == "account_status_set"]
    assert opened == [NAMING[0]] * 2  # by hand, and by the plan, whose delivery would have failed before
    assert _held(clients)[NAMING[0], "news"] == _sha("<h1>News of November</h1>")


def test_delivery_to_an_account_that_this_plan_disables_waits(clients: Rehearsal) -> None:
    """What counts is how the account is once the plan is carried out."""
    text = clients.file.read_text("utf-8")
    clients.write(text.replace(f"{NAMING[0]}: {{", f"{NAMING[0]}: {{status: disabled, "))

    document = clients.plan()
    assert list(waits(document)) == [f"account.{NAMING[0]}"]
    assert ("message_template_add", NAMING[0]) not in writes_of(document)
    clients.apply()


def test_delivery_to_an_account_that_ended_waits_and_is_told(clients: Rehearsal) -> None:
    """Nobody wonders why nothing is planned."""
    clients.act_by_hand("account_cancel", account=NAMING[0], reason="left", retaindata="1")

    document = clients.plan()
    assert "is cancelled" in waits(document)[f"account.{NAMING[0]}"]
    assert ("message_template_add", NAMING[0]) not in writes_of(document)
