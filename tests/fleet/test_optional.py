"""The other engine is optional: a fleet on one machine neither needs nor imports it."""

import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

LIBRARIES = ("procrastinate", "prometheus_client", "psycopg", "psycopg_pool", "croniter")
SCRIPT = """
import sys
from agencyfile.cli.app import run
codes = [run(line) for line in ({lines!r})]
print(codes, sorted({{name.partition(".")[0] for name in sys.modules}} & set({libraries!r})))
"""


def test_installation_alone_pulls_nothing_of_the_other_engine() -> None:
    """It stands behind the extra `fleet`, and not in the lock of what runs."""
    plain = [line for line in requires("agencyfile") or [] if "extra ==" not in line]
    locked = (Path(__file__).parents[2] / "requirements.txt").read_text("utf-8")

    for name in LIBRARIES:
        assert not [line for line in plain if line.startswith(name)]
        assert f"\n{name}" not in locked


def test_local_engine_imports_nothing_of_the_other_one(tmp_path: Path) -> None:
    """Validating, planning and asking for the status need no extra. The plan fails, since the key is not set."""
    (tmp_path / "agency.yaml").write_text("version: 1\nagency: {name: northwind}\n")
    group = "{files: [agency.yaml], agency_key: '${env:AGENCY_NORTHWIND_KEY}'}"
    (tmp_path / "fleet.yaml").write_text(f"version: 1\nfleet: group\nagencies:\n  all: {group}\n")
    file = ["-f", str(tmp_path / "fleet.yaml")]
    lines = [["fleet", command, *file] for command in ("validate", "list", "plan", "status")]

    script = SCRIPT.format(lines=lines, libraries=LIBRARIES)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ended.stdout.splitlines()[-1] == "[0, 0, 1, 0] []", ended.stderr
