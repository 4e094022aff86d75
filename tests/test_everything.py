"""The example that uses every key: it does, and it runs."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from rehearsal import Rehearsal
from stories import live_account

from agencyfile.language import agency_schema

EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "everything"
KEYS: Final = ("AGENCY_KEY", "AGENCY_HUB_KEY", "AGENCY_GLOBEX_KEY")
KEY: Final = "a-key-of-the-example"
Schema = Mapping[str, Any]


def _forms(schema: Schema, root: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    """A schema and all that it leads to at the same place, each with where it is defined."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _forms(root["$defs"][name], root, name)
        return
    yield path, schema
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _forms(choice, root, path)


def _used(value: Any, schema: Schema, root: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of `value` as (where its schema is defined, key): what two places share counts once."""
    for place, form in _forms(schema, root, path):
        for item in value if isinstance(value, list) else ():
            yield from _used(item, form.get("items", {}), root, f"{place}[]")
        for key, item in value.items() if isinstance(value, dict) else ():
            known, other = form.get("properties", {}), form.get("additionalProperties")
            if isinstance(known.get(key), dict):
                yield (place, key)
                yield from _used(item, known[key], root, f"{place}.{key}")
            elif isinstance(other, dict):
                yield from _used(item, other, root, f"{place}.*")


def _known(schema: Schema, root: Schema, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key that there is, in the same form."""
    for place, form in _forms(schema, root, path):
        for key, item in form.get("properties", {}).items():
            if isinstance(item, dict):
                yield (place, key)
                yield from _known(item, root, f"{place}.{key}")
        for below, mark in (("additionalProperties", ".*"), ("items", "[]")):
            if isinstance(form.get(below), dict):
                yield from _known(form[below], root, f"{place}{mark}")


def test_everything_uses_every_key_of_the_schema() -> None:
    """A key that is added to the language is added to the example."""
    schema = agency_schema()
    files = [yaml.safe_load(path.read_text("utf-8")) for path in EXAMPLE.rglob("*.yaml")]
    used = {found for file in files for found in _used(file, schema, schema)}
    known = set(_known(schema, schema))

    assert sorted(known - used) == []
    assert len(known) >= 90


def _sign_by_a_key_of_our_own(rehearsal: Rehearsal) -> None:
    """The example names a signer whose private key nobody has."""
    key = rehearsal.folder.parent / "signer"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = " ".join(key.with_suffix(".pub").read_text("utf-8").split()[:2])
    rehearsal.file.write_text(re.sub(r"ssh-ed25519 [\w+/=]+", public, rehearsal.file.read_text("utf-8")), "utf-8")
    rehearsal.environment["AGENCYFILE_SIGNING_KEY"] = str(key)


@pytest.fixture
def everything(rehearsal: Rehearsal) -> Rehearsal:
    """The example over a portal that holds what it adopts, renames, ends, ignores, and does not speak of."""
    shutil.copytree(EXAMPLE, rehearsal.folder, dirs_exist_ok=True)
    _sign_by_a_key_of_our_own(rehearsal)
    rehearsal.environment["AGENCYFILE_IDENTITY"] = str(rehearsal.folder / "example-identity.txt")
    rehearsal.environment.update(dict.fromkeys(KEYS, KEY))
    sandbox = {"plan": {"tier": "sandbox"}, "notification": "ops@northwind.example"}
    paid = [live_account(name) for name in ("old-client", "spun-off", "umbrella", "legacy-one", "stranger")]
    labs = [live_account(name, **sandbox) for name in ("retail-lab", "shows-lab", "trade-lab")]
    rehearsal.seed(
        accounts=[*paid, live_account("globex", api_key=KEY), *labs],
        snapshots=[
            {"name": "retail-2025", "source": "retail-lab"},
            {"name": "retail-2026-03", "source": "retail-lab"},
            {"name": "fitness-2024", "source": "retail-lab"},
        ],
    )
    return rehearsal


WRITES: Final = [
    ("account_add", "fitness-lab"),
    ("account_cancel", "old-client"),
    ("account_conversations", "acme-gym"),
    ("account_credits_apply", "acme-gym"),
    ("account_credits_apply", "acme-pilates"),
    ("account_credits_apply", "berlin-yoga"),
    ("account_credits_apply", "initech"),
    ("account_emailtest_credits_apply", "acme-gym"),
    ("account_scoring", "acme-gym"),
    ("account_scoring", "acme-pilates"),
    ("account_scoring", "berlin-yoga"),
    ("account_scoring", "globex"),
    ("account_scoring", "initech"),
    ("account_status_set", "initech"),
    ("branding_edit", "globex"),
    ("child_account_create", "acme-gym"),
    ("child_account_create", "acme-pilates"),
    ("child_account_create", "berlin-yoga"),
    ("child_account_create", "initech"),
    ("message_template_add", "globex"),
    ("snapshot_create", "fitness-2026-11"),
    ("snapshot_delete", "retail-lab"),
]
STEPS: Final = {
    "account.acme-gym": ["clone", "dns", "password"],
    "account.acme-pilates": ["clone", "password", "trial"],
    "account.berlin-yoga": ["clone", "password"],
    "account.initech": ["clone", "password"],
    "account.spun-off": ["transfer"],
    "account.umbrella-spa": ["name"],
    "branding.acme-gym": [""],
    "branding.acme-pilates": [""],
    "branding.berlin-yoga": [""],
    "branding.initech": [""],
    "contact.old@northwind.example": ["deletion"],
    "credit.acme-gym.prepaid": [""],
    "credit.acme-gym.sms": [""],
    "customer.OCN-100200": ["contacts"],
    "delivery.acme-gym.newsletter": [""],
    "delivery.acme-gym.welcome": [""],
    "delivery.berlin-yoga.newsletter": [""],
    "delivery.berlin-yoga.promo": [""],
    "delivery.berlin-yoga.welcome": [""],
    "delivery.initech.newsletter": [""],
    "delivery.initech.promo": [""],
    "delivery.initech.welcome": [""],
    "sandbox.events-lab": ["name"],
    "sandbox.fitness-lab": ["custom-fields"],
    "settings.account": [""],
}


def test_everything_applies_to_its_story_and_leaves_the_rest_to_humans(everything: Rehearsal) -> None:
    """Calls for what an API does, steps for what it does not, nothing for what is ignored or not spoken of."""
    assert everything.run("validate").code == 0
    assert everything.run("apply", "-auto-approve", "--allow", "billed,permanent").code == 4
    digest = everything.plan()["digest"]
    assert everything.run("apply", "--approved", digest).code == 4  # it has signers
    assert everything.run("approve", digest).code == 0
    ran = everything.run("apply", "--approved", digest)
    assert ran.code == 0, ran
    assert sorted(everything.writes()) == WRITES
    everything.check_converged()

    steps: dict[str, list[str]] = {}
    for step in everything.plan()["manual_steps"]:
        steps.setdefault(step["address"], []).append(step["topic"])
    assert {address: sorted(topics) for address, topics in steps.items()} == STEPS
