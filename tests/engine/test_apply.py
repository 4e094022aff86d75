"""Apply: what is sent, in what order, what is remembered, and what stops it."""

from collections.abc import Callable, Sequence

import pytest
from engine.toy import KINDS, MemoryStore, ToyKind, ToyPortal, ToyVault, resource

from plan import (
    Address,
    Ledger,
    LedgerConflict,
    Money,
    Pace,
    Plan,
    Reference,
    Refused,
    Report,
    Resource,
    Stop,
    Unknown,
    make_plan,
)
from plan.apply import CallStarted, Event, Finished, NotStarted, apply
from plan.ledger import EntryType
from plan.provider import Memory

QUICK = Pace(first=0.001, most=0.002, timeout=600.0)


def plan_of(portal: ToyPortal, desired: Sequence[Resource], ledger: Ledger) -> Plan:
    """The plan for `desired`, now."""
    return make_plan(
        agency="toy", kinds=portal.kinds, declared=desired, reading=portal.read(desired), history=ledger.history
    )


def carry_out(  # noqa: D103
    portal: ToyPortal,
    desired: Sequence[Resource],
    store: MemoryStore | None = None,
    stop: Callable[[], Stop] = lambda: Stop.NO,
    pace: Pace = QUICK,
) -> tuple[Report, list[Event]]:
    ledger = Ledger(store or MemoryStore(), agency="toy")
    plan = plan_of(portal, desired, ledger)
    events = list(apply(plan, provider=portal, ledger=ledger, vault=ToyVault(), pace=pace, stop=stop))
    assert isinstance(events[-1], Finished)
    return events[-1].report, events


def operations(portal: ToyPortal) -> list[tuple[str, str]]:
    """What the portal was sent."""
    return [(call.operation, call.address.name) for call in portal.sent]


def test_apply_complete_reports_what_was_predicted_and_made() -> None:
    """A clean run makes the calls and the charges that the plan predicted."""
    report, _ = carry_out(ToyPortal(), [resource("paid.a"), resource("paid.b"), resource("thing.c", colour="red")])

    assert report.is_complete
    assert report.calls_made == report.calls_predicted == 4
    assert report.charges_made == report.charges_predicted == (Money.parse("98.00 USD"),)


def test_apply_reference_sends_the_id_that_provisioning_brought() -> None:
    """A dependant goes after its dependency is ready, with the remote id that was learned."""
    portal = ToyPortal(looks_until_ready=3)
    carry_out(portal, [resource("paid.b", source=Reference(Address("thing", "a"))), resource("thing.a")])

    assert operations(portal) == [("make", "a"), ("make", "b")]
    assert portal.sent[1].parameters["source"] == "#a"


