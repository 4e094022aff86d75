"""Every call that changes the portal, met with the answer to every other call: unknown, never taken for its own."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from sampling import thinned

from agencyfile.kinds import OPERATIONS
from agencyfile.portal import open_provider
from plan.address import Address
from plan.call import Call, Confirmed, Effect, OperationClass, Refused, Unknown
from plan.values import Content, Secret, Value

OK: Final = {"result_code": 1, "result_message": "Success", "result_output": "json"}
ORDER: Final[Mapping[str, Value]] = {
    "account": "acme",
    "name": "Acme",
    "email": "owner@acme.example",
    "notification": "ops@agency.example",
    "plan": "221",
}
OWN: Final[Mapping[str, Value]] = {
    "account": "acme",
    "api": "https://acme.api-us1.com",
    "name": "news",
    "html": Content("<p>News</p>"),
}

# One call of each operation.
PARAMETERS: Final[Mapping[str, Mapping[str, Value]]] = {
    "account_add": ORDER,
    "child_account_create": {**ORDER, "country": "FR", "tier": "plus", "billing": "monthly", "contacts": 1000},
    "account_edit": {"account": "acme", "notification": "new@agency.example"},
    "account_status_set": {"account": "acme", "status": "1"},
    "account_cancel": {"account": "acme"},
    "account_scoring": {"account": "acme", "status": "1"},
    "account_conversations": {"account": "acme", "status": "paid", "seats": 3},
    "account_credits_apply": {"account": "acme", "credits": 5000},
    "account_emailtest_credits_apply": {"account": "acme", "credits": 100},
    "snapshot_create": {"account_id": "1", "name": "fit"},
    "snapshot_delete": {"snapshot_id": "12", "name": "fit"},
    "message_template_add": OWN,
    "message_template_edit": {**OWN, "known_as": "news", "replaces": str(Content("<p>Old</p>"))},
    "branding_edit": {"account": "acme", "api": "https://acme.api-us1.com", "branding": {"siteName": "Acme"}},
    "user_me": {"account": "acme", "api": "https://acme.api-us1.com"},
}

SNAPSHOT: Final = {"id": "12", "source_account_id": "1", "status": "initialized", "name": "fit"}
CHILD: Final = {"id": "7", "reseller_id": "1", "account_name": "acme", "created_at": "2026-11-01T00:00:00Z"}
BARE: Final = "the bare envelope"

# What each call, and each read, is answered: a name, an HTTP status and a document.
ANSWERS: Final[Mapping[str, tuple[int, Mapping[str, Any] | None]]] = {
    "account_add": (200, {**OK, "account": "acme", "username": "admin", "password": "x1"}),
    "account_add of another": (200, {**OK, "account": "rival", "username": "admin", "password": "x1"}),
    BARE: (200, OK),
    "account_edit of another": (200, {**OK, "account": "rival"}),
    "account_list": (200, {**OK, "accounts": []}),
    "account_plans": (200, {**OK, "plans": {}}),
    "account_status": (200, {**OK, "status": "active"}),
    "account_view": (200, {**OK, "account": "acme.activehosted.com", "email": "a@b.example", "credits": 100}),
    "account_credits_apply of another amount": (200, {**OK, "credits": 77}),
    "message_template_add": (200, {**OK, "id": "4"}),
    "message_template_edit": (200, {**OK, "messages": [], "is_fatal": 0}),
    "message_template_list": (200, {**OK, "0": {"id": "4", "name": "news"}}),
    "snapshot_create": (201, None),
    "snapshot_create with a body": (201, SNAPSHOT),
    "snapshot_create of another": (201, {**SNAPSHOT, "name": "other"}),
    "an empty 200": (200, None),
    "child_account_create": (200, CHILD),
    "child_account_create of another": (200, {**CHILD, "account_name": "rival"}),
    "snapshot_delete": (200, SNAPSHOT),
    "snapshot_delete of another": (200, {**SNAPSHOT, "id": "13"}),
    "child accounts": (200, {"items": [CHILD], "total": 1}),
    "snapshots": (200, {"snapshots": [SNAPSHOT], "next_cursor": None}),
    "cloning job": (200, {"id": "u", "workflow_id": "w", "target_account": "acme", "status": "success"}),
    "branding_list": (200, {"brandings": [{"id": "1"}]}),
    "branding_edit": (200, {"branding": {"id": "1", "siteName": "Acme"}}),
    "user_me": (200, {**OK, "username": "admin", "apiurl": "", "apikey": "key-of-acme"}),
    "account settings": (200, {"account": "acme.activehosted.com", "credits": 100, "branding": True}),
}

# The answers that count. Those of one group are documented alike: nothing tells them apart.
_BARE_CALLS: Final = [name for name, each in OPERATIONS.items() if each.api.has_envelope and name != "account_add"]
COUNTS: Final[Mapping[str, set[str]]] = {
    **{name: {BARE} for name in _BARE_CALLS},
    "account_add": {"account_add"},
    "message_template_add": {BARE, "message_template_add"},
    "message_template_edit": {BARE, "message_template_edit"},
    "snapshot_create": {"snapshot_create", "snapshot_create with a body"},
    "snapshot_delete": {"an empty 200", "snapshot_delete"},
    "child_account_create": {"an empty 200", "child_account_create"},
    "branding_edit": {"branding_edit"},
    "user_me": {"user_me"},
}


def test_every_operation_is_in_the_table() -> None:
    """A new operation gets a call, and the answers that count for it."""
    assert PARAMETERS.keys() == COUNTS.keys() == OPERATIONS.keys()


def call_of(name: str) -> Call:
    """One call, of the class that never repeats."""
    operation, parameters = OPERATIONS[name], PARAMETERS[name]
    kind = "snapshot" if "snapshot" in name else "account"
    address = Address(kind, "fit" if kind == "snapshot" else "acme")
    return Call(address, operation.api.value, name, _method(name), parameters, OperationClass.CREATE, Effect.PERMANENT)


def _method(name: str) -> str:
    return "GET" if name in ("account_cancel", "account_credits_apply", "account_status_set") else "POST"


def _prior(name: str) -> Iterator[Mapping[str, Any]]:
    """The answers to what a call looks up before it is sent."""
    if name == "message_template_edit":
        yield {**OK, "0": {"id": "4", "name": "news", "content": "<p>Old</p>"}}
    if name == "branding_edit":
        yield {"brandings": [{"id": "1", "groupid": "3"}]}


@pytest.mark.parametrize(("name", "answered"), thinned(itertools.product(OPERATIONS, ANSWERS), every=4))
def test_answer_to_another_call_is_unknown(scripted: Any, name: str, answered: str) -> None:
    """Over real HTTP: confirmed by its own answer, unknown by any other."""
    status, document = ANSWERS[answered]
    for found in _prior(name):
        scripted.answer(200, found)
    scripted.answer(status, "" if document is None else document)
    access = {"account_keys": {"acme": Secret("key-of-acme")}, "account_api": f"{scripted.url}/{{account}}"}

    with open_provider(scripted.endpoint(is_rehearsal=True, **access)) as provider:
        outcome = provider.send(call_of(name))

    # A call that only reads has nothing to be unknown: without a key in its answer it is a clean no.
    other = (Unknown, Refused) if OPERATIONS[name].fetches_key else Unknown
    expected = Confirmed if answered in COUNTS[name] else other
    assert isinstance(outcome, expected), (name, answered, outcome)
