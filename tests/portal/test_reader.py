"""What is read over real HTTP: how often, and what comes of it."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from agencyfile.portal import Endpoint, open_reader
from plan.address import Address
from plan.errors import PortalError
from plan.provider import Pending
from plan.resource import Live, Resource
from plan.values import Reference, Secret, Value


def plan_of(held: Resource | Live) -> Mapping[str, Value]:
    """The plan of a resource or a live object."""
    plan = held.attributes["plan"]
    assert isinstance(plan, Mapping)
    return plan


def _counted(portal: Any) -> dict[str, int]:
    return dict(sorted(Counter(request["action"] for request in portal.requests()).items()))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 20])
def test_read_of_a_portal_that_counts_from_one_costs_pages_plus_two(
    portal: Any, account: Any, paid: Any, count: int
) -> None:
    """Law 3: the requests are the formula of the docstring, and what the reading says."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(count)])

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("acme-0")])

    assert reading.reads == {"account_list": math.ceil(count / 3) + 2, "account_plans": 1}
    assert reading.reads == _counted(portal)
    assert len(reading.live) == count


@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
@pytest.mark.parametrize("first_page", [None, 0])
def test_read_of_a_portal_that_counts_from_zero_costs_pages_plus_one(
    portal_from_zero: Any, account: Any, paid: Any, count: int, first_page: int | None
) -> None:
    """Law 3, whether the first page is known or found out."""
    portal_from_zero.seed(accounts=[paid(f"acme-{number}") for number in range(count)])

    with open_reader(portal_from_zero.endpoint(first_page=first_page)) as reader:
        reading = reader.read([account("acme-0")])

    # Without any account the empty page 0 is not the end, when page 1 might be the first.
    probe = 1 if first_page is None and not count else 0
    assert reading.reads == {"account_list": math.ceil(count / 3) + 1 + probe, "account_plans": 1}
    assert reading.reads == _counted(portal_from_zero)
    assert len(reading.live) == count