def test_apply_what_no_list_shows_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A confirmed call is all there will ever be of it: there is nothing to look for."""
    monkeypatch.setitem(KINDS, "slip", ToyKind("slip", memory=Memory.LEDGER))
    portal = ToyPortal(looks_until_ready=1_000_000)

    report, _ = carry_out(portal, [resource("slip.a", size=1)], pace=Pace(first=60, most=60, timeout=600))

    assert report.is_complete
    assert operations(portal) == [("make", "a")]
    assert not portal.looks


def test_apply_second_call_of_a_creation_waits_until_the_object_is_ready() -> None:
    """What is set after creation is sent to an object that exists."""
    portal = ToyPortal(looks_until_ready=2)
    carry_out(portal, [resource("thing.a", colour="red")])

    assert operations(portal) == [("make", "a"), ("paint", "a")]
    assert len(portal.looks) == 2


def test_apply_many_provisioning_costs_one_look_a_tick() -> None:
    """Waiting for K objects is one look for all of them."""
    portal = ToyPortal(looks_until_ready=3)
    carry_out(portal, [resource(f"thing.t{number}") for number in range(40)], pace=Pace(0.05, 0.05, 5.0, workers=40))

    assert len(portal.looks) <= 5
    assert max(map(len, portal.looks)) == 40


def test_apply_billed_calls_go_alone_and_free_ones_side_by_side() -> None:
    """One charge at a time, whatever the number of workers."""
    portal = ToyPortal(seconds=0.01)
    carry_out(portal, [*(resource(f"paid.p{n}") for n in range(5)), *(resource(f"thing.t{n}") for n in range(12))])

    assert portal.most_at_once[True] == 1
    assert 1 < portal.most_at_once[False] <= QUICK.workers


def test_apply_intent_is_in_the_ledger_before_the_call_is_sent() -> None:
    """At the moment of sending, the last entry is the intent of that very call."""
    store = MemoryStore()
    seen: list[tuple[EntryType, object]] = []
    portal = ToyPortal(before_send=lambda call: seen.append((store.entries[-1].type, store.entries[-1].address)))
    carry_out(portal, [resource("paid.a"), resource("paid.b")], store)

    assert seen == [(EntryType.INTENT, Address("paid", "a")), (EntryType.INTENT, Address("paid", "b"))]


def test_apply_password_is_sealed_in_the_append_of_the_outcome() -> None:
    """The outcome of a creation carries its credential, sealed; the password itself is nowhere."""
    store = MemoryStore()
    carry_out(ToyPortal(), [resource("paid.a")], store)

    (outcome,) = [entry for entry in store.entries if entry.type is EntryType.OUTCOME]
    assert outcome.body["credential"] == {
        "login_url": "https://toy.example",
        "username": "admin",
        "sealed": "sealed(12)",
        "recipients": ["age1toy"],
    }
    assert "the-password" not in "".join(entry.line() for entry in store.entries)


def test_apply_unknown_outcome_stops_its_address_and_every_further_charge_only() -> None:
    """Nothing more is sent for the address, no charge follows, free work goes on."""
    portal = ToyPortal(answers={("make", "b"): Unknown("no answer")})
    free = [resource(f"thing.t{number}") for number in range(9)]
    report, _ = carry_out(portal, [resource("paid.a"), resource("paid.b"), resource("paid.c"), *free])

    assert set(report.unknown) == {Address("paid", "b")}
    assert set(report.not_started) == {Address("paid", "c")}
    assert len(report.done) == 10
    assert operations(portal).count(("make", "b")) == 1


def test_apply_unknown_outcome_blocks_its_address_in_the_next_plan_and_apply() -> None:
    """An open intent is never planned over: no call for its address, none for what depends on it."""
    portal, store = ToyPortal(answers={("make", "a"): Unknown("no answer")}), MemoryStore()
    desired = [resource("thing.a"), resource("paid.b", source=Reference(Address("thing", "a"))), resource("thing.c")]
    carry_out(portal, desired, store)
    portal.answers.clear()
    report, _ = carry_out(portal, desired, store)

    assert operations(portal) == [("make", "a"), ("make", "c")]
    assert set(report.unknown) == {Address("thing", "a")}
    assert set(report.not_started) == {Address("paid", "b")}


def test_apply_killed_after_sending_leaves_an_open_intent() -> None:
    """A run that ends between send and answer leaves a ledger that says so."""
    store = MemoryStore()
    carry_out(ToyPortal(), [resource("paid.a")], store)
    del store.entries[2:]

    assert list(Ledger(store, agency="toy").history.open_intents) == [Address("paid", "a")]


def test_apply_refused_fails_its_dependants_and_can_be_tried_again() -> None:
    """A clean no leaves no open intent; what depends on it is left out and says why."""
    portal, store = ToyPortal(answers={("make", "a"): Refused("taken")}), MemoryStore()
    desired = [
        resource("thing.a"),
        resource("thing.b", source=Reference(Address("thing", "a"))),
        resource("thing.c", source=Reference(Address("thing", "b"))),
    ]
    report, events = carry_out(portal, desired, store)

    assert report.failed == {Address("thing", "a"): "taken"}
    assert [event.address.name for event in events if isinstance(event, NotStarted)] == ["b", "c"]

    portal.answers.clear()
    report, _ = carry_out(portal, desired, store)
    assert report.is_complete


def test_apply_provisioning_that_fails_fails_the_change() -> None:
    """An object that the portal gives up on is a failure with the portal's words."""
    portal = ToyPortal(failures={Address("thing", "a"): "snapshot failed"})
    report, _ = carry_out(portal, [resource("thing.a"), resource("thing.b", source=Reference(Address("thing", "a")))])

    assert report.failed == {Address("thing", "a"): "snapshot failed"}
    assert set(report.not_started) == {Address("thing", "b")}


def test_apply_provisioning_too_long_gives_up_and_says_what_is_still_being_made() -> None:
    """Waiting ends at the pace's timeout; nothing is lost."""
    portal = ToyPortal(looks_until_ready=10**9)
    report, _ = carry_out(portal, [resource("thing.a")], pace=Pace(0.001, 0.001, timeout=0.05))

    assert report.provisioning == [Address("thing", "a")]
    assert not report.is_complete


