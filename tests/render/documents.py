"""Plan documents to show: made by real plans against the local portal, their paths as seen from the agency's folder."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from rehearsal import Rehearsal
from stories import LAB, agency, live_account

from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS
from plan.document import encode
from plan.document.decoding import _decoded

RECIPIENT = min(PUBLISHED_RECIPIENTS)  # docs/review.md shows the head of a golden file, and may name no other

REMOVED = """\
removed:
  - {account: old, action: cancel, reason: the client has moved away}
"""
BUDGETS = "  budgets: {per_apply: 500 USD, per_month: 2000 USD}\n"

# what no single plan has all of: put into a document of every part by hand, in the form that the engine writes
DRIFT = [
    {
        "address": "account.initech",
        "attribute": "notification",
        "applied": "ops@northwind.example",
        "live": "old@northwind.example",
    }
]
BLOCKED = [
    {
        "serial": 7,
        "address": "account.hooli",
        "operation": "account_add",
        "time": "2026-11-21T10:00:00.000+00:00",
        "message": "the connection was closed before an answer came",
    }
]
REFUSALS = [
    {
        "rule": "share-of-changes",
        "message": "7 of 12 live objects of kind account would change or end; 30% may",
        "fix": "look for a change that was not meant; if all of it is: --max-changed-share 59%",
    }
]
DIAGNOSTICS = [
    {
        "rule": "domain-not-verified",
        "severity": "warning",
        "summary": "The domain is not verified",
        "detail": "Mail of account.acme leaves from the vendor's domain until mail.acme.example is verified.",
        "fix": "set the DNS records that the portal shows",
        "origin": {"file": "agency.yaml", "line": 22, "column": 9},
        "address": "account.acme",
    }
]


def planned(rehearsal: Rehearsal, text: str) -> Any:
    """The plan of an agency file."""
    rehearsal.write(text)
    ran = rehearsal.run("plan", "-json")
    assert ran.code == 0, ran
    document: Any = json.loads(ran.out.replace(f"{rehearsal.folder}/", ""))
    return document


def of_new_accounts(rehearsal: Rehearsal, number: int) -> Any:
    """The plan of so many new accounts."""
    return planned(rehearsal, agency(RECIPIENT, **{f"client-{index}": "" for index in range(number)}))


def of_every_part(rehearsal: Rehearsal) -> Any:
    """A plan in which every part of the document has something to show."""
    rehearsal.seed(
        accounts=[
            live_account("initech", notification="old@northwind.example"),
            live_account("umbrella", client_name="Umbrella Yoga"),
            live_account("old", expire="2031-05-04"),
            *[live_account(f"legacy-{number}") for number in range(12)],
        ]
    )
    text = agency(
        RECIPIENT,
        LAB + REMOVED,
        acme="snapshot: base, domain: mail.acme.example",
        initech="plan: {contacts: 2500}",
        umbrella="",
        globex="credits: {email: 5000, sms: 100}",
    )
    document = planned(rehearsal, text.replace("defaults:", f"{BUDGETS}defaults:", 1))
    return recounted({**document, "drift": DRIFT, "blocked": BLOCKED, "refusals": REFUSALS, "diagnostics": DIAGNOSTICS})


def recounted(document: Any) -> Any:
    """The document with the totals of what it holds, and with the digest that it had."""
    return {**encode(_decoded(document)), "digest": document["digest"]}


Path = tuple[str | int, ...]

_STRUCTURE = {
    "format_version",
    "actions",
    "effect",
    "operation_class",
    "severity",
    "closes",
    "calls",
    "digest",
    "kind",
    "rank",
}
_AMOUNTS = {
    "spent",
    "most",
    "total",
    "charges_now",
    "amounts",
    "per_month",
    "per_year",
    "max_monthly",
}  # these are added up


def names_of(document: object, path: Path = ()) -> Iterator[Path]:
    """Where in a document a text stands that somebody else may have chosen."""
    if path and path[-1] in _STRUCTURE | _AMOUNTS:
        return
    if isinstance(document, str):
        yield path
    elif isinstance(document, dict):
        for key, item in document.items():
            yield from names_of(item, (*path, key))
    elif isinstance(document, list):
        for index, item in enumerate(document):
            yield from names_of(item, (*path, index))


def with_name(document: Any, path: Path, name: str) -> Any:
    """The same document with another text in one place."""
    changed = copy.deepcopy(document)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = name
    return changed


def with_every_name(document: Any, name: str) -> Any:
    """The same document with another text in every place."""
    if isinstance(document, str):
        return name
    if isinstance(document, dict):
        return {key: item if key in _STRUCTURE else with_every_name(item, name) for key, item in document.items()}
    return [with_every_name(item, name) for item in document] if isinstance(document, list) else document