def test_read_with_the_first_page_set_saves_the_probe(portal: Any, account: Any, paid: Any) -> None:
    """Law 3: pages + 1."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(7)])

    with open_reader(portal.endpoint(first_page=1)) as reader:
        reading = reader.read([account("acme-0")])

    assert reading.reads["account_list"] == 4
    assert len(reading.live) == 7


def test_read_without_snapshots_asks_the_hub_nothing(portal: Any, account: Any) -> None:
    """A file without snapshots needs no hub key."""
    with open_reader(portal.endpoint(hub_key=None)) as reader:
        reading = reader.read([account("acme")])

    assert set(reading.reads) == {"account_list", "account_plans"}


def test_read_with_snapshots_asks_each_hub_list_once_per_page(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """Law 3 for the hub: cursor pages, and one request for the sources."""
    portal.seed(accounts=[lab], snapshots=[{"name": f"fit-{number}", "source": "lab"} for number in range(5)])

    with open_reader(portal.endpoint(hub_page=2)) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit-4", "lab")])

    assert reading.reads == _counted(portal)
    assert reading.reads["snapshot_list"] == 3
    assert reading.reads["snapshot_source_list"] == 1


def test_read_of_nothing_asks_nothing(portal: Any) -> None:
    """A file that declares nothing needs no list."""
    with open_reader(portal.endpoint()) as reader:
        assert not reader.read([]).reads

    assert not portal.requests()


@pytest.mark.parametrize(("held", "reads"), [("122", False), ("121", True), (None, True)])
def test_read_of_plan_ids_asks_for_plans_only_when_a_price_is_needed(
    portal: Any, account: Any, paid: Any, held: str | None, *, reads: bool
) -> None:
    """A plan id that the account already has needs no price."""
    if held:
        portal.seed(accounts=[{**paid("acme"), "plan": {}, "planid": held}])

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("acme", plan={"id": "122"})])

    assert ("account_plans" in reading.reads) is reads
    if not reads:
        assert reading.live[0].attributes["plan"] == reading.desired[0].attributes["plan"] == {"id": "122"}
    else:
        assert plan_of(reading.desired[0])["list_price"] == "200.00 USD"


def test_read_of_what_is_declared_exactly_equals_it(
    portal: Any, account: Any, sandbox: Any, snapshot: Any, paid: Any, lab: Any
) -> None:
    """Law 1: what the portal tells of a converged object is what the file says."""
    portal.seed(accounts=[lab, paid("acme")], snapshots=[{"name": "fit", "source": "lab"}])
    trial = {**paid("pilates"), "plan": {"tier": "trial"}}
    portal.seed(accounts=[trial])
    desired = [
        sandbox("lab"),
        snapshot("fit", "lab"),
        account("acme", status="active", domain=""),
        account("pilates", plan={"tier": "trial"}),
    ]

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read(desired)

    live = {item.address: item for item in reading.live}
    for resource in reading.desired:
        told = live[resource.address].attributes
        assert {name: resource.attributes[name] for name in told if name in resource.attributes} == {
            name: value for name, value in told.items() if name in resource.attributes
        }
    assert not reading.diagnostics
    assert (live[Address("sandbox", "lab")].remote_id or "").isdecimal()
    assert live[Address("account", "acme")].remote_id == "acme"


def test_read_shows_every_account_with_its_state(portal: Any, account: Any, paid: Any) -> None:
    """Unmanaged, disabled, cancelled, expired and unfinished accounts are all live objects."""
    portal.seed(
        accounts=[
            paid("active"),
            paid("disabled", status="disabled"),
            paid("cancelled", status="cancelled"),
            paid("expired", expire="2020-01-01"),
            {"account": "lab", "plan": {"tier": "sandbox"}},
        ]
    )

    with open_reader(portal.endpoint()) as reader:
        live = {str(item.address): item for item in reader.read([account("new")]).live}

    assert live["account.active"].attributes["status"] == "active"
    assert live["account.disabled"].attributes["status"] == "disabled"
    assert live["account.cancelled"].archived == "cancelled"
    assert live["account.expired"].archived == "expired"
    assert plan_of(live["sandbox.lab"])["tier"] == "sandbox"
    assert all(item.ready for item in live.values())


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_read_with_one_repeated_page_misses_nothing(portal_from_zero: Any, account: Any, paid: Any, page: int) -> None:
    """A page that came twice hides another one: the list is read again."""
    portal_from_zero.seed(accounts=[paid(f"acme-{number}") for number in range(12)])
    portal_from_zero.fault("repeat_page", "account_list", nth=page)

    with open_reader(portal_from_zero.endpoint(first_page=0)) as reader:
        reading = reader.read([account("acme-0")])

    assert len(reading.live) == 12
    assert not reading.diagnostics


def test_read_with_one_repeated_page_misses_nothing_where_pages_count_from_one(
    portal: Any, account: Any, paid: Any
) -> None:
    """The same with the first page found out."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(12)])
    portal.fault("repeat_page", "account_list", nth=3)

    with open_reader(portal.endpoint()) as reader:
        assert len(reader.read([account("acme-0")]).live) == 12