@pytest.mark.parametrize("append", range(1, 5))
def test_apply_ledger_that_fails_at_any_append_sends_nothing_more(append: int) -> None:
    """No intent in the ledger, no call; an outcome that cannot be kept is unknown, and its password is handed out."""
    portal, store = ToyPortal(), MemoryStore(failing=frozenset({append}))
    report, _ = carry_out(portal, [resource("paid.a"), resource("paid.b")], store)

    sent = (append) // 2
    assert len(portal.sent) == sent
    assert report.ledger_failure == "the disk is full"
    assert len(report.unsaved_credentials) == (append % 2 == 0)
    assert len(report.unknown) == (append % 2 == 0)


def test_apply_two_at_once_on_one_ledger_the_second_sends_nothing() -> None:
    """Both have planned; the one that appends first goes on, the other is told before it sends."""
    store, desired = MemoryStore(), [resource("paid.a")]
    first_portal, second_portal = ToyPortal(), ToyPortal()
    first, second = Ledger(store, agency="toy"), Ledger(store, agency="toy")
    plans = [plan_of(first_portal, desired, first), plan_of(second_portal, desired, second)]
    list(apply(plans[0], provider=first_portal, ledger=first, vault=ToyVault(), pace=QUICK))
    *_, finished = apply(plans[1], provider=second_portal, ledger=second, vault=ToyVault(), pace=QUICK)

    assert isinstance(finished, Finished)
    assert second_portal.sent == []
    assert "somebody else is writing" in str(finished.report.ledger_failure)
    with pytest.raises(LedgerConflict):
        second.append((EntryType.READY, Address("paid", "a"), {"remote_id": "1"}))


def test_apply_asked_to_stop_finishes_and_records_the_call_under_way() -> None:
    """After a request to stop no call starts, and the one under way has its outcome in the ledger."""
    store, asked = MemoryStore(), [Stop.NO]
    portal = ToyPortal(seconds=0.01, before_send=lambda call: asked.__setitem__(0, Stop.SOON))
    report, _ = carry_out(portal, [resource("paid.a"), resource("paid.b")], store, stop=lambda: asked[0])

    assert report.interrupted
    assert report.provisioning == [Address("paid", "a")]
    assert set(report.not_started) == {Address("paid", "b")}
    assert Ledger(store, agency="toy").history.open_intents == {}


@pytest.mark.parametrize("how", [Stop.SOON, Stop.NOW])
def test_apply_asked_to_stop_does_not_wait_for_provisioning(how: Stop) -> None:
    """The first request ends waiting, no request ends recording."""
    store, asked = MemoryStore(), [Stop.NO]
    portal = ToyPortal(looks_until_ready=10**9, before_send=lambda call: asked.__setitem__(0, how))
    report, _ = carry_out(portal, [resource("paid.a")], store, stop=lambda: asked[0])

    assert report.provisioning == [Address("paid", "a")]
    assert Ledger(store, agency="toy").history.open_intents == {}


def test_apply_abandoned_by_its_listener_still_records_the_call_under_way() -> None:
    """A renderer that dies does not lose an outcome."""
    portal, ledger = ToyPortal(seconds=0.02), Ledger(store := MemoryStore(), agency="toy")
    events = apply(
        plan_of(portal, [resource("paid.a")], ledger), provider=portal, ledger=ledger, vault=ToyVault(), pace=QUICK
    )
    assert isinstance(next(events), CallStarted)
    events.close()

    assert len(portal.sent) == 1
    assert Ledger(store, agency="toy").history.open_intents == {}


def test_apply_bug_in_the_provider_is_an_unknown_outcome() -> None:
    """Whatever a send raises, the call may have happened."""
    report, _ = carry_out(ToyPortal(answers={("make", "a"): ZeroDivisionError()}), [resource("paid.a")])

    assert "bug" in report.unknown[Address("paid", "a")]


def test_apply_reference_to_nothing_known_sends_nothing() -> None:
    """A call whose reference cannot be resolved is not sent."""
    portal = ToyPortal()
    portal.objects[Address("thing", "a")] = {}
    ledger = Ledger(MemoryStore(), agency="toy")
    desired = [resource("paid.b", source=Reference(Address("thing", "z")))]
    plan = plan_of(portal, desired, ledger)
    report = list(apply(plan, provider=portal, ledger=ledger, vault=ToyVault(), pace=QUICK))[-1]

    assert portal.sent == []
    assert isinstance(report, Finished)
