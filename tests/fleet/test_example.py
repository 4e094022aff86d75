"""The example of a fleet: its file is valid, and what runs it is well formed and holds no secret."""

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agencyfile.fleet.loader import load_fleet
from agencyfile.language import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "fleet"
DEPLOY = EXAMPLE / "deploy"


def test_example_is_valid_with_its_agencies() -> None:
    """No diagnostic, not even a warning."""
    loaded = load_fleet(EXAMPLE / "fleet.yaml", {})

    assert loaded.diagnostics == ()
    assert loaded.fleet
    assert [agency.name for agency in loaded.fleet.agencies] == ["brands/acme", "brands/globex"]
    for agency in loaded.fleet.agencies:
        assert load(agency.path, {}).diagnostics == ()


@pytest.mark.rest
def test_compose_file_is_one() -> None:
    """The published schema of Compose takes it."""
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    subprocess.run([*schema, str(DEPLOY / "compose.yaml")], check=True, capture_output=True)


def test_secrets_of_the_compose_file_are_files() -> None:
    """Every key comes from a secret."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]

    variables = [pair for service in services.values() for pair in service["environment"].items()]
    keys = [(name, text) for name, text in variables if re.search("KEY|PASS", name)]

    assert keys
    assert [name for name, text in keys if not text.startswith("/run/secrets/")] == []


@pytest.mark.parametrize(("name", "command"), [("drift", "drift"), ("apply", "apply")])
def test_cron_jobs_run_one_fleet_command_once_and_without_rights(name: str, command: str) -> None:
    """Never two at a time, never again by itself, no root, keys from a secret."""
    job: dict[str, Any] = yaml.safe_load((DEPLOY / f"cronjob-{name}.yaml").read_text("utf-8"))
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["metadata"]["name"] == f"agencyfile-fleet-{name}"
    assert container["args"][:2] == ["fleet", command]
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert job["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0
    assert pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert "env" not in container


def test_unit_stops_its_worker_gracefully_and_takes_keys_from_a_file() -> None:
    """SIGTERM goes to the worker alone; nothing in the unit is a key."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]  # names of a unit have capitals
    unit.read(DEPLOY / "agencyfile-fleet-worker.service")
    service = unit["Service"]

    assert service["KillMode"] == "mixed"
    assert service["ExecStart"].split()[1:3] == ["fleet", "worker"]
    assert service["EnvironmentFile"].startswith("/etc/")
    assert "Environment" not in service