def test_read_with_reordered_pages_misses_nothing_in_the_end(portal: Any, account: Any, paid: Any) -> None:
    """Rows that come in another order once are read again."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(12)])
    portal.fault("reorder_pages", "account_list", nth=3, times=1)

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("acme-0")])

    assert len(reading.live) == 12


def test_read_with_a_repeated_snapshot_page_misses_nothing(portal: Any, sandbox: Any, snapshot: Any, lab: Any) -> None:
    """A cursor that comes back is asked again."""
    portal.seed(accounts=[lab], snapshots=[{"name": f"fit-{number}", "source": "lab"} for number in range(5)])
    portal.fault("repeat_page", "snapshot_list", nth=2)

    with open_reader(portal.endpoint(hub_page=2)) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit-4", "lab")])

    assert sum(item.address.kind == "snapshot" for item in reading.live) == 5


def test_read_of_a_stale_list_shows_what_it_shows(portal: Any, account: Any, paid: Any) -> None:
    """A stale list is read to its end like any other."""
    portal.seed(accounts=[paid("acme")])
    portal.fault("stale_list", "account_list", writes=1, times=None)

    with open_reader(portal.endpoint()) as reader:
        assert [str(item.address) for item in reader.read([account("acme")]).live] == ["account.acme"]


@pytest.mark.parametrize("kind", ["mapped_list", "empty_plans_list"])
def test_read_of_php_shapes_is_tolerant(portal: Any, account: Any, paid: Any, kind: Any) -> None:
    """Lists may be maps and empty maps lists (portal.md 1.1)."""
    portal.seed(accounts=[paid("acme")])
    portal.fault(kind, times=None)

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("acme")])

    assert [str(item.address) for item in reading.live] == ["account.acme"]
    rules = [diagnostic.rule for diagnostic in reading.diagnostics]
    assert rules == ([] if kind == "mapped_list" else ["plan-tiers-unreadable"])


@pytest.mark.parametrize("kind", ["drop_before_commit", "error_before_commit", "truncated", "garbage", "rate_limited"])
def test_read_survives_one_fault_of_any_kind(portal: Any, account: Any, paid: Any, kind: Any) -> None:
    """A read is repeated until it is clear."""
    portal.seed(accounts=[paid("acme")])
    portal.fault(kind, "account_list")

    with open_reader(portal.endpoint()) as reader:
        assert len(reader.read([account("acme")]).live) == 1


def test_read_that_never_succeeds_says_so(portal: Any, account: Any) -> None:
    """What, why and what to do; no traceback with a URL."""
    portal.fault("error_before_commit", "account_list", times=None)

    with (
        open_reader(portal.endpoint()) as reader,
        pytest.raises(PortalError, match=r"account_list.*HTTP 503") as caught,
    ):
        reader.read([account("acme")])

    assert caught.value.fix
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_read_with_a_bad_key_names_the_variable_and_not_the_key(portal: Any, account: Any) -> None:
    """The portal echoes the key (portal.md 1.1); we do not."""
    with (
        open_reader(portal.endpoint(agency_key=Secret("wrong-key-77"))) as reader,
        pytest.raises(PortalError, match="Authentication") as caught,
    ):
        reader.read([account("acme")])

    assert "wrong-key-77" not in str(caught.value)
    assert "AGENCYFILE_AGENCY_KEY" in caught.value.fix


def test_read_with_a_bad_hub_key_names_the_variable(portal: Any, sandbox: Any, snapshot: Any, lab: Any) -> None:
    """A hub key that is refused is told apart from the agency key."""
    portal.seed(accounts=[lab])
    with (
        open_reader(portal.endpoint(hub_key=Secret("wrong-key-78"))) as reader,
        pytest.raises(PortalError, match="snapshot") as caught,
    ):
        reader.read([sandbox("lab"), snapshot("fit", "lab")])

    assert "AGENCYFILE_HUB_KEY" in caught.value.fix


def test_read_without_the_hub_key_it_needs_names_the_variable(portal: Any, sandbox: Any, snapshot: Any) -> None:
    """Snapshots need the hub."""
    with open_reader(portal.endpoint(hub_key=None)) as reader, pytest.raises(PortalError) as caught:
        reader.read([sandbox("lab"), snapshot("fit", "lab")])

    assert "AGENCYFILE_HUB_KEY" in caught.value.fix


def test_read_of_no_portal_at_all_cannot_connect(account: Any) -> None:
    """A closed port is said to be one, with the host."""
    endpoint = Endpoint("http://127.0.0.1:9/api.php", "http://127.0.0.1:9", Secret("k"), rate_limit=1000)
    with open_reader(endpoint) as reader, pytest.raises(PortalError, match=r"cannot connect to 127\.0\.0\.1:9"):
        reader.read([account("acme")])


def test_rule_6_account_that_is_a_sandbox_is_found(portal: Any, account: Any, lab: Any) -> None:
    """Rule 6: a sandbox never becomes an account."""
    portal.seed(accounts=[lab])

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("lab")])

    assert [found.rule for found in reading.diagnostics] == ["account-is-sandbox"]


def test_rule_3_sandbox_over_its_limit_is_found(portal: Any, sandbox: Any, lab: Any) -> None:
    """Rule 3: 100 contacts, 100 sends; a warning each."""
    portal.seed(accounts=[{**lab, "subscribers": 101, "emails_sent": 100}])

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([sandbox("lab")])

    assert [(found.rule, found.severity) for found in reading.diagnostics] == [("sandbox-over-limit", "warning")]


@pytest.mark.parametrize(("taken", "rules"), [("2021-07-31", ["snapshot-too-old"]), ("2021-08-01", [])])
def test_rule_16_snapshot_that_is_too_old_is_found(
    portal: Any, account: Any, sandbox: Any, snapshot: Any, lab: Any, taken: str, rules: list[str]
) -> None:
    """Rule 16: snapshots from before August 2021 create no account."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab", "created_at": f"{taken}T00:00:00+00:00"}])
    new = account("acme", snapshot=Reference(Address("snapshot", "fit")))

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit", "lab"), new])

    assert [found.rule for found in reading.diagnostics] == rules


