"""Manual steps: what asks for them, what closes them, what brings them back."""

from engine.test_apply import QUICK
from engine.toy import ORIGIN, MemoryStore, ToyPortal, ToyVault, resource

from plan import Address, Ledger, Manual, Plan, Reference, Removal, Resource, make_plan
from plan.apply import apply
from plan.ledger import EntryType
from plan.manual_steps import record
from plan.resource import Live

HOST = Address("host", "a")


class Desk:
    """A portal and a ledger, and the plans between them."""

    def __init__(self) -> None:
        self.portal = ToyPortal()
        self.store = MemoryStore()

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.store, agency="toy")

    def plan(
        self,
        *desired: Resource,
        removals: tuple[Removal, ...] = (),
        ignore: tuple[str, ...] = (),
        left_out: int = 0,
    ) -> Plan:
        return make_plan(
            agency="toy",
            kinds=self.portal.kinds,
            declared=desired,
            reading=self.portal.read(desired),
            history=self.ledger.history,
            removals=removals,
            ignore=ignore,
            left_out=left_out,
        )

    def apply(self, *desired: Resource, removals: tuple[Removal, ...] = ()) -> None:
        plan = self.plan(*desired, removals=removals)
        list(apply(plan, provider=self.portal, ledger=self.ledger, vault=ToyVault(), pace=QUICK))
        assert self.plan(*desired, removals=removals).is_empty
        for removal in removals:
            self.portal.objects.pop(removal.address, None)

    def close(self, step: Manual) -> None:
        record(self.ledger, step, text="seen", by="ann")


def ids(plan: Plan) -> list[str]:
    """What is pending, in order."""
    return [step.id for step in plan.manual_steps]


def _ref(name: str) -> Reference:
    return Reference(Address.parse(name))


def test_manual_step_waits_for_the_creation_that_it_belongs_to() -> None:
    """A step for an object of this plan is due after it; later it waits for nothing."""
    desk = Desk()
    (step,) = desk.plan(resource("host.a")).manual_steps
    assert (step.id, step.after) == ("host.a.greet", (HOST,))

    desk.apply(resource("host.a"))
    (step,) = desk.plan(resource("host.a")).manual_steps
    assert (step.id, step.after) == ("host.a.greet", ())


def test_manual_step_with_evidence_is_gone_until_its_words_change() -> None:
    """Evidence closes a step for good, unless what it asks for becomes another thing."""
    desk = Desk()
    desk.apply(resource("host.a", colour="red"))
    desk.close(desk.plan(resource("host.a", colour="red")).manual_steps[0])

    assert ids(desk.plan(resource("host.a", colour="red"))) == []
    assert ids(desk.plan(resource("host.a", colour="blue"))) == ["host.a.greet"]


def test_one_shot_step_with_evidence_never_comes_back() -> None:
    """What can be done once only is not asked for again, in whatever words."""
    desk = Desk()
    desk.portal.objects[HOST] = {}
    desk.close(desk.plan(resource("host.a", total=1)).manual_steps[0])

    assert ids(desk.plan(resource("host.a", total=1))) == []
    assert ids(desk.plan(resource("host.a", total=2))) == []


def test_edit_by_hand_that_the_portal_shows_is_closed_by_the_portal_alone() -> None:
    """Nobody's word stands against what the list shows."""
    desk = Desk()
    desk.portal.objects[HOST] = {"shape": "flat"}
    (step,) = desk.plan(resource("host.a", shape="round")).manual_steps
    assert (step.id, step.closes.value) == ("host.a.shape", "portal")

    desk.close(step)
    assert ids(desk.plan(resource("host.a", shape="round"))) == ["host.a.shape"]
    desk.portal.objects[HOST] = {"shape": "round"}
    assert ids(desk.plan(resource("host.a", shape="round"))) == []


def test_edit_by_hand_that_no_list_shows_is_closed_by_evidence_which_counts_as_known() -> None:
    """Evidence tells the ledger what holds now, so that the next change starts from there."""
    desk = Desk()
    desk.apply(resource("thing.a", shape="flat"))
    desk.portal.objects[Address("thing", "a")].pop("shape")
    (step,) = desk.plan(resource("thing.a", shape="round")).manual_steps
    assert step.closes.value == "evidence"

    desk.close(step)
    assert desk.plan(resource("thing.a", shape="round")).manual_steps == ()
    (step,) = desk.plan(resource("thing.a", shape="oval")).manual_steps
    assert [(edit.before, edit.after) for edit in step.edits] == [("round", "oval")]


