"""Every key of the agency file is covered by the digest that is approved."""

import copy
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from sampling import sampled
from test_everything import EXAMPLE, _forms, _known

from agencyfile.kinds import KINDS
from agencyfile.kinds.agency.kind import AgencyKind
from agencyfile.language import AgencyFile, agency_schema, load
from agencyfile.language.environment import AnyEnvironment
from plan.planner import desired_digest

Trail = tuple[str | int, ...]
Key = tuple[str, str]

# Values that are right where the file has another one, by the key's name; numbers and texts are varied by rule.
OTHERS: Final[Mapping[str, Sequence[object]]] = {
    "action": ["forget", "cancel"],
    "account": ["stranger"],
    "agency_api": ["https://other.activecampaign.com/api.php"],
    "agency_key": ["${env:AGENCY_OTHER_KEY}"],
    "approval": [["billed", "permanent", "guard"]],
    "billing": ["annual", "monthly"],
    "branding_flags": ["one-hides"],
    "client": ["paris-yoga"],
    "country": ["FR"],
    "currency": ["USD", "EUR"],
    "events": [["apply"]],
    "export": ["other.csv"],
    "first_page": [0, "auto"],
    "form": ["teams"],
    "hub_key": ["${env:AGENCY_OTHER_KEY}"],
    "key": ["${env:AGENCY_OTHER_KEY}"],
    "language": ["english", "german", "fr", "nl"],
    "ledger": ["file:.agencyfile/other.jsonl"],
    "recipients": [["age1s8qxa7zz5szcag28umaul7merh8948n3gkdjxw84ethd8xkt430s8ddc24"]],
    "resend": ["after-window"],
    "sandbox": ["retail-lab", "events-lab", "stranger"],
    "site_logo": ["https://cdn.globex.example/other.png"],
    "snapshot": ["retail-2025", "stranger"],
    "status": ["disabled", "active"],
    "tier": ["plus", "starter"],
    "templates": [["newsletter"], []],
    "html": ["templates/other.html"],
    "include": [["clients/acme*.yaml"]],
    "timezone": ["Europe/Rome"],
    "url": ["https://other.api-us1.com"],
}
# Keys of which no second value is right beside the same other keys: the difference is a diagnostic.
DIAGNOSED: Final[Mapping[Key, str]] = {
    ("", "version"): "there is one version of the language",
    ("Template", "type"): "each type has keys of its own",
}

# Keys of clients that reach no account, and so decide nothing: they are kept for the next import.
KEPT: Final = {
    ("ClientSource", "adminconsult"),
    ("ClientSource", "adminpulse"),
    ("ClientSource", "excel"),
    ("KnownClient", "enterprise_number"),
    ("KnownClient", "phone"),
}

# Blocks that use what the example only declares, added to a copy of it.
USED: Final[Mapping[str, Mapping[str, object]]] = {
    "clients": {
        "paris-yoga": {"name": "Paris Yoga", "email": "bonjour@paris-yoga.example", "country": "DE", "language": "de"}
    },
    "accounts": {
        "premium-spa": {"client": {"name": "Premium Spa", "email": "spa@premium.example"}, "profile": "premium"},
        "paris-yoga": {"client": "paris-yoga", "currency": "EUR", "plan": {"tier": "starter", "contacts": 1000}},
    },
}

# Keys whose other value is right in another block alone: written there, where the example does without.
WRITTEN: Final[Mapping[Key, tuple[str, Trail, object]]] = {
    ("Account", "profile"): ("clients/others.yaml", ("accounts", "premium-spa", "profile"), "trial"),
    ("KnownClient", "country"): ("clients/others.yaml", ("clients", "paris-yoga", "country"), "FR"),
    ("Account", "adopt"): ("clients/acme-gym.yaml", ("accounts", "acme-gym", "adopt"), True),
    ("Sandbox", "adopt"): ("agency.yaml", ("sandboxes", "fitness-lab", "adopt"), True),
    ("Snapshot", "adopt"): ("agency.yaml", ("snapshots", "fitness-2026-11", "adopt"), True),
}


@pytest.mark.long
@pytest.mark.attack("B3", "two files that differ in one key, for every key, under one digest")
def test_b03_every_key_of_the_file_is_in_the_digest(tmp_path: Path) -> None:
    """Two files that differ in one key alone have different digests; no key is left out."""
    schema = agency_schema()
    keys = sorted(set(_known(schema, schema)))
    uses: dict[Key, list[tuple[Path, Trail]]] = {key: [] for key in keys}
    for file in sorted(EXAMPLE.rglob("*.yaml")):
        for key, trail in _uses(yaml.safe_load(file.read_text("utf-8")), schema, schema):
            uses[key].append((file, trail))
    base = _loaded(_copied(tmp_path))
    assert base

    leaves = [key for key in keys if key not in KEPT and not all(isinstance(_at(*use), dict) for use in uses[key])]
    undecided = [key for key in sampled(leaves, every=9) if not _decides(key, uses[key], base, tmp_path)]

    assert undecided == [], undecided
    assert len(leaves) > 80
    print(
        f"{len(keys)} keys, {len(keys) - len(leaves)} of them hold others; of {len(leaves)} values this part "
        "changes its share, one by one"
    )


