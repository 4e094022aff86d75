"""Write the bill of materials of a release: what the runtime lock installs, with every hash that it accepts.

`cyclonedx-py`, which the CycloneDX project keeps, reads the lock. Two facts are added here: the product's version, and
who needs whom, which no lock tells. The result holds no random number and no time but that of SOURCE_DATE_EPOCH, so
that the same commit gives the same bytes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import agencyfile
from tools import locks

PROGRAM: Final = Path(sys.executable).parent / "cyclonedx-py"


def from_lock() -> dict[str, Any]:
    """Return what cyclonedx-py says of the runtime lock and of pyproject.toml; it checks the result by its schema."""
    options = [
        "--pyproject",
        locks.TOP / "pyproject.toml",
        "--output-reproducible",
        "--validate",
        "--spec-version",
        "1.6",
    ]
    # It warns that nobody depends on anything yet: `complete` adds that.
    command = [sys.executable, "-W", "ignore", PROGRAM, "requirements", *options, locks.RUNTIME]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add the product's version and the graph of dependencies; refer to components by their package URLs."""
    product = document["metadata"]["component"]
    product |= {"version": agencyfile.__version__, "purl": f"pkg:pypi/agencyfile@{agencyfile.__version__}"}
    components = {component["name"]: component for component in document["components"]}
    for component in (product, *components.values()):
        component["bom-ref"] = component["purl"]
    for component in components.values():
        del component["description"]  # the line of the lock, which the hashes repeat
    graph = {product["purl"]: locks.runtime_requirements()}
    graph |= {components[name]["purl"]: _needs(pin) for name, pin in sorted(locks.read(locks.RUNTIME).items())}
    document["dependencies"] = [{"ref": ref, "dependsOn": _purls(wanted, components)} for ref, wanted in graph.items()]
    return document


def _needs(pin: locks.Pin) -> list[Requirement]:
    return [Requirement(text) for text in locks.needs(pin)]


def _purls(wanted: list[Requirement], components: dict[str, Any]) -> list[str]:
    """Refer to what the lock has: needs of other platforms and of extras that nobody asked for are not in it."""
    names = {canonicalize_name(one.name) for one in wanted if "extra" not in str(one.marker or "")}
    return sorted(components[name]["purl"] for name in names if name in components)


if __name__ == "__main__":
    json.dump(complete(from_lock()), sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")