def test_evidence_survives_compaction_and_ends_with_what_it_is_about() -> None:
    """A compacted ledger knows it still; an object that is forgotten starts anew."""
    desk = Desk()
    desk.apply(resource("host.a"))
    desk.close(desk.plan(resource("host.a")).manual_steps[0])
    desk.ledger.compact()
    assert ids(desk.plan(resource("host.a"))) == []

    ledger = desk.ledger
    ledger.append((EntryType.FORGOTTEN, HOST, {"reason": "gone"}))
    assert ledger.history.evidence == []


def test_remembered_resource_is_sent_once_and_again_when_it_changes() -> None:
    """What no list shows is known by the ledger: sent at first, left alone, sent again when the file says otherwise."""
    desk = Desk()
    desk.apply(resource("label.x", size=1))
    assert desk.plan(resource("label.x", size=1)).is_empty

    (step,) = desk.plan(resource("label.x", size=2)).steps
    assert [(edit.before, edit.after) for edit in step.change.edits] == [(1, 2)]  # type: ignore[union-attr]
    desk.apply(resource("label.x", size=2))
    assert [call.operation for call in desk.portal.sent] == ["make", "set"]


def test_remembered_resource_by_hand_is_one_step_that_evidence_closes() -> None:
    """Without a call for it the whole of it is a human's; another value asks again."""
    desk = Desk()
    (step,) = desk.plan(resource("label.by-hand", size=1)).manual_steps
    assert step.id == "label.by-hand"
    desk.close(step)

    assert ids(desk.plan(resource("label.by-hand", size=1))) == []
    assert ids(desk.plan(resource("label.by-hand", size=2))) == ["label.by-hand"]


def test_derived_resource_comes_with_its_owner_and_waits_for_it() -> None:
    """What a resource brings is planned in one go with it, after it, and not for one that is not there."""
    desk = Desk()
    steps = desk.plan(resource("host.a", size=1)).steps
    assert [(str(step.address), step.after) for step in steps] == [("host.a", ()), ("label.a.one", (HOST,))]
    desk.apply(resource("host.a", size=1))

    assert [str(step.address) for step in desk.plan(resource("host.a", size=2)).steps] == ["host.a", "label.a.one"]
    adopted = Resource(Address("host", "b"), {"size": 1}, ORIGIN, adopt=True)
    assert desk.plan(adopted).is_empty


def test_object_with_a_former_name_is_renamed_by_hand_and_keeps_what_it_was_granted() -> None:
    """A renamed account is not made anew, and nothing is granted twice for it."""
    desk = Desk()
    grant = Resource(Address("grant", "a.email"), {"source": _ref("host.a"), "total": 5}, ORIGIN)
    desk.apply(resource("host.a", size=1), grant)
    renamed = Resource(Address("host", "b"), {"size": 2}, ORIGIN, previously="a")
    moved = Resource(Address("grant", "b.email"), {"source": _ref("host.b"), "total": 7}, ORIGIN)

    plan = desk.plan(renamed, moved)
    assert (ids(plan), plan.steps, plan.unmanaged) == (["host.b.name"], (), ())

    desk.portal.objects[Address("host", "b")] = desk.portal.objects.pop(HOST)
    plan = desk.plan(renamed, moved)
    grants = [call.parameters["amount"] for step in plan.steps for call in step.calls if call.operation == "add"]
    assert (grants, plan.diagnostics) == ([2], ())
    desk.apply(renamed, moved)
    assert desk.plan(renamed, moved).is_empty


def test_kind_that_nobody_renames_keeps_its_old_name_at_the_portal() -> None:
    """A block with `previously` takes the object over under the name that the portal knows."""
    desk = Desk()
    desk.portal.objects[Address("thing", "old")] = {"size": 1}
    renamed = Resource(Address("thing", "new"), {"size": 1}, ORIGIN, previously="old")

    plan = desk.plan(renamed)
    assert (plan.is_empty, plan.manual_steps, plan.unmanaged) == (True, (), ())


def test_new_block_like_an_object_without_one_is_suspected_to_be_a_rename() -> None:
    """The warning holds the line to paste; unlike names raise none."""
    desk = Desk()
    desk.portal.objects[Address("paid", "acme-gym")] = {"client.name": "Acme Gym"}
    (warning,) = desk.plan(resource("paid.acme-gyms", **{"client.name": "Acme"})).diagnostics
    assert (warning.rule, warning.severity.value) == ("rename-suspected", "warning")
    assert "previously: acme-gym" in warning.fix

    assert desk.plan(resource("paid.globex", **{"client.name": "Globex"})).diagnostics == ()
    (warning,) = desk.plan(resource("paid.globex", **{"client.name": "Acme Gym"})).diagnostics
    assert "previously: acme-gym" in warning.fix


