"""Agencies for the tests of dialects, and how a portal is given a dialect."""

from collections.abc import Mapping
from typing import Any

import requests
from rehearsal import Rehearsal

_HEAD = """version: 1
agency: {{name: northwind, credentials: {{recipients: [{recipient}]}}}}
defaults:
  account: {{notification: ops@agency.example, plan: {{tier: plus, billing: monthly, contacts: 1000}}}}
  sandbox: {{notification: ops@agency.example}}
"""


def declare(rehearsal: Rehearsal, text: str) -> None:
    """Write an agency file with a head and these blocks."""
    rehearsal.write(_HEAD.format(recipient=rehearsal.recipient) + text)


def dialect(rehearsal: Rehearsal, readings: Mapping[str, str]) -> None:
    """Let the portal read some questions otherwise."""
    url = f"{rehearsal.portal.url}/_portal/settings"
    requests.post(url, json={"readings": dict(readings)}, timeout=600).raise_for_status()


def rows(rehearsal: Rehearsal) -> dict[str, dict[str, Any]]:
    """The portal's accounts by name, as they really stand."""
    return {row["account"]: row for row in rehearsal.book("accounts")}


def rules(document: Mapping[str, Any]) -> list[str]:
    """The rules of a plan's diagnostics."""
    return [each["rule"] for each in document["diagnostics"]]
