"""Doctor against portals that are down, slow, or something else: the right line for each, in bounded time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest
from doctor.scene import codes, examine, line_of, readings, set_up
from doctor.unwell import LOGIN_PAGE, Wrong, closed_port, unwell
from rehearsal import Rehearsal
from stories import agency

PAGE: Final = {"Content-Type": "text/html; charset=utf-8"}

_OWN: Final = "api: {{url: 'https://club-{}.api-us1.com', key: '${{env:AGENCY_ACME_KEY}}'}}"

WRONG: Final[Mapping[str, tuple[Wrong, str]]] = {
    "a login page": (Wrong(body=LOGIN_PAGE, headers=PAGE), "web-page"),
    "a page without a type": (Wrong(body=b"\n  <html>"), "web-page"),
    "a redirect to a login page": (Wrong(302, headers={"Location": "https://login.example/"}), "redirected"),
    "401": (Wrong(401, b'{"error":"Unauthorized","message":"Invalid credentials"}'), "refused"),
    "403 of a filter": (Wrong(403, LOGIN_PAGE, PAGE), "refused"),
    "404 of a proxy": (Wrong(404, LOGIN_PAGE, PAGE), "web-page"),
    "404 in JSON": (Wrong(404, b'{"message": "no route"}'), "foreign"),
    "429 without end": (Wrong(429), "limited"),
    "429 for an hour": (Wrong(429, headers={"Retry-After": "3600"}), "limited"),
    "500": (Wrong(500, b"oops"), "failed"),
    "503": (Wrong(503, headers={"Retry-After": "86400"}), "failed"),
    "no JSON": (Wrong(body=b"hello", headers={"Content-Type": "application/json"}), "foreign"),
    "JSON of something else": (Wrong(body=b'{"hello": "world"}'), "foreign"),
    "a list": (Wrong(body=b"[]"), "foreign"),
    "half of a surrogate": (Wrong(body=b'{"result_code": "\\ud800"}'), "foreign"),
    "nothing": (Wrong(), "foreign"),
    "slow": (Wrong(is_silent=True), "slow"),
}


def _addresses(url: str) -> Mapping[str, str]:
    return {
        "AGENCYFILE_AGENCY_API": f"{url}/admin/api.php",
        "AGENCYFILE_HUB_API": url,
        "AGENCYFILE_ACCOUNT_API": f"{url}/accounts/{{account}}",
    }


@contextmanager
def _portal(name: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    if name == "down":
        yield closed_port(), []
        return
    with unwell(WRONG[name][0]) as found:
        yield found


@pytest.mark.parametrize("name", [*WRONG, "down"])
def test_doctor_says_how_a_portal_is_unwell(rehearsal: Rehearsal, name: str) -> None:
    """Exit 1, the same finding for each of the three APIs, and every other line as it is. Nothing but GET was sent."""
    keys = set_up(rehearsal)
    expected = WRONG[name][1] if name in WRONG else "down"
    with _portal(name) as (url, asked):
        ran, document = examine(rehearsal, "--timeout", "6s", environment={**keys, **_addresses(url)})

    found = codes(document)
    assert ran.code == 1, ran
    assert ran.err == ""
    assert {name: found[name] for name in ("agency-api", "hub-api")} == {"agency-api": expected, "hub-api": expected}
    assert found["account-api"] in (expected, "not-asked")  # a slow portal may leave no time for it
    assert {method for method, _ in asked} <= {"GET"}
    for check in ("agency-api", "hub-api"):
        assert line_of(document, check)["state"] == "problem"
        assert line_of(document, check)["fix"]
    assert found["agency-file"] == "well"
    assert found["ledger"] == "empty"
    assert found["identity"] == "well"
    assert found["readings"] == "not-seen"
    assert rehearsal.reads() == []
    assert "Traceback" not in ran.out + ran.err


def test_time_of_an_examination_is_bounded_by_its_timeout(rehearsal: Rehearsal) -> None:
    """A portal that never answers leaves the last of many accounts unasked, and the table says so."""
    keys = set_up(rehearsal)
    names = {f"club_{number}": _OWN.format(number) for number in range(60)}
    rehearsal.write(agency(rehearsal.recipient, **names))
    with unwell(Wrong(is_silent=True)) as (url, asked):
        _, document = examine(rehearsal, "--timeout", "1s", environment={**keys, **_addresses(url)})

    assert codes(document)["agency-api"] == "slow"
    found = [check for check in document["checks"] if check["id"] == "account-api"]
    assert len(found) == 60
    assert found[-1]["code"] == "not-asked"
    assert "--timeout" in found[-1]["fix"]
    assert len(asked) < 60


def test_one_api_that_is_down_leaves_the_lines_of_the_others(rehearsal: Rehearsal) -> None:
    """The hub fails alone."""
    keys = set_up(rehearsal)
    ran, document = examine(rehearsal, environment={**keys, "AGENCYFILE_HUB_API": closed_port()})

    found = codes(document)
    assert ran.code == 1
    assert (found["agency-api"], found["hub-api"], found["account-api"]) == ("works", "down", "works")
    assert rehearsal.writes() == []


@pytest.mark.parametrize(
    ("variable", "check"),
    [("AGENCYFILE_AGENCY_KEY", "agency-api"), ("AGENCYFILE_HUB_KEY", "hub-api"), ("AGENCY_ACME_KEY", "account-api")],
)
def test_wrong_key_is_refused_and_the_others_work(rehearsal: Rehearsal, variable: str, check: str) -> None:
    """Each key has its own line, and the line says which variable to look at."""
    keys = set_up(rehearsal)
    ran, document = examine(rehearsal, environment={**keys, variable: "not-the-key-0123456789"})

    apis = {name: code for name, code in codes(document).items() if name.endswith("-api")}
    assert ran.code == 1
    assert apis == {"agency-api": "works", "hub-api": "works", "account-api": "works", check: "refused"}
    assert "key" in line_of(document, check)["fix"]
    assert "not-the-key" not in ran.out


@pytest.mark.parametrize(
    ("key", "code", "seen"),
    [
        ("api_key={}", "works", ("parameter",)),
        ("Api-Token: {}", "works", ("header",)),
        ("{}", "works", ("header",)),
        ("another", "refused", None),
    ],
)
def test_key_of_an_account_works_in_a_parameter_or_in_a_header(
    rehearsal: Rehearsal, key: str, code: str, seen: tuple[str, ...] | None
) -> None:
    """Both are tried; a portal that takes both takes the header too."""
    keys = set_up(rehearsal)
    wrong = Wrong(body=b'{"result_code": 1, "result_message": ""}', key=key.format(keys["AGENCY_ACME_KEY"]))
    with unwell(wrong) as (url, _):
        there = {**keys, "AGENCYFILE_ACCOUNT_API": f"{url}/{{account}}"}
        _, document = examine(rehearsal, environment=there)

    assert codes(document)["account-api"] == code
    assert readings(document).get("account-key") == seen


def test_without_keys_nothing_is_asked(rehearsal: Rehearsal) -> None:
    """The agency key is needed; the hub's is not, for a file without snapshots."""
    set_up(rehearsal)
    ran, document = examine(
        rehearsal, environment={"AGENCYFILE_AGENCY_KEY": "", "AGENCYFILE_HUB_KEY": "", "AGENCY_ACME_KEY": ""}
    )

    found = codes(document)
    assert ran.code == 1
    assert (found["agency-api"], found["hub-api"], found["agency-file"]) == ("no-key", "no-key", "no-variable")
    assert line_of(document, "hub-api")["state"] == "note"
    assert rehearsal.reads() == []


def test_key_is_sent_to_no_host_that_only_the_file_names(rehearsal: Rehearsal) -> None:
    """The line says so; the other APIs are asked."""
    keys = set_up(rehearsal)
    text = rehearsal.file.read_text("utf-8").replace("acme.api-us1.com", "evil.example")
    rehearsal.write(text)
    environment = {**keys, "AGENCYFILE_ACCOUNT_API": ""}
    ran, document = examine(rehearsal, environment=environment)

    assert ran.code == 1
    assert codes(document)["account-api"] == "not-allowed"
    assert "evil.example" in line_of(document, "account-api")["words"]
    assert codes(document)["agency-api"] == "works"