def test_read_of_two_snapshots_of_one_name_is_ambiguous(portal: Any, sandbox: Any, snapshot: Any, lab: Any) -> None:
    """Names are not unique: the file must not guess."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}] * 2)

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit", "lab")])

    assert [found.rule for found in reading.diagnostics] == ["snapshot-ambiguous"]


def test_read_of_two_snapshots_takes_the_one_of_the_declared_sandbox(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """The source tells them apart."""
    portal.seed(
        accounts=[lab, {**lab, "account": "other"}],
        snapshots=[{"name": "fit", "source": "other"}, {"name": "fit", "source": "lab"}],
    )

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit", "lab")])

    found = next(item for item in reading.live if item.address.kind == "snapshot")
    assert found.attributes == {"sandbox": Reference(Address("sandbox", "lab"))}
    assert not reading.diagnostics


def test_read_keeps_the_ids_that_bear_the_name_of_a_snapshot_to_come(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """A failed snapshot does not count, and is not taken for the new one later."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab", "status": "failed"}])

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([sandbox("lab"), snapshot("fit", "lab")])

    assert len(reading.baselines[Address("snapshot", "fit")]) == 1
    assert not any(item.address.kind == "snapshot" for item in reading.live)


@pytest.mark.parametrize("pending", [1, 2, 12])
def test_rule_23_watch_of_any_number_costs_one_list_call_when_they_are_on_its_first_pages(
    portal: Any, paid: Any, pending: int
) -> None:
    """One account is searched for, several are looked for in one pass that ends with the last of them."""
    portal.seed(accounts=[paid(f"acme-{number:02}") for number in range(30)])
    wanted = [Pending(Address("account", f"acme-{number:02}")) for number in range(pending)]

    with open_reader(portal.endpoint(first_page=1)) as reader:
        seen = reader.watch(wanted)

    assert set(seen) == {item.address for item in wanted}
    assert len(portal.requests("account_list")) == math.ceil(pending / 3)


def test_watch_of_an_account_that_the_search_does_not_find_looks_in_the_whole_list(portal: Any, paid: Any) -> None:
    """Absence is only ever concluded from the whole list: what `search` looks at is not documented."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(4)])

    with open_reader(portal.endpoint(first_page=1)) as reader:
        assert not reader.watch([Pending(Address("account", "nowhere"))])

    assert len(portal.requests("account_list")) == 1 + 3


def test_watch_of_a_sandbox_that_needs_its_id_asks_for_the_sources_once(portal: Any, lab: Any) -> None:
    """The numeric id is known to the hub alone."""
    portal.seed(accounts=[lab, {**lab, "account": "lab-2"}])
    wanted = [Pending(Address("sandbox", name), needs_id=True) for name in ("lab", "lab-2")]

    with open_reader(portal.endpoint()) as reader:
        seen = reader.watch(wanted)

    assert all(live.remote_id and live.remote_id.isdecimal() for live in seen.values())
    assert len(portal.requests("snapshot_source_list")) == 1


def test_watch_of_a_snapshot_leaves_its_baseline_out(portal: Any, lab: Any) -> None:
    """Only what is new under the name is what was just taken."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}] * 2)
    first, second = (str(item["id"]) for item in portal.snapshots())

    with open_reader(portal.endpoint()) as reader:
        seen = reader.watch([Pending(Address("snapshot", "fit"), baseline=(first,))])
        both = reader.watch([Pending(Address("snapshot", "fit"))])
        none = reader.watch([Pending(Address("snapshot", "fit"), baseline=(first, second))])

    assert seen[Address("snapshot", "fit")].remote_id == second
    assert "2 new snapshots" in (both[Address("snapshot", "fit")].failure or "")
    assert not none


def test_watch_of_a_failed_snapshot_says_so(portal: Any, lab: Any) -> None:
    """What has failed will never be ready."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab", "status": "failed"}])

    with open_reader(portal.endpoint()) as reader:
        seen = reader.watch([Pending(Address("snapshot", "fit"), needs_id=True)])

    assert seen[Address("snapshot", "fit")].failure == "the portal says that the snapshot is failed"


def test_reader_has_no_way_to_write(portal: Any) -> None:
    """The plan path cannot send a write: there is no such method."""
    with open_reader(portal.endpoint()) as reader:
        assert not hasattr(reader, "send")