def test_settings_are_told_in_words_that_name_them() -> None:
    """Each setting that can change has a sentence; what is by default is not worth one."""
    found = _loaded(EXAMPLE / "agency.yaml")
    assert found
    kind = KINDS["agency"]
    assert isinstance(kind, AgencyKind)

    assert set(kind.attributes) == set(found.agency.attributes)
    for name in kind.attributes:
        assert kind.words({**found.agency.attributes, name: "another"}, found.agency.attributes), name


def test_settings_at_their_defaults_take_one_line(tmp_path: Path) -> None:
    """The provider and the language agree on what a setting is when nobody sets it."""
    (tmp_path / "agency.yaml").write_text("version: 1\nagency: {name: northwind}\n", encoding="utf-8")
    found = _loaded(tmp_path / "agency.yaml")
    assert found

    assert AgencyKind().words(None, found.agency.attributes) == ("all of them as they are by default",)


def _decides(key: Key, uses: Sequence[tuple[Path, Trail]], base: AgencyFile, folder: Path) -> bool:
    """Does some other right value of the key, at some place, give another digest?"""
    for file, trail in uses:
        for value in _others(key[1], _at(file, trail)):
            if value == _at(file, trail):
                continue
            found = _loaded(_changed(file, trail, value, folder))
            if found is None:
                if key in DIAGNOSED:
                    return True
                continue
            assert key not in DIAGNOSED, f"{key} has a second right value: take it off the list"
            if _digest(found) != _digest(base):
                return True
    if key in WRITTEN:
        name, trail, value = WRITTEN[key]
        found = _loaded(_changed(EXAMPLE / name, trail, value, folder))
        return found is not None and _digest(found) != _digest(base)
    return False


def _digest(found: AgencyFile) -> str:
    return desired_digest(found.declared, found.removals)


def _loaded(path: Path) -> AgencyFile | None:
    return load(path, AnyEnvironment()).agency_file


def _changed(file: Path, trail: Trail, value: object, folder: Path) -> Path:
    """A copy of the example in which one value is another."""
    root_file = _copied(folder)
    changed = root_file.parent / file.relative_to(EXAMPLE)
    document = yaml.safe_load(changed.read_text("utf-8"))
    place = document
    for step in trail[:-1]:
        place = place[step]
    place[trail[-1]] = value
    changed.write_text(json.dumps(document, default=str), encoding="utf-8")
    return root_file


def _copied(folder: Path) -> Path:
    """A copy of the example that also uses its profile. JSON keeps the quotes that some texts need."""
    shutil.rmtree(folder / "copy", ignore_errors=True)
    root = Path(shutil.copytree(EXAMPLE, folder / "copy"))
    (root / "templates" / "other.html").write_text("<p>other</p>", encoding="utf-8")
    others = root / "clients" / "others.yaml"
    document = yaml.safe_load(others.read_text("utf-8"))
    for section, blocks in USED.items():
        document[section] |= copy.deepcopy(dict(blocks))
    others.write_text(json.dumps(document, default=str), encoding="utf-8")
    return root / "agency.yaml"


def _at(file: Path, trail: Trail) -> Any:
    value = yaml.safe_load(file.read_text("utf-8"))
    for step in trail:
        value = value[step]
    return value


def _others(name: str, value: object) -> Iterator[object]:
    """Values that may be right beside this one."""
    yield from (other for other in copy.deepcopy(OTHERS.get(name, ())) if other != value)
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield re.sub(r"\d+", lambda number: str(int(number[0]) + 1), value, count=1)
        yield f"{value}x"
        yield f"x{value}"
    elif isinstance(value, list):
        yield value[:-1]
        yield [*value, "extra"]


def _uses(value: Any, schema: Any, root: Any, path: str = "", trail: Trail = ()) -> Iterator[tuple[Key, Trail]]:
    """Every key of `value` as (where its schema is defined, key), and where it stands."""
    for place, form in _forms(schema, root, path):
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _uses(item, form.get("items", {}), root, f"{place}[]", (*trail, index))
        for key, item in value.items() if isinstance(value, dict) else ():
            known, other = form.get("properties", {}), form.get("additionalProperties")
            if isinstance(known.get(key), dict):
                yield (place, key), (*trail, key)
                yield from _uses(item, known[key], root, f"{place}.{key}", (*trail, key))
            elif isinstance(other, dict):
                yield from _uses(item, other, root, f"{place}.*", (*trail, key))
