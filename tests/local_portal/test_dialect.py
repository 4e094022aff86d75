"""Dialects: one reading for each question, chosen by preset or one by one, also while the portal runs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
import requests

from agencyfile.kinds.readings import QUESTIONS as OUR_QUESTIONS
from agencyfile.local_portal.dialect import (
    DIALECTS,
    QUESTIONS,
    BadReading,
    Dialect,
    dialect_named,
    name_of,
    readings_of,
    with_readings,
)

if TYPE_CHECKING:
    from local_portal.portal_client import Client


def test_every_question_has_a_field_and_the_other_way_round() -> None:
    """No question without a switch, no switch without a source."""
    assert [each.field for each in QUESTIONS.values()] == [each.name for each in fields(Dialect)]
    assert [each.number for each in QUESTIONS.values()] == [f"R{number}" for number in range(1, 23)]
    assert all(all(each.readings.values()) for each in QUESTIONS.values())


def test_first_reading_is_the_default() -> None:
    """The dialect `today` is the first reading of each question."""
    assert readings_of(Dialect()) == {each.id: next(iter(each.readings)) for each in QUESTIONS.values()}
    assert dialect_named("today") == Dialect()


def test_client_knows_the_same_questions() -> None:
    """The local portal and agencyfile share no code, but they name the questions and their readings alike."""
    ours = {name: (each.number, each.readings) for name, each in OUR_QUESTIONS.items()}
    assert ours == {name: (each.number, tuple(each.readings)) for name, each in QUESTIONS.items()}


def test_presets_have_names() -> None:
    """Each preset is found again by what it is."""
    assert {name: name_of(dialect) for name, dialect in DIALECTS.items()} == {name: name for name in DIALECTS}
    assert name_of(with_readings(Dialect(), {"status-words": "numbers"})) is None


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        ({"status": "words"}, "no question 'status'"),
        ({"status-words": "digits"}, "words or numbers"),
        ({"status-words": 1}, "words or numbers"),
    ],
)
def test_unknown_readings_are_named(readings: dict[str, object], told: str) -> None:
    """A mistake is answered with what there is."""
    with pytest.raises(BadReading, match=told):
        with_readings(Dialect(), readings)


def test_readings_change_while_the_portal_runs(client: Client) -> None:
    """A preset, then single readings on top of it; a reset brings back what the portal began with."""
    shown = client.order("settings", {"dialect": "vendor-2014", "readings": {"list-types": "booleans"}})
    assert (shown["dialect"], shown["readings"]["status-words"], shown["readings"]["list-types"]) == (
        None,
        "numbers",
        "booleans",
    )
    assert client.order("settings", {"readings": {"list-types": "text"}})["dialect"] == "vendor-2014"

    client.order("reset")

    assert client.order("settings", {})["dialect"] == "today"


@pytest.mark.parametrize(
    "settings",
    [{"dialect": "klingon"}, {"dialect": 7}, {"readings": []}, {"readings": {"status-words": "digits"}}],
)
def test_settings_that_name_no_reading_change_nothing(client: Client, settings: dict[str, object]) -> None:
    """They are refused as a whole."""
    answer = requests.post(f"{client.portal.url}/_portal/settings", json={**settings, "seat_price": 9}, timeout=600)

    assert answer.status_code == 400
    assert client.order("settings", {})["seat_price"] == 0
