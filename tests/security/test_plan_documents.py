"""A plan document says what its digest says, or it is refused."""

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from rehearsal import Rehearsal
from render.documents import of_every_part
from sampling import Part, part, sampled
from stories import agency

from agencyfile.cli.plan_file import parse_document, parse_plan
from plan import Address, Diagnostic, DocumentError, Severity
from plan.document import decode, document_digest, encode
from plan.drift import Drift
from plan.ledger import OpenIntent
from plan.refusal import Refusal

EDITS: Final = int(os.environ.get("AGENCYFILE_EXAMPLES", "40" if part() is Part.SAMPLE else "360"))
WARNING: Final = Severity.WARNING
Trail = tuple[str | int, ...]


def places(value: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Every place of a document at which a value stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*trail, key)
        yield from places(item, (*trail, key))


def edited(document: Any, trail: Trail, chance: random.Random) -> Any:
    """The document with another value at one place, or with one value less."""
    changed = copy.deepcopy(document)
    holder = changed
    for step in trail[:-1]:
        holder = holder[step]
    old, last = holder[trail[-1]], trail[-1]
    if chance.random() < 0.2:
        del holder[last]
    else:
        holder[last] = _another(old, chance)
    return changed


def _another(old: Any, chance: random.Random) -> Any:
    if isinstance(old, bool):
        return not old
    if isinstance(old, int | float):
        return old + chance.choice([-1, 1, 1000])
    if isinstance(old, str):
        return chance.choice([f"{old}x", f" {old}", "account.evil", "99999.00 USD", ""]) if old else "x"
    if isinstance(old, list):
        return old[1:] if old else ["x"]
    if isinstance(old, dict):
        return {**old, "extra": True}
    return "x"


def is_refused(document: Any, read: Callable[[str, Path], object]) -> bool:
    """Does reading it fail with a message for people?"""
    try:
        read(json.dumps(document), Path("plan.json"))
    except DocumentError as error:
        return bool(error.fix)
    return False


@pytest.mark.attack("B10", "a value anywhere in a plan document is another, with the old digests")
@pytest.mark.long
def test_b10_random_edits_of_a_document_are_refused(rehearsal: Rehearsal) -> None:
    """Whatever is edited: nobody is shown it, and nothing applies it."""
    document = _document(rehearsal)
    found = list(places(document))
    chance = random.Random(11)
    trails = [trail for trail in found if trail[0] != "document_digest"]
    missed = []
    for trail in [*trails[: EDITS // 2], *chance.choices(trails, k=EDITS - len(trails[: EDITS // 2]))]:
        other = edited(document, trail, chance)
        if other != document and not (is_refused(other, parse_plan) and is_refused(other, parse_document)):
            missed.append(trail)

    assert missed == []
    print(f"{EDITS} edits of {len(found)} places, all refused")


# What the approved digest leaves out on purpose: figures of the moment and places in files. Nothing is applied by them,
# and an apply reads all of them anew.
OF_THE_MOMENT: Final = (
    "origin", "reads", "spent", "depends_on", "drift", "unmanaged", "managed", "provisioning", "refusals", "serial",
    "budget", "time", "message", "after", "document_digest", "digest", "standing", "paid_until",
)  # fmt: skip


@pytest.mark.attack("B10", "a deciding or displayed value is another, and the digest over the document is made anew")
@pytest.mark.long
def test_b10_edits_with_a_new_document_digest_change_the_digest_that_is_approved(rehearsal: Rehearsal) -> None:
    """Somebody who can compute digests cannot keep the one that was approved."""
    document = _document(rehearsal)
    decisive = [trail for trail in places(document) if not {*map(str, trail)} & {*OF_THE_MOMENT}]
    chance = random.Random(12)
    missed = []
    # What tells of the surroundings of a plan is tried at every place: little of it is left out.
    told = [trail for trail in decisive if trail[0] in ("background", "money", "rows", "review", "request")]
    for trail in [*sampled(told, every=11), *chance.choices(decisive, k=EDITS)]:
        other = edited(document, trail, chance)
        other["document_digest"] = document_digest(other)
        if other != document and not is_refused(other, parse_plan):
            missed.append(trail)

    assert missed == []


@pytest.mark.attack("B10", "the displayed part of a plan.json is edited before it is shown, applied and commented on")
def test_b10_edited_document_is_refused_by_every_command(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """show, apply and comment each say that it was changed."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    path = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "--out", str(path)).code == 0
    document = json.loads(path.read_text("utf-8"))
    document["resource_changes"][-1]["reason"] = "a harmless change"
    path.write_text(json.dumps(document), encoding="utf-8")
    writes = rehearsal.writes()

    for line in (
        ("show", str(path)),
        ("apply", str(path)),
        ("comment", "github", "--plan", str(path), "--body", str(path), "--number", "1"),
    ):
        ran = rehearsal.run(*line, environment={"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "a/b"})
        assert ran.code == 1, ran
        assert "changed after it was written" in ran.err
    assert rehearsal.writes() == writes


def test_same_plan_has_the_same_digest_in_two_runs(rehearsal: Rehearsal) -> None:
    """Whatever the order of keys and blocks, the split of files and the time."""
    text = agency(rehearsal.recipient, acme="", beta="")
    rehearsal.write(text)
    first = rehearsal.plan()
    head, _, accounts = text.partition("accounts:\n")
    rehearsal.write(f"{head}include: [more/*.yaml]\n")
    rehearsal.write("accounts:\n" + "".join(reversed(accounts.splitlines(keepends=True))), "more/accounts.yaml")
    second = rehearsal.plan()

    assert second["digest"] == first["digest"]
    assert second["document_digest"] != first["document_digest"]


def _document(rehearsal: Rehearsal) -> Any:
    """A document that has something in every part."""
    of_every_part(rehearsal)
    plan = decode(json.loads(rehearsal.run("plan", "--json").out))
    whole = replace(
        plan,
        drift=(Drift(Address("account", "acme"), "notification", "a@b.example", "c@d.example"),),
        blocked=(
            OpenIntent(7, Address("account", "hooli"), "account_add", "2026-11-21T10:00:00.000+00:00", "no answer"),
        ),
        refusals=(Refusal("share-of-changes", "7 of 12 would change; 30% may", "look"),),
        diagnostics=(
            Diagnostic(
                "domain", "not verified", "mail leaves", "set it", plan.steps[1].change.origin, severity=WARNING
            ),
        ),
    )
    return json.loads(json.dumps(encode(whole)))
