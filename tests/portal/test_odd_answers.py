"""Answers that the local portal never gives: read with tolerance where it is harmless, refused where it is not."""

from typing import Any

import pytest

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.notes import words_of
from agencyfile.kinds.rows import AccountRow, PlanRow, SnapshotRow
from agencyfile.portal import open_reader
from agencyfile.portal.apis.wire import object_of, rows_of
from plan.errors import PortalError

EMPTY = {"result_code": 1, "accounts": []}


def _read(scripted: Any, resources: Any, **settings: Any) -> Any:
    with open_reader(scripted.endpoint(first_page=0, **settings)) as reader:
        return reader.read(resources)


def test_account_row_tolerates_text_for_numbers_and_unknown_fields() -> None:
    """PHP writes numbers as text and adds fields at will (portal.md 1.1)."""
    told = {
        "account": "acme",
        "planid": 21,
        "subscribers": "12",
        "emails_sent": None,
        "expired": "0",
        "cancelled": 1,
        "x": 1,
    }
    (row,) = rows_of([told], AccountRow, name="list")

    assert (row.planid, row.subscribers, row.emails_sent, row.expired, row.cancelled) == ("21", 12, 0, False, True)


@pytest.mark.parametrize("value", ["", "many", None, "1e999999999", "nan", "inf"])
def test_number_that_is_none_counts_as_zero(value: object) -> None:
    """A limit that cannot be read warns nobody."""
    assert rows_of([{"account": "acme", "subscribers": value}], AccountRow, name="list")[0].subscribers == 0


@pytest.mark.parametrize(("text", "is_told"), [("2024-01-01T00:00:00+00:00", True), ("soon", False), (None, False)])
def test_moment_that_cannot_be_read_is_not_told(text: object, *, is_told: bool) -> None:
    """A date that cannot be read raises no alarm (rule 16)."""
    row = rows_of([{"id": 1, "created_at": text}], SnapshotRow, name="list")[0]

    assert (row.created_at is not None) is is_told


@pytest.mark.parametrize("value", [None, [], {}, "", {"0": {"account": "acme"}}, [{"account": "acme"}]])
def test_rows_come_as_a_list_a_map_or_not_at_all(value: object) -> None:
    """PHP writes any of these (portal.md 1.1)."""
    assert [row.account for row in rows_of(value, AccountRow, name="account_list")] in ([], ["acme"])


@pytest.mark.parametrize("value", ["text", 7, [7], [{}], [{"account": ""}]])
def test_rows_that_are_none_are_refused_without_their_values(value: object) -> None:
    """An account without a name is no account; the answer itself is not shown."""
    with pytest.raises(Unclear, match="account_list: the answer has no usable"):
        rows_of(value, AccountRow, name="account_list")


@pytest.mark.parametrize("price", ["inf", "1e99", "nan", "", None])
def test_price_that_is_no_price_is_not_told(price: object) -> None:
    """Money is finite."""
    assert rows_of([{"id": 1, "price": price}], PlanRow, name="list")[0].price is None


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_body_that_is_no_object_is_none(body: bytes) -> None:
    """Whatever is sent, nothing is raised."""
    assert object_of(body) is None


def test_words_of_the_portal_are_one_safe_line() -> None:
    """What a portal says goes to terminals."""
    assert words_of("a\n\x1b[31mb\x00 " + "c" * 1000) == "a [31mb " + "c" * 492


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("acme", "acme"),
        (" ACME.activehosted.com ", "acme"),
        ("https://acme.activehosted.com/admin/", "acme"),
        ("http://acme", "acme"),
    ],
)
def test_account_name_in_any_form_is_its_label(text: str, label: str) -> None:
    """portal.md 1.5."""
    assert account_label(text) == label


def test_read_of_a_list_that_says_it_is_empty_by_failing_is_empty(scripted: Any, account: Any) -> None:
    """The vendor's other lists do so (INF)."""
    scripted.answer(200, {"result_code": 0, "result_message": "Failed: Nothing is returned"})
    scripted.answer(200, {"result_code": 1, "plans": {"21": {"id": 21}}})

    assert not _read(scripted, [account("acme", plan={"id": "21"})]).live


def test_read_of_a_list_that_fails_otherwise_is_an_error(scripted: Any, account: Any) -> None:
    """No failure is taken for an empty portal: that would plan every account anew."""
    scripted.answer(200, {"result_code": 0, "result_message": "internal"})

    with pytest.raises(PortalError, match="account_list: internal"):
        _read(scripted, [account("acme")])


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, "<html>", "not one of the agency API"),
        (200, {"accounts": []}, "not one of the agency API"),
        (302, "", "redirects elsewhere"),
        (404, "<html>", "HTTP 404"),
        (403, {"result_code": 0}, "HTTP 403"),
        (500, "", "HTTP 500"),
    ],
)
def test_read_of_what_is_not_the_agency_api_says_so(
    scripted: Any, account: Any, status: int, body: object, words: str
) -> None:
    """What, why, and what to check."""
    scripted.answer(status, body)

    with pytest.raises(PortalError, match=words) as caught:
        _read(scripted, [account("acme")])
    assert caught.value.fix


