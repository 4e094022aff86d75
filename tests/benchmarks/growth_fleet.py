"""A fleet of many small agencies at one portal with two accounts, which the local portal serves cheaply."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.machine import agency

FLEET = """\
version: 1
fleet: group
concurrency: 2
keys:
  shared: {agency_key: '${env:AGENCY_ONE_KEY}', hub_key: '${env:AGENCY_ONE_HUB_KEY}', rate: 1000/s}
agencies:
  all:
    files: ['agencies/*/agency.yaml']
    key: shared
    environment:
      AGENCYFILE_AGENCY_API: '${env:AGENCY_ONE_API}'
      AGENCYFILE_HUB_API: '${env:AGENCY_ONE_HUB_API}'
"""
NAMES = {"AGENCYFILE_AGENCY_": "AGENCY_ONE_", "AGENCYFILE_HUB_": "AGENCY_ONE_HUB_"}


def environment_of(portal: Mapping[str, str]) -> dict[str, str]:
    """The environment of a single agency, under names that a fleet file may read."""
    known = dict(portal)
    for before, after in NAMES.items():
        known |= {after + name.removeprefix(before): known.pop(name) for name in portal if name.startswith(before)}
    return known


def fleet_of(folder: Path, count: int) -> None:
    """Write a fleet whose agencies each declare the same two accounts, so that no plan shows another's."""
    for number in range(count):
        path = folder / "agencies" / f"a{number:05}" / "agency.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(agency(2).replace("name: northwind", f"name: northwind-{number}"))
    folder.joinpath("fleet.yaml").write_text(FLEET)
