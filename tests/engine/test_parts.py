"""Plans of a part of a file, and the difference between two files without a portal."""

from engine.strategies import agencies
from engine.test_manual_steps import Desk
from engine.toy import ORIGIN, resource
from hypothesis import given
from hypothesis import strategies as st

from plan import Address, Reference, Removal, Resource
from plan.revision import revised
from plan.scope import matching, within

GRANT = Resource(Address("grant", "acme.email"), {"source": Reference(Address("paid", "acme")), "total": 5}, ORIGIN)


def test_scope_holds_the_target_what_it_refers_to_and_what_is_named_after_it() -> None:
    """A target is a block: with its credits and the snapshot that it is made from, without its neighbours."""
    made_from = resource("paid.acme", source=Reference(Address("thing", "lab")))
    others = [resource("thing.lab"), resource("paid.other"), resource("thing.acme.x")]
    scope = within([made_from, GRANT, *others], [], {Address("paid", "acme")})

    assert [str(item.address) for item in scope.resources] == ["paid.acme", "grant.acme.email", "thing.lab"]
    assert scope.left_out == 2


@given(agencies(), st.data())
def test_scope_is_closed_and_counts_the_rest(desired: list[Resource], data: st.DataObject) -> None:
    """Nothing in a scope refers to something outside it that is declared."""
    targets = (
        set(data.draw(st.lists(st.sampled_from([item.address for item in desired]), unique=True))) if desired else set()
    )
    scope = within(desired, [], targets)
    inside = {item.address for item in scope.resources}

    assert targets <= inside
    assert all(to in inside for item in scope.resources for to in item.references())
    assert scope.left_out == len(desired) - len(inside)


def test_scope_of_patterns_names_those_that_match_nothing() -> None:
    """A typo in a target is no empty plan."""
    found, idle = matching(["paid.ac*", "paid.nobody"], {Address("paid", "acme"), Address("thing", "acme")})

    assert (found, idle) == ({Address("paid", "acme")}, ("paid.nobody",))


def test_plan_of_a_part_says_nothing_of_what_it_did_not_look_at() -> None:
    """Objects outside the scope are not called unmanaged."""
    desk = Desk()
    desk.portal.objects = {Address("thing", "other"): {}}

    assert [str(address) for address in desk.plan(resource("thing.a")).unmanaged] == ["thing.other"]
    assert desk.plan(resource("thing.a"), left_out=1).unmanaged == ()


def test_revision_names_what_was_added_changed_taken_out_and_ended() -> None:
    """Each address once, with the words that differ, whatever stayed the same."""
    before = [resource("thing.same", size=1), resource("thing.gone"), resource("paid.a", size={"w": 1, "h": 2})]
    after = [
        resource("thing.same", size=1),
        resource("thing.new"),
        resource("paid.a", size={"w": 1, "h": 3}, colour="red"),
    ]
    removal = Removal(Address("thing", "gone"), "cancel", {"reason": "over"}, ORIGIN)
    found = revised(before, after, [], [removal])

    assert [(str(item.address), item.action) for item in found] == [
        ("paid.a", "changed"),
        ("thing.gone", "ended"),
        ("thing.gone", "taken out"),
        ("thing.new", "added"),
    ]
    assert [(edit.attribute, edit.before, edit.after) for edit in found[0].edits] == [
        ("colour", None, "red"),
        ("size.h", 2, 3),
    ]


@given(agencies())
def test_revision_of_equal_files_is_empty(desired: list[Resource]) -> None:
    """The same declarations in another order are no change."""
    assert revised(desired, list(reversed(desired))) == ()
