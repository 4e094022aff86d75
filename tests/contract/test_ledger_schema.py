"""The published schema of a ledger entry, against ledgers that the engine really wrote."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine.strategies import agencies
from engine.toy import MemoryStore, ToyPortal, ToyVault, resource
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sampling import examples

from plan import Address, Ledger, Outcome, Pace, Refused, Resource, Secret, Unknown, make_plan
from plan.apply import apply
from plan.approval import approval_of
from plan.ledger import EntryType, PortalPin
from plan.ledger.bodies import IntentState
from plan.ledger.entry import FORMAT_VERSION
from plan.ledger.observed import Observed
from plan.reconcile import Policy, Verdict, close, reconcile

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "schemas" / "ledger.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
QUICK = Pace(first=0.001, most=0.002, timeout=600.0)
ANSWERS = st.sampled_from([None, Refused("no"), Unknown("no answer")])


def mistakes(store: MemoryStore) -> list[str]:
    """What the schema says against the lines of a ledger."""
    documents = [json.loads(entry.line()) for entry in store.entries]
    return [f"{error.message} in {document}" for document in documents for error in VALIDATOR.iter_errors(document)]


def live_through(store: MemoryStore, desired: list[Resource], answers: dict[tuple[str, str], Outcome]) -> None:
    """An apply under a lease, a reconciliation by signals, another by a person, and a baseline."""
    portal = ToyPortal(answers=dict(answers))
    ledger = Ledger(store, agency="toy")
    ledger.acquire(holder="ann", run="https://ci.example/1", duration=timedelta(minutes=1))
    plan = make_plan(
        agency="toy", kinds=portal.kinds, declared=desired, reading=portal.read(desired), history=ledger.history
    )
    list(apply(plan, provider=portal, ledger=ledger, vault=ToyVault(), pace=QUICK))
    reconcile(ledger, portal, Policy(settle=timedelta(0), resend=True), now=datetime.now(UTC))
    for intent in list(ledger.history.open_intents.values()):
        close(ledger, intent, Verdict(IntentState.CONFIRMED, "seen", remote_id="1"), by="person ann")
    ledger.append((EntryType.BASELINE, Address("credit", "a.email"), {"sent": {"total": 5}}))
    text = {"step": "paid.a.client", "digest": "stp_" + "0" * 12, "by": "ann", "text": "mail of today"}
    ledger.append((EntryType.EVIDENCE, Address("paid", "a"), {**text, "sent": {"shape": "round"}}))
    ledger.append((EntryType.APPLIED, Address("thing", "z"), {"sent": {"size": 3}}))
    ledger.append((EntryType.ATTEMPTED, Address("thing", "z"), {"attributes": ["size"]}))
    ledger.append((EntryType.APPROVED, None, {"digest": None, "by": "ann"}))
    ledger.append((EntryType.APPROVED, None, approval_of(plan, by="ann", until=None).body()))
    pin = PortalPin.new(by="ann").with_keys({"agency": Secret("a-key"), "hub": Secret("b-key")}, by="ann", reason=None)
    ledger.append((EntryType.PORTAL, None, pin.body()))
    observed = Observed({"status-words": "numbers"}, first_page=1, by="ann")
    ledger.append((EntryType.OBSERVED, None, observed.body()))
    rekeyed = {"sealed": "age", "recipients": ["age1b"], "is_new": False, "by": "ann"}
    ledger.append((EntryType.REKEYED, Address("paid", "a"), rekeyed))
    ledger.append((EntryType.FORGOTTEN, Address("credit", "a.email"), {"reason": "gone"}))
    restored = {"reason": "disk lost", "by": "person ann", "seen": f"9:{'a' * 64}", "kept": 4}
    ledger.append((EntryType.RESTORED, None, restored))
    ledger.release()
    ledger.move("postgres:toy", by="ann")


@settings(max_examples=examples(80))
@given(desired=agencies(), answers=st.dictionaries(st.sampled_from([("make", f"n{n}") for n in range(6)]), ANSWERS))
def test_schema_accepts_every_entry_of_every_history(
    desired: list[Resource], answers: dict[tuple[str, str], Outcome | None]
) -> None:
    """Whatever an apply came to, each line of its ledger is what the schema says, compacted or not."""
    store = MemoryStore()
    live_through(store, desired, {key: answer for key, answer in answers.items() if answer})

    assert mistakes(store) == []
    Ledger(store, agency="toy").compact()
    assert mistakes(store) == []


def test_schema_is_tried_on_every_entry_type() -> None:
    """The histories above hold every type of entry there is, open intents and leases among what is compacted."""
    store = MemoryStore()
    desired = [resource("paid.a", colour="red"), resource("paid.b"), resource("paid.c"), resource("grant.d", total=3)]
    live_through(store, desired, {("make", "b"): Unknown("?"), ("make", "a"): Refused("no")})
    live_through(store, [resource("paid.c"), resource("thing.e")], {("make", "c"): Unknown("?")})
    seen = {entry.type for entry in store.entries}
    ledger = Ledger(store, agency="toy")
    ledger.acquire(holder="bob", run=None, duration=timedelta(minutes=1))
    intent = dict(next(entry.body for entry in store.entries if entry.type is EntryType.INTENT))
    ledger.append((EntryType.INTENT, Address("paid", "z"), intent))
    assert mistakes(store) == []
    ledger.compact()

    assert mistakes(store) == []
    assert seen | {store.entries[0].type} == set(EntryType)
    assert json.loads(store.entries[0].line())["body"]["open_intents"]


def test_schema_has_a_branch_for_every_entry_type() -> None:
    """A new type of entry cannot be forgotten here; the schema is one, and of this format."""
    Draft202012Validator.check_schema(SCHEMA)
    names = [entry_type.value for entry_type in EntryType]

    assert [branch["properties"]["type"]["const"] for branch in SCHEMA["oneOf"]] == names
    assert SCHEMA["properties"]["type"]["enum"] == names
    assert SCHEMA["$defs"]["format_version"]["const"] == FORMAT_VERSION
    assert [state.value for state in IntentState] == (SCHEMA["$defs"]["intent_facts"]["properties"]["state"]["enum"])


@pytest.mark.parametrize(
    "change",
    [
        {"serial": 0},
        {"previous": "abc"},
        {"address": "nameless"},
        {"address": None},
        {"type": "lease"},
        {"type": "outcome"},
        {"time": "yesterday"},
        {"body": {}},
        {"more": 1},
    ],
)
def test_schema_refuses_what_is_no_entry(change: dict[str, object]) -> None:
    """A wrong serial, digest, address, time, a body of another type, or anything more."""
    document = {
        "serial": 2,
        "time": "2026-11-21T00:00:00.000+00:00",
        "type": "ready",
        "address": "account.a",
        "body": {"remote_id": "7"},
        "previous": "0" * 64,
    }

    assert VALIDATOR.is_valid(document)
    assert not VALIDATOR.is_valid({**document, **change})
