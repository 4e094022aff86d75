"""The agencies that the patterns of a fleet file find, each with its key and the variables of its child."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agencyfile.declarations.folder import is_inside
from agencyfile.declarations.place import Path as Words
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.key_variables import AGENCY_KEY_VARIABLE, HUB_KEY_VARIABLE
from agencyfile.fields.wording import nearest, shown
from agencyfile.fleet.model import RATE, Agency, Key, agency_name, variable_word
from agencyfile.fleet.values import LONGEST_SHOWN
from agencyfile.language.environment import may_name
from agencyfile.language.matching import TooMuch, Walk
from plan.child_environment import LIFELINE_VARIABLE, PREFIXES_VARIABLE, SHARED_RATE_VARIABLE

_KEYS: Final = {"agency_key": AGENCY_KEY_VARIABLE, "hub_key": HUB_KEY_VARIABLE}
_OURS: Final = "AGENCYFILE_"
# What says which variables a file may name, and which hosts get keys, is no matter of one agency.
_NEVER: Final = (PREFIXES_VARIABLE, "AGENCYFILE_PORTAL_HOSTS", SHARED_RATE_VARIABLE, LIFELINE_VARIABLE)


@dataclass(frozen=True, slots=True)
class _Context:
    """The parts of the file that every group is read with."""

    root: Place
    folder: Path
    keys: Mapping[str, Mapping[str, Any]]
    environ: Mapping[str, str]
    report: Report
    walk: Walk


def find_agencies(
    words: Mapping[str, Any], root: Place, folder: Path, environ: Mapping[str, str], report: Report
) -> tuple[Agency, ...]:
    """Return every agency, by group and name. Report groups that are wrong, or that find nothing."""
    context = _Context(root, folder, words.get("keys", {}), environ, report, Walk())
    found: dict[str, Agency] = {}
    for name, group in words["agencies"].items():
        _check_group(name, group, context)
        for relative, place in _files(name, group, context):
            agency = _agency(relative, name, group, context)
            known = found.setdefault(str(agency.path), agency)
            if known is not agency:
                _report_twice(known, agency, place, context)
    _check_variables(tuple(found.values()), context)
    return tuple(found.values())


def _check_group(name: str, group: Mapping[str, Any], context: _Context) -> None:
    """Report a key that is not known, is missing or is there twice, and variables that no child may get."""
    at: Words = ("agencies", name)
    _check_names(at, group, context)
    key, own = group.get("key"), [word for word in (*_KEYS, "rate") if word in group]
    if key is None:
        if "agency_key" not in group and "environment" not in group:
            detail = f"The group {name} names no key, and its agencies get no variable that could hold one."
            context.report.add("fleet-no-key", context.root.key_origin(at), detail)
        return
    if own:
        detail = f"The group {name} shares the key {key}, and has a word of its own: {own[0]}."
        context.report.add("fleet-two-keys", context.root.key_origin((*at, own[0])), detail)
    if key in context.keys:
        _check_names(("keys", key), context.keys[key], context)
        return
    origin = context.root.value_origin((*at, "key"))
    if len(key) > LONGEST_SHOWN:
        detail = "keys has no such name; the value may be a key, and is not repeated."
        context.report.add("dangling-reference", origin, detail, fix="write the name of a key under keys")
        return
    guess = nearest(key, context.keys)
    fix = f"did you mean {guess}?" if guess else f"add {key} under keys"
    context.report.add("dangling-reference", origin, f"keys has no {shown(key)}.", fix=fix)


def _check_names(at: Words, block: Mapping[str, Any], context: _Context) -> None:
    """Report variables that a fleet may not read, or that a child may not get."""
    for word in _KEYS:
        if word in block:
            _check_source(block[word], (*at, word), context)
    for child, source in block.get("environment", {}).items():
        _check_source(source, (*at, "environment", child), context)
        is_ours = child.startswith(_OURS) and child not in _NEVER
        if not (is_ours or may_name(child, context.environ)):
            detail = f"A child may not get {child} from a fleet file."
            context.report.add("fleet-variable", context.root.key_origin((*at, "environment", child)), detail)


def _check_source(source: str, at: Words, context: _Context) -> None:
    if not may_name(source.replace("*", "A"), context.environ):
        detail = f"A fleet file may read variables that begin with AGENCY_, and {source} does not."
        context.report.add("environment-name", context.root.value_origin(at), detail)


def _files(name: str, group: Mapping[str, Any], context: _Context) -> Iterator[tuple[str, Words]]:
    """Yield the files of a group, relative to the folder, each with the place of the pattern that found it."""
    at: Words = ("agencies", name)
    excluded = {
        relative
        for index, pattern in enumerate(group.get("exclude", ()))
        for relative in _matches(pattern, (*at, "exclude", index), context)
    }
    seen: set[str] = set()
    for index, pattern in enumerate(group["files"]):
        for relative in _matches(pattern, (*at, "files", index), context):
            if relative not in seen | excluded:
                seen.add(relative)
                yield relative, (*at, "files", index)


def _matches(pattern: str, at: Words, context: _Context) -> list[str]:
    origin = context.root.value_origin(at)
    parts = pattern.replace("\\", "/").split("/")
    if not pattern or parts[0] in ("", "~") or ".." in parts or "\0" in pattern:
        detail = "The pattern leaves the fleet file's folder: it is empty, absolute, or goes up (..)."
        context.report.add("fleet-file-outside", origin, detail)
        return []
    try:
        found = context.walk.match(pattern, context.folder)
    except TooMuch as error:
        context.report.add("fleet-file-too-much", origin, str(error))
        return []
    except (OSError, ValueError) as error:
        context.report.add("file-unreadable", origin, f"The pattern cannot be looked up: {error}.")
        return []
    inside = [relative for relative in found if is_inside(context.folder / relative, context.folder)]
    if len(inside) < len(found):
        detail = "The pattern matches a link that leads out of the fleet file's folder."
        context.report.add("fleet-file-outside", origin, detail)
    elif not found:
        below = f"{pattern.rstrip('/')}/agency.yaml"
        fix = f"write {below}" if _finds(below, context) else ""
        context.report.add("fleet-file-unknown", origin, f"No file matches {shown(pattern)}.", fix=fix)
    return inside


def _finds(pattern: str, context: _Context) -> bool:
    try:
        return bool(context.walk.match(pattern, context.folder))
    except (TooMuch, OSError, ValueError):
        return False


def _agency(relative: str, group: str, words: Mapping[str, Any], context: _Context) -> Agency:
    name = agency_name(relative)
    shared = context.keys.get(words.get("key", ""))
    source = words if shared is None else shared
    key = Key(words.get("key", name), source.get("rate", RATE), source.get("concurrency"))
    named = {_KEYS[word]: source[word] for word in _KEYS if word in source} | words.get("environment", {})
    own = variable_word(name)
    variables = {child: variable.replace("*", own) for child, variable in named.items()}
    return Agency(name, context.folder / relative, group, key, variables)


def _report_twice(known: Agency, agency: Agency, place: Words, context: _Context) -> None:
    detail = f"{agency.name} is found by the groups {known.group} and {agency.group}."
    context.report.add("fleet-agency-twice", context.root.value_origin(place), detail)


def _check_variables(agencies: tuple[Agency, ...], context: _Context) -> None:
    """Report a key that is read from one variable under two names: nothing would hold its rate."""
    readers: dict[str, Agency] = {}
    for agency in agencies:
        variable = agency.variables.get(AGENCY_KEY_VARIABLE)
        known = readers.setdefault(variable, agency) if variable else agency
        if known.key.name == agency.key.name:
            continue
        is_clash = known.group == agency.group
        rule = "fleet-variable-clash" if is_clash else "fleet-key-shared"
        detail = f"{known.name} and {agency.name} both read {variable}, and do not share a key."
        context.report.add(rule, context.root.value_origin(("agencies", agency.group, "agency_key")), detail)