def test_read_of_a_name_twice_takes_the_one_that_is_not_archived(scripted: Any, account: Any) -> None:
    """An old, cancelled account does not hide the one of the same name."""
    old = {"account": "ACME.activehosted.com", "planid": "21", "cancelled": True}
    scripted.answer(200, {"result_code": 1, "accounts": [old, {"account": "acme", "planid": "21"}]})
    scripted.answer(200, EMPTY)

    (live,) = _read(scripted, [account("acme", plan={"id": "21"})]).live
    assert live.archived is None


@pytest.mark.parametrize(
    ("state", "status", "ready", "archived"),
    [
        ("active", "active", True, None),
        ("", "active", True, None),
        ("Disabled", "disabled", True, None),
        ("creating", "active", False, None),
        ("canceled", None, True, "cancelled"),
        ("expired", None, True, "expired"),
        ("something new", None, True, None),
    ],
)
def test_read_of_a_state_maps_the_words_that_are_known(
    scripted: Any, account: Any, state: str, status: str | None, *, ready: bool, archived: str | None
) -> None:
    """A word that no source names leaves the status unread, and is not taken for another."""
    scripted.answer(
        200, {"result_code": 1, "accounts": [{"account": "acme", "planid": "21", "reseller_status": state}]}
    )
    scripted.answer(200, EMPTY)

    (live,) = _read(scripted, [account("acme", plan={"id": "21"})]).live
    assert (live.attributes.get("status"), live.ready, live.archived) == (status, ready, archived)


def test_read_of_a_list_that_never_rests_warns(scripted: Any, account: Any) -> None:
    """What kept changing may have hidden something."""
    for turn in range(3):
        scripted.answer(200, {"result_code": 1, "accounts": [{"account": "acme", "planid": "21"}]})
        rows = [{"account": "acme", "planid": "21"}, {"account": f"new-{turn}", "planid": "21"}]
        scripted.answer(200, {"result_code": 1, "accounts": rows})
        scripted.answer(200, EMPTY)

    reading = _read(scripted, [account("acme", plan={"id": "21"})])
    assert [(found.rule, found.severity) for found in reading.diagnostics] == [("list-unsteady", "warning")]
    assert len(reading.live) == 4


def test_read_with_unusable_plan_ids_names_the_setting(portal: Any, account: Any) -> None:
    """A setting that cannot be used is told, not thrown."""
    with (
        open_reader(portal.endpoint(plan_ids={"plus/monthly/many": "21"})) as reader,
        pytest.raises(PortalError, match=r"portal\.plan_ids"),
    ):
        reader.read([account("acme")])


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"error": "Unauthorized", "message": "Invalid credentials"}, "Unauthorized; Invalid credentials"),
        (301, "", "redirects elsewhere"),
        (503, {"title": "x", "detail": "y"}, "HTTP 503"),
        (200, "<html>", "not one of the Partners Hub API"),
        (400, {"title": "An error occurred", "detail": "Bad Request"}, "An error occurred; Bad Request"),
        (422, {"violations": {"0": {"propertyPath": "name", "title": "too long"}}}, "name: too long"),
    ],
)
def test_read_of_a_hub_that_fails_says_how(
    scripted: Any, snapshot: Any, sandbox: Any, status: int, body: object, words: str
) -> None:
    """Both shapes of the hub's errors, and violations as a list or a map (portal.md 1.8)."""
    scripted.answer(200, EMPTY)
    scripted.answer(status, body)

    with pytest.raises(PortalError, match=words):
        _read(scripted, [sandbox("lab"), snapshot("fit", "lab")])


def test_read_of_a_list_that_lacks_its_field_is_no_empty_list(scripted: Any, snapshot: Any, account: Any) -> None:
    """The answer to something else, from a cache: taken for an empty list, everything would be planned anew."""
    scripted.answer(200, {"result_code": 1, "plans": {"21": {"id": 21}}})
    with pytest.raises(PortalError, match="account_list: the answer holds no `accounts`"):
        _read(scripted, [account("acme")])

    scripted.answer(200, EMPTY)
    scripted.answer(200, {"accounts": [], "total": 0})
    with pytest.raises(PortalError, match="snapshot_list: the answer holds no `snapshots`"):
        _read(scripted, [snapshot("fit", "lab")])


def test_read_of_null_snapshots_is_empty(scripted: Any, snapshot: Any) -> None:
    """`snapshots` itself may be null (portal.md 1.8)."""
    scripted.answer(200, EMPTY)
    scripted.answer(200, {"snapshots": None, "next_cursor": ""})
    scripted.answer(200, {"accounts": []})

    assert not _read(scripted, [snapshot("fit", "lab")]).live


@pytest.mark.parametrize("settings", [{"rate_limit": 0}, {"rate_limit": -1}, {"hub_page": 0}, {"hub_page": 101}])
def test_endpoint_out_of_range_is_refused(scripted: Any, settings: dict[str, int]) -> None:
    """A setting that would wait for ever, or that the hub refuses."""
    with pytest.raises(ValueError, match="expected"):
        scripted.endpoint(**settings)
