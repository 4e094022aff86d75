"""B19: no password of a real account is sealed to the key of a manual or of an example."""

import re
from pathlib import Path

import pytest
from rehearsal import Rehearsal
from security.victim import Victim
from stories import agency, live_account

from agencyfile.cli.recipients import published_refusal
from agencyfile.cli.workspace import open_workspace
from agencyfile.fields.recipients import PUBLISHED_RECIPIENTS, SAMPLES, is_recipient
from agencyfile.portal import open_reader
from agencyfile.vault import make_identity

TOP = Path(__file__).parents[2]
PUBLISHED = min(PUBLISHED_RECIPIENTS)
APPROVED = ("-auto-approve", "--allow", "billed,guard")


@pytest.mark.attack("B19", "the sample recipient of a manual pasted over one's own")
@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_b19_recipient_of_a_manual_is_refused_by_name(victim: Victim, sample: str) -> None:
    """Also beside a good one, also in a rehearsal: no command goes on."""
    victim.write(agency(f"{victim.recipient}, {sample}", acme=""))

    ran = [victim.run("validate"), victim.run("plan"), victim.run("apply", *APPROVED)]

    assert [each.code for each in ran] == [1, 1, 1]
    assert all("sample-recipient" in each.err and sample in each.err for each in ran)
    assert "agencyfile credentials keygen" in ran[0].err
    assert victim.requests() == []


@pytest.mark.attack("B19", "the key of the examples, whose private half is public, at a real portal")
@pytest.mark.parametrize(
    ("agency_api", "is_refused"),
    [
        ("https://www.activecampaign.com/api.php", True),
        ("https://127.0.0.1.example.com/api.php", True),
        ("https://portal.localhost.example/api.php", True),
        ("", True),
        ("http://127.0.0.1:8080/api.php", False),
        ("http://[::1]:8080/api.php", False),
        ("http://localhost:8080/api.php", False),
    ],
)
def test_b19_key_of_the_examples_seals_nothing_outside_a_rehearsal(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch, agency_api: str, *, is_refused: bool
) -> None:
    """Only where the portal is on this machine a password may be sealed to it; it is named."""
    rehearsal.write(agency(f"{rehearsal.recipient}, {PUBLISHED}", acme=""))
    assert "an apply refuses this" not in rehearsal.run("plan").out
    for name, value in rehearsal.environment.items():
        monkeypatch.setenv(name, value)
    workspace = open_workspace(rehearsal.file, color=False)
    recipients = workspace.agency_file.settings.recipients
    with open_reader(workspace.endpoint()) as reader:
        plan = workspace.plan(reader, workspace.ledger())
        found = published_refusal(plan, reader.kinds, recipients, agency_api=agency_api)
        own = published_refusal(plan, reader.kinds, [rehearsal.recipient], agency_api=agency_api)

    assert (found is not None) == is_refused
    assert found is None or PUBLISHED in found.message
    assert own is None


def test_b19_key_of_the_examples_is_not_refused_where_nothing_is_created(rehearsal: Rehearsal) -> None:
    """Only what is sealed can be read."""
    rehearsal.seed(accounts=[live_account("acme", notification="old@northwind.example")])
    rehearsal.write(agency(PUBLISHED, acme=""))

    assert rehearsal.run("apply", *APPROVED).code == 0


@pytest.mark.attack("B19", "somebody else's recipient in the place of one's own")
def test_b19_person_who_could_open_nothing_is_warned_before_the_apply(victim: Victim, tmp_path: Path) -> None:
    """An identity at hand that opens nothing, or none at all; a CI job needs none, and is not warned."""
    other = make_identity(tmp_path / "other.key")
    victim.write(agency(other, acme=""))
    none = {"AGENCYFILE_IDENTITY": ""}

    assert "opens none of the passwords of new accounts" in victim.run("plan").err
    assert "no identity at hand" in victim.run("plan", environment=none).err
    assert "warning" not in victim.run("plan", environment={**none, "CI": "true"}).err
    assert "warning" not in victim.run("plan", environment={"AGENCYFILE_IDENTITY": str(tmp_path / "other.key")}).err
    refused = victim.run("apply", "-input=false")
    assert (refused.code, "opens none" in refused.err) == (4, True)


def test_b19_documents_and_examples_name_no_other_recipient() -> None:
    """Whatever key a document shows is refused when it is pasted."""
    texts = [
        path.read_text("utf-8") for path in [*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("examples/**/*.yaml")]
    ]
    shown = {word for text in texts for word in re.findall(r"age1[0-9a-z]{58}", text) if is_recipient(word)}

    assert shown <= SAMPLES | PUBLISHED_RECIPIENTS
    assert shown
