"""The environment of one agency's child: the variables of that agency, and no key of another one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from agencyfile.fields.key_variables import AGENCY_KEY_VARIABLE
from agencyfile.fleet.model import Agency
from plan.child_environment import PREFIXES_VARIABLE, SHARED_RATE_VARIABLE, prefixes, without_secrets

_FILE: Final = "_FILE"
# Settings of a run that hold no key. What is left out belongs to one agency: keys, anchors, the path of its file.
_SETTINGS: Final = (
    *("AGENCYFILE_AGENCY_API", "AGENCYFILE_HUB_API", "AGENCYFILE_ACCOUNT_API", "AGENCYFILE_PORTAL_HOSTS"),
    *("AGENCYFILE_IDENTITY", "AGENCYFILE_RATE_LIMIT", "AGENCYFILE_SETTLE", "AGENCYFILE_WAIT_FIRST"),
    *("AGENCYFILE_LIMIT_BYTES", "AGENCYFILE_LIMIT_PAGES", "AGENCYFILE_LIMIT_READ", "AGENCYFILE_LIMIT_SECONDS"),
    *("AGENCYFILE_ALLOW_LOCAL_REMOTE", PREFIXES_VARIABLE),
)
# Ledgers in shared stores take their credentials from the variables of each ecosystem.
_OF_LEDGERS: Final = ("AWS_", "AZURE_", "GOOGLE_", "PG", "TF_HTTP_")


class MissingVariable(Exception):
    """Variables of the fleet file are not set. The message names them."""


class SameKey(Exception):
    """Two keys of the fleet file hold the same value: the rate of neither would hold. The message names them."""


def child_environment(agency: Agency, outside: Mapping[str, str], rate_file: Path) -> dict[str, str]:
    """Return the environment of a child; the agencies of one key share `rate_file`.

    Raises:
        MissingVariable: the fleet file names a variable that is not set.
    """
    own = dict(_own(agency, outside))
    shared = {SHARED_RATE_VARIABLE: f"{agency.key.rate:g}:{rate_file.absolute()}"}
    return {**_base(outside), **own, **shared}


def _base(outside: Mapping[str, str]) -> dict[str, str]:
    """Variables that every child gets: the caller's environment without keys, and settings of the run."""
    kept = {name: value for name, value in outside.items() if name in _SETTINGS or name.startswith(_OF_LEDGERS)}
    secrets = {value for name, value in outside.items() if name.startswith(prefixes(outside)) and len(value) > 7}  # noqa: PLR2004 - as without_secrets
    clean = {name: value for name, value in kept.items() if not any(secret in value for secret in secrets)}
    return {**without_secrets(outside, may_authenticate=True), **clean}


def _own(agency: Agency, outside: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    missing = list(missing_variables([agency], outside))
    if missing:
        are = "variable {} is" if len(missing) == 1 else "variables {} are"
        raise MissingVariable(f"the environment {are.format(', '.join(missing))} not set")
    for child, source in agency.variables.items():
        if outside.get(source):
            yield child, outside[source]
        else:
            yield child + _FILE, outside[source + _FILE]


def missing_variables(agencies: Iterable[Agency], outside: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the variables of the fleet file that are not set, each with the names of the agencies that need it."""
    found: dict[str, list[str]] = {}
    for agency in agencies:
        for source in agency.variables.values():
            if not (outside.get(source) or outside.get(source + _FILE)):
                found.setdefault(source, []).append(agency.name)
    return found


def check_keys(agencies: Iterable[Agency], outside: Mapping[str, str]) -> None:
    """Make sure that no two keys of the fleet hold the same value.

    Raises:
        SameKey: two do.
    """
    holders: dict[str, Agency] = {}
    for agency in agencies:
        value = outside.get(agency.variables.get(AGENCY_KEY_VARIABLE, ""), "").strip()
        known = holders.setdefault(value, agency) if value else agency
        if known.key.name != agency.key.name:
            raise SameKey(f"{known.name} and {agency.name} have the same key, and the fleet file says two")
