"""Doctor against portals of six dialects: what it says of each question is what the portal speaks, or nothing."""

from collections.abc import Mapping
from typing import Final

import pytest
from doctor.scene import codes, examine, line_of, readings, set_up, speak
from rehearsal import Rehearsal

# Two presets are sources, two are mixtures of them, and two are mixtures that no source describes.
DIALECTS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "today": ("today", {}),
    "vendor-2014": ("vendor-2014", {}),
    "java": ("java", {}),
    "hub-only": ("hub-only", {}),
    "numbers in the Java client's form": (
        "java",
        {"status-words": "numbers", "list-types": "text", "client-email": "listed", "account-key": "header"},
    ),
    "the script of 2014 with a hub of labels": (
        "vendor-2014",
        {"name-characters": "hostname", "hub-wrong-method": "404", "unknown-account": "no-status"},
    ),
}

# Questions that reads settle, given an account whose API is declared, a disabled one, a cancelled one and a hub key.
SETTLED_BY_READS: Final = {
    "status-words",
    "hub-account-name",
    "list-pages",
    "account-form",
    "list-types",
    "client-email",
    "prorated",
    "name-characters",
    "account-view",
    "account-key",
    "unknown-account",
    "hub-wrong-method",
    "hub-more",
}


@pytest.mark.parametrize("name", DIALECTS)
def test_doctor_says_of_each_question_what_the_portal_speaks(rehearsal: Rehearsal, name: str) -> None:
    """No reading is guessed, and none that a read can show is missed. No write is recorded."""
    keys = set_up(rehearsal)
    spoken = speak(rehearsal, *DIALECTS[name])
    ran, document = examine(rehearsal, environment=keys)

    seen = readings(document)
    assert {question: found for question, found in seen.items() if found != (spoken[question],)} == {}
    assert SETTLED_BY_READS - seen.keys() == set()
    assert ran.code == 0, document
    assert {name: code for name, code in codes(document).items() if name.endswith("-api")} == {
        "agency-api": "works",
        "hub-api": "works",
        "account-api": "works",
    }
    assert rehearsal.writes() == []
    assert len(rehearsal.reads()) == document["portal"]["requests"] <= 16


@pytest.mark.parametrize("name", DIALECTS)
def test_doctor_finds_the_first_page_and_the_size_of_a_page(rehearsal: Rehearsal, name: str) -> None:
    """A page that another one follows has the size of a page."""
    speak(rehearsal, *DIALECTS[name])
    rehearsal.seed(accounts=[{"account": f"club-{number}"} for number in range(130)])
    _, document = examine(rehearsal)

    size = 20 if speak(rehearsal, *DIALECTS[name])["list-pages"] == "count" else 100
    assert document["portal"]["first_page"] == 1
    assert document["portal"]["page_size"] == size
    assert line_of(document, "account-list")["state"] == "ok"


def test_doctor_of_an_empty_portal_says_what_it_cannot_tell(rehearsal: Rehearsal) -> None:
    """Nothing is known of pages, and no row shows a reading."""
    _, document = examine(rehearsal)

    assert line_of(document, "account-list")["state"] == "unknown"
    assert document["portal"] == {**document["portal"], "first_page": None, "page_size": None}
    assert {"status-words", "client-email", "account-form"} & readings(document).keys() == set()
