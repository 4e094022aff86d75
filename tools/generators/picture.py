"""The picture in the README: a real plan, made against the local portal, drawn as it stands on a terminal."""

import io
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import requests
from rich.console import Console
from rich.text import Text

from agencyfile.cli.render.plan_text import render_plan
from agencyfile.cli.workspace import open_workspace
from agencyfile.local_portal import RunningPortal, Settings, running
from agencyfile.portal import open_reader
from plan.document import encode

FILE = """\
version: 1
agency:
  name: northwind
  credentials: {recipients: [age14y578xyckpqx7c0f5dchs94rmcnxzxx5cmpyt4jl09dcv0mck5qq39urwd]}
defaults:
  sandbox: {notification: ops@northwind.example}
  account:
    notification: ops@northwind.example
    plan: {tier: plus, billing: monthly, contacts: 1000}
sandboxes:
  fitness-lab: {client: {name: Northwind Lab, email: lab@northwind.example}}
snapshots:
  fitness-2026-11: {sandbox: fitness-lab}
accounts:
  acme-gym:
    client: {name: Acme Gym, email: owner@acme.example}
    snapshot: fitness-2026-11
    domain: mail.acme.example
  initech:
    client: {name: Initech, email: bill@initech.example}
    notification: alerts@northwind.example
    plan: {contacts: 2500}
  umbrella-yoga:
    client: {name: Umbrella Yoga Studio, email: om@umbrella.example}
"""

LIVE: list[dict[str, object]] = [
    {"account": "fitness-lab", "plan": {"tier": "sandbox"}, "client_name": "Northwind Lab"},
    {"account": "initech", "client_name": "Initech"},
    {"account": "umbrella-yoga", "client_name": "Umbrella Yoga"},
    *[dict[str, object](account=f"legacy-{number}") for number in range(12)],
]


_WIDTH = 104  # columns


def plan_picture() -> str:
    """The plan of the story as an SVG that asks nothing of the network."""
    with _stage() as (folder, portal), mock.patch.dict(os.environ, _environment(portal)):
        file = folder / "agency.yaml"
        file.write_text(FILE, encoding="utf-8")
        workspace = open_workspace(file, color=False)
        with open_reader(workspace.endpoint()) as reader:
            plan = workspace.plan(reader, workspace.ledger())
        document = json.loads(json.dumps(encode(plan)).replace(f"{folder}/", ""))
    return _svg(render_plan(document, width=_WIDTH))


def _svg(text: str) -> str:
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi("$ agencyfile plan\n\n" + text))
    svg = console.export_svg(title="agencyfile", unique_id="plan")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


@contextmanager
def _stage() -> Iterator[tuple[Path, RunningPortal]]:
    with tempfile.TemporaryDirectory() as scratch, running(Settings(provisioning=0, snapshot_time=0)) as portal:
        accounts = [
            {
                "notification": "ops@northwind.example",
                "plan": {"tier": "plus", "billing": "monthly", "contacts": 1000},
                **account,
            }
            for account in LIVE
        ]
        snapshots = [{"name": "fitness-2026-11", "source": "fitness-lab"}]
        seed = {"accounts": accounts, "snapshots": snapshots}
        answer = requests.post(f"{portal.url}/_portal/seed", data=json.dumps(seed), timeout=30)
        answer.raise_for_status()
        yield Path(scratch), portal


def _environment(portal: RunningPortal) -> dict[str, str]:
    return {
        "CI": "",  # a picture of a plan at a desk, wherever it is drawn
        "AGENCYFILE_AGENCY_API": portal.agency_api,
        "AGENCYFILE_HUB_API": portal.hub_api,
        "AGENCYFILE_AGENCY_KEY": portal.agency_key,
        "AGENCYFILE_HUB_KEY": portal.hub_key,
        "AGENCYFILE_RATE_LIMIT": "1000",
    }
