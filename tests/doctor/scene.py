"""An agency for `agencyfile doctor`, and what its table says."""

import json
from collections.abc import Mapping
from typing import Any

import evidence
import requests
from rehearsal import Ran, Rehearsal
from stories import agency, live_account

KEY = "AGENCY_ACME_KEY"


def set_up(rehearsal: Rehearsal, **more: str) -> Mapping[str, str]:
    """Seed accounts in three states, of which one declares its own API; set its key, and return it by its variable.

    `more` are blocks of accounts that the portal does not have.
    """
    rehearsal.seed(
        accounts=[
            live_account("acme"),
            live_account("beta", status="disabled"),
            live_account("old", status="cancelled"),
            {"account": "lab", "client_name": "My active sandbox account", "plan": {"tier": "sandbox"}},
        ]
    )
    api = f"api: {{url: 'https://acme.api-us1.com', key: '${{env:{KEY}}}'}}"
    rehearsal.write(agency(rehearsal.recipient, acme=api, beta="status: disabled", **more))
    found = requests.post(f"{rehearsal.portal.url}/_portal/keys", json={"account": "acme"}, timeout=600).json()
    evidence.add_secret(found["api_key"])
    rehearsal.environment[KEY] = found["api_key"]
    return {KEY: found["api_key"]}


def speak(rehearsal: Rehearsal, dialect: str, readings: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Let the portal speak a dialect from now on; return its readings."""
    body = {"dialect": dialect, "readings": readings or {}}
    answer = requests.post(f"{rehearsal.portal.url}/_portal/settings", json=body, timeout=600)
    assert answer.ok, answer.text
    found: Mapping[str, str] = answer.json()["readings"]
    return found


def examine(
    rehearsal: Rehearsal, *flags: str, environment: Mapping[str, str] | None = None
) -> tuple[Ran, dict[str, Any]]:
    """Run doctor; return what it printed, and its document."""
    ran = rehearsal.run("doctor", "--json", *flags, environment=environment)
    document: dict[str, Any] = json.loads(ran.out)
    assert ran.code == document["exit_code"], ran
    return ran, document


def codes(document: Mapping[str, Any]) -> dict[str, str]:
    """What was found, by check; of several lines the last."""
    return {check["id"]: check["code"] for check in document["checks"]}


def line_of(document: Mapping[str, Any], check: str) -> dict[str, Any]:
    """The first line of one check."""
    found: dict[str, Any] = next(each for each in document["checks"] if each["id"] == check)
    return found


def readings(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The readings that were seen, by question."""
    return {each["question"]: tuple(each["readings"]) for each in document["readings"] if each["readings"]}
