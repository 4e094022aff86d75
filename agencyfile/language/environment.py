"""What the file takes from the environment: keys, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_core import PydanticCustomError

from agencyfile.language.declarations import Declaration
from agencyfile.language.document import Block, inner
from agencyfile.language.fields import parse_secret
from agencyfile.language.files import Files
from agencyfile.language.problems import Place
from agencyfile.language.report import Report
from plan.address import Address, Origin
from plan.values import Secret

PORTAL_KEYS: Final = ("agency_key", "hub_key")


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


def _value(
    reference: object, key: str, origin: Origin, environ: Mapping[str, str], report: Report, address: Address | None
) -> str:
    """What a variable holds; empty where the reference is none, which its model reports."""
    try:
        name = parse_secret(reference)
    except PydanticCustomError:
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