def test_forgetting_leaves_the_object_and_ends_all_that_the_ledger_knew() -> None:
    """`forget` sends nothing; the object is unmanaged from then on, its credits too."""
    desk = Desk()
    grant = Resource(Address("grant", "a.email"), {"source": _ref("host.a"), "total": 5}, ORIGIN)
    desk.apply(resource("host.a"), grant)
    removal = Removal(HOST, "forget", {"reason": "spun off"}, ORIGIN)
    plan = desk.plan(removals=(removal,))
    (step,) = plan.steps
    assert (step.calls, [str(address) for address in step.change.forgets]) == ((), ["host.a"])  # type: ignore[union-attr]

    list(apply(plan, provider=desk.portal, ledger=desk.ledger, vault=ToyVault(), pace=QUICK))
    assert HOST in desk.portal.objects
    assert HOST not in desk.ledger.history.addresses
    assert desk.plan(removals=(removal,)).is_empty


def test_transfer_is_a_step_by_hand_that_ends_when_the_object_is_gone() -> None:
    """What only support can do is asked for until the portal shows it."""
    desk = Desk()
    desk.portal.objects[HOST] = {}
    removal = Removal(HOST, "transfer", {"reason": "client takes over"}, ORIGIN)

    assert ids(desk.plan(removals=(removal,))) == ["host.a.transfer"]
    desk.portal.objects.clear()
    assert ids(desk.plan(removals=(removal,))) == []


def test_creation_from_what_is_not_there_waits_and_says_so() -> None:
    """Something to be adopted that the portal does not have cannot be built on."""
    desk = Desk()
    source = Resource(Address("thing", "s"), {}, ORIGIN, adopt=True)
    plan = desk.plan(source, Resource(Address("paid", "p"), {"source": _ref("thing.s")}, ORIGIN))

    assert plan.is_empty
    assert [found.rule for found in plan.diagnostics] == ["creation-waits"]
    assert plan.is_applicable


def test_ignored_objects_are_not_counted() -> None:
    """`ignore` takes them out of what is not touched, and nothing else."""
    desk = Desk()
    desk.portal.objects = {Address("thing", "legacy-1"): {}, Address("thing", "other"): {}}

    assert [str(address) for address in desk.plan(ignore=("thing.legacy-*",)).unmanaged] == ["thing.other"]


def test_drift_is_what_differs_from_what_was_applied_and_nothing_else() -> None:
    """A change by hand shows; one that is only declared and not applied yet does not."""
    desk = Desk()
    desk.apply(resource("thing.a", size={"w": 1, "h": 2}, colour="red"))
    assert desk.plan(resource("thing.a", size={"w": 9, "h": 2}, colour="red")).drift == ()

    desk.portal.objects[Address("thing", "a")]["colour"] = "blue"
    desk.portal.objects[Address("thing", "a")]["size"] = {"w": 1, "h": 3}
    drift = desk.plan(resource("thing.a", size={"w": 9, "h": 2}, colour="red")).drift
    assert [(item.attribute, item.applied, item.live) for item in drift] == [
        ("colour", "red", "blue"),
        ("size.h", 2, 3),
    ]


def test_drift_follows_what_was_applied_last() -> None:
    """After an update the new value is what counts, and an object that vanished is drift."""
    desk = Desk()
    desk.apply(resource("thing.a", size=1))
    desk.apply(resource("thing.a", size=2))
    assert desk.plan(resource("thing.a", size=2)).drift == ()

    desk.portal.objects[Address("thing", "a")]["size"] = 1
    assert [(item.applied, item.live) for item in desk.plan(resource("thing.a", size=2)).drift] == [(2, 1)]
    desk.portal.objects.clear()
    assert [item.attribute for item in desk.plan(resource("thing.a", size=2)).drift] == ["existence"]


def test_archived_object_asks_for_its_renewal_and_for_nothing_else() -> None:
    """Neither its steps nor what belongs to it are due before it is back."""
    reading = ToyPortal().read([resource("host.a", size=1)])
    archived = Live(HOST, {"size": 3}, archived="cancelled")
    plan = make_plan(
        agency="toy",
        kinds=ToyPortal().kinds,
        declared=reading.desired,
        reading=type(reading)((archived,), reading.desired),
        history=Ledger(MemoryStore(), agency="toy").history,
    )

    assert (ids(plan), plan.steps) == (["host.a.renewal"], ())
