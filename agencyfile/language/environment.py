"""What the file takes from the environment: keys, from variables that the environment lets it name."""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_core import PydanticCustomError

from agencyfile.fields.values import parse_secret
from agencyfile.language.declarations import Declaration
from agencyfile.language.document import Block, inner
from agencyfile.language.files import Files
from agencyfile.language.problems import Place
from agencyfile.language.report import Report
from plan.address import Address, Origin
from plan.child_environment import PREFIXES_VARIABLE, prefixes
from plan.values import Secret

PORTAL_KEYS: Final = ("agency_key", "hub_key")
# What belongs to agencyfile itself, to a forge and its runners, to git and ssh. No prefix that the environment adds
# lets a file name any of these. PATH, HOME and the like have no prefix, and are out of reach anyway.
_NEVER: Final = ("AGENCYFILE_", "GITHUB_", "GH_", "ACTIONS_", "RUNNER_", "CI_", "GITLAB_", "GIT_", "SSH_")


class AnyEnvironment(Mapping[str, str]):
    """An environment in which every variable is set: where no portal is spoken to, no key is needed.

    Which names a file may use is up to the real environment, unless `takes_any_name`: a former revision of a file is
    compared with, and was right when it was written.
    """

    def __init__(self, *, takes_any_name: bool = False) -> None:
        self.takes_any_name = takes_any_name

    def __getitem__(self, name: str) -> str:
        return os.environ[name] if name == PREFIXES_VARIABLE else "not-needed-without-a-portal"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def may_name(name: str, environ: Mapping[str, str]) -> bool:
    """May a file take a key from the variable `name`?"""
    if isinstance(environ, AnyEnvironment) and environ.takes_any_name:
        return True
    return name.startswith(prefixes(environ)) and not name.startswith(_NEVER)


def report_misplaced_references(files: Files, report: Report) -> None:
    """Report every `${env:...}` that stands where no secret is expected."""
    if not files.references:
        return
    allowed = {block.values_at[key] for block, key in _keys(files)}
    for origin in files.references:
        if origin not in allowed:
            report.add(
                "environment-misplaced",
                origin,
                "The environment is read for agency.portal.agency_key, agency.portal.hub_key and the api.key of an "
                "account alone: everything else is reviewed, and must be the same on every machine.",
            )


def _keys(files: Files) -> Iterator[tuple[Block, str]]:
    """Each mapping that may name the environment, and its key that does."""
    portal = inner(files.root.block if files.root else None, "agency", "portal")
    yield from ((portal, key) for key in PORTAL_KEYS if key in portal)
    for part in files.parts:
        for account in inner(part, "accounts").values():
            api = inner(account, "api")
            if "key" in api:
                yield api, "key"


def check_portal_keys(place: Place, environ: Mapping[str, str], report: Report) -> None:
    """Report variables that the agency names and the environment does not hold, also when its head is wrong."""
    portal = inner(place.block, "agency", "portal")
    for key in PORTAL_KEYS:
        if key in portal:
            _value(portal[key], key, portal.values_at[key], environ, report, None)


def account_keys(found: list[Declaration], environ: Mapping[str, str], report: Report) -> dict[str, Secret]:
    """The key of each account that names one for its own API; what the environment does not hold is reported."""
    keys = {}
    for declaration in found:
        if "api" in declaration.place.block and declaration.section == "accounts":
            api, address = inner(declaration.block, "api"), declaration.address
            if "key" in api:
                value = _value(api["key"], "api", api.values_at["key"], environ, report, address)
                keys[address.name] = Secret(value)
    return keys


def secret_variables(files: Files) -> dict[str, str]:
    """The variable that each secret of the files comes from, by the secret's place, as `account.acme.api.key`.

    Names are no secrets: they are shown to whoever reviews the file.
    """
    portal = inner(files.root.block if files.root else None, "agency", "portal")
    found = {f"agency.portal.{key}": portal[key] for key in PORTAL_KEYS if key in portal}
    for part in files.parts:
        for name, account in inner(part, "accounts").items():
            api = inner(account, "api")
            if "key" in api:
                found[f"account.{name}.api.key"] = api["key"]
    return {place: parse_secret(reference) for place, reference in sorted(found.items())}


def _value(
    reference: object, key: str, origin: Origin, environ: Mapping[str, str], report: Report, address: Address | None
) -> str:
    """What a variable holds; empty where the reference is none, which its model reports."""
    try:
        name = parse_secret(reference)
    except PydanticCustomError:
        return ""
    if not may_name(name, environ):
        detail = (
            f"A file may name variables that begin with {' or '.join(prefixes(environ))}. Any other may hold what is "
            "not meant for the portal, and whoever edits the file would send it there."
        )
        report.add("environment-name", origin, detail, address=address)
        return ""
    value = environ.get(name, "")
    if not value:
        state = "is empty" if name in environ else "is not set"
        detail = f"The environment variable {name} {state}."
        report.add("environment-unset", origin, detail, fix=f"set {name}, or remove {key}", address=address)
    elif not (value.isascii() and value.isprintable()) or " " in value:
        detail = f"The environment variable {name} holds a space, a line break or another character of no key."
        report.add("environment-value", origin, detail, address=address)
    return value
