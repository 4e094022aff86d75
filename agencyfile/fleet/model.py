"""A valid fleet file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

RATE: Final = 5.0  # requests per second for one key (docs/portal.md section 6)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the portal, with what its agencies may do together.

    Attributes:
        name: names the key in reports; of a key that belongs to one agency alone, the agency's name.
        rate: requests per second, over all agencies of the key.
        concurrency: children at a time; None is no limit but that of the fleet.
    """

    name: str
    rate: float = RATE
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency of the fleet.

    Attributes:
        name: the path of its file inside the fleet's folder, without what every file of the kind has.
        path: its agency file.
        group: the group of the fleet file that found it.
        key: the key that it uses.
        variables: variables of the child, and the variable of the fleet's environment that each is read from.
    """

    name: str
    path: Path
    group: str
    key: Key
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wave:
    """Agencies that are applied together; the next wave begins when all of them are done."""

    name: str
    agencies: tuple[Agency, ...]
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """A valid fleet file."""

    name: str
    path: Path
    concurrency: int
    waves: tuple[Wave, ...]
    schedules: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of the fleet file."""
        return self.path.parent

    @property
    def agencies(self) -> tuple[Agency, ...]:
        """Every agency, by waves."""
        return tuple(agency for wave in self.waves for agency in wave.agencies)


def agency_name(relative: str) -> str:
    """`brands/acme` of `brands/acme/agency.yaml`, `regions/eu` of `regions/eu.yaml`."""
    path = Path(relative)
    if path.stem == "agency" and path.parent.name:
        return path.parent.as_posix()
    return path.with_suffix("").as_posix()


def variable_word(name: str) -> str:
    """The name of an agency as a part of a variable's name: `BRANDS_ACME` of `brands/acme`."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).upper()
