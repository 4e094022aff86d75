"""The report holds nothing of the user's: by its schema, and in a set-up full of names, addresses and keys."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import published
import pytest
from contract.repositories import git, isolate
from doctor.scene import codes, examine
from doctor.unwell import Wrong, unwell
from rehearsal import Rehearsal
from stories import live_account

from agencyfile.cli.doctor.report import rounded, version_or_other
from agencyfile.vault import make_identity
from tools.generators import schemas

# What a report must not hold, by where it is planted.
PLANTED: Final[dict[str, list[str]]] = {
    "agency": ["plantedagency"],
    "accounts": [f"planted-account-{number}" for number in range(8)],
    "clients": [f"Planted Client {number} Ltd" for number in range(8)],
    "addresses": [f"planted{number}@client-planted.example" for number in range(8)],
    "notifications": [f"ops{number}@planted-ops.example" for number in range(4)],
    "domains": [f"mail{number}.planted-domain.example" for number in range(4)],
    "account hosts": [f"planted-host-{number}.api-us1.com" for number in range(4)],
    "variables": [f"AGENCY_PLANTED_{number}" for number in range(4)],
    "keys": [f"plantedkey{number}0123456789abcdef" for number in range(4)],
    "branch": ["planted-branch"],
    "person": ["planted-person"],
    "folder": ["planted-folder"],
    "server's words": ["planted-words-of-a-server"],
    "run": ["https://ci.planted.example/run/1"],
}


@pytest.fixture
def planted(rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    """An agency in which everything is named."""
    isolate(monkeypatch)
    folder = tmp_path / "others" / PLANTED["folder"][0]
    folder.mkdir(parents=True)
    found = Rehearsal(folder, rehearsal.portal)
    accounts, clients, people = PLANTED["accounts"], PLANTED["clients"], PLANTED["addresses"]
    found.seed(
        accounts=[
            live_account(name, client_name=client, client_email=person)
            for name, client, person in zip(accounts, clients, people, strict=True)
        ]
    )
    found.write(_file(found.recipient))
    git(folder, "init", "--quiet", f"--initial-branch={PLANTED['branch'][0]}")
    make_identity(folder / ".agencyfile" / "identity.txt")
    found.environment |= dict(zip(PLANTED["variables"], PLANTED["keys"], strict=True))
    found.environment |= {"GITHUB_ACTOR": PLANTED["person"][0], "CI_JOB_URL": PLANTED["run"][0]}
    return found


def _file(recipient: str) -> str:
    blocks = "".join(_block(number, name) for number, name in enumerate(PLANTED["accounts"]))
    return (
        f"version: 1\nagency:\n  name: {PLANTED['agency'][0]}\n  credentials: {{recipients: [{recipient}]}}\n"
        f"defaults:\n  account: {{language: french, timezone: Europe/Paris, "
        f"plan: {{tier: plus, billing: monthly, contacts: 1000}}}}\naccounts:\n{blocks}"
    )


def _block(number: int, name: str) -> str:
    client = f"client: {{name: {PLANTED['clients'][number]}, email: {PLANTED['addresses'][number]}}}"
    more = [client, f"notification: {PLANTED['notifications'][number % 4]}"]
    if number < len(PLANTED["variables"]):
        key = f"'${{env:{PLANTED['variables'][number]}}}'"
        more.append(f"api: {{url: 'https://{PLANTED['account hosts'][number]}', key: {key}}}")
        more.append(f"domain: {PLANTED['domains'][number]}")
    return f"  {name}: {{{', '.join(more)}}}\n"


def _report(rehearsal: Rehearsal, **environment: str) -> tuple[dict[str, Any], str]:
    path = rehearsal.folder.parent / f"report-{len(list(rehearsal.folder.parent.glob('report-*')))}.json"
    ran = rehearsal.run("doctor", "--report", str(path), environment=environment)
    assert ran.code in (0, 1), ran
    text = path.read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    assert published.mistakes_in_doctor_report(document) == []
    return document, text


def _strings(schema: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a schema that lets a text through, with its place."""
    if isinstance(schema, list):
        for number, item in enumerate(schema):
            yield from _strings(item, f"{place}[{number}]")
    elif isinstance(schema, dict):
        if "string" in ([schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ())):
            yield place, schema
        for key, item in schema.items():
            yield from _strings(item, f"{place}/{key}")


def test_report_has_no_place_for_a_free_text() -> None:
    """Each text is one of a fixed list, or has a pattern of digits and dots; objects are closed."""
    schema = schemas.doctor_report_schema()
    texts = list(_strings(schema))
    patterns = {text["pattern"] for _, text in texts if "pattern" in text}

    assert texts
    assert [place for place, text in texts if not text.keys() & {"enum", "const", "pattern"}] == []
    assert patterns == {r"^[0-9]{1,4}(\.[0-9]{1,4}){0,3}$", r"^1\.[0-9]+$"}
    objects = [part for part in (schema, *schema["$defs"].values()) if part.get("type") == "object"]
    assert objects
    assert all(part["additionalProperties"] is False for part in objects)


def test_report_holds_none_of_what_was_planted(planted: Rehearsal) -> None:
    """A portal that works, accounts whose keys are refused, a ledger with entries, a lease, a repository."""
    ran = planted.run("apply", "-auto-approve", "--allow", "billed,guard,permanent")
    assert ran.code in (0, 1, 7), ran
    _, document = examine(planted, "--remember")
    report, text = _report(planted)

    everything = [word for words in PLANTED.values() for word in words]
    assert len(everything) >= 50
    assert [word for word in everything if word.lower() in text.lower()] == []
    assert planted.portal.agency_key not in text
    assert planted.portal.hub_key not in text
    assert planted.portal.url.rpartition(":")[2] not in text
    table = json.dumps(document)
    assert sum(word in table for word in everything) >= 7, "the table of the same run holds names"
    assert {check["id"] for check in report["checks"]} == {check["id"] for check in document["checks"]}
    assert report["ledger"]["entries"] > 0


def test_report_about_a_server_that_answers_with_names_holds_none_of_them(planted: Rehearsal) -> None:
    """Words, headers, versions and dates of whatever answers in the portal's place."""
    words = " ".join(word for found in PLANTED.values() for word in found)
    body = json.dumps({"result_code": 0, "result_message": words, "error": words, "message": words, "title": words})
    headers = {"Content-Type": f"text/{PLANTED['person'][0]}", "Server": PLANTED["person"][0], "Date": words}
    for status in (200, 403, 404, 500):
        with unwell(Wrong(status, body.encode(), headers)) as (url, _):
            _, text = _report(
                planted,
                AGENCYFILE_AGENCY_API=f"{url}/api.php",
                AGENCYFILE_HUB_API=url,
                AGENCYFILE_ACCOUNT_API=f"{url}/{{account}}",
            )
        assert [word for found in PLANTED.values() for word in found if word.lower() in text.lower()] == []


def test_report_is_private_and_replaces_nothing(planted: Rehearsal, tmp_path: Path) -> None:
    """Not a file, not a link, not what a link leads to."""
    path = tmp_path / "report.json"
    assert planted.run("doctor", "--report", str(path)).code in (0, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()

    again = planted.run("doctor", "--report", str(path))
    assert again.code == 1
    assert "exists already" in again.err
    assert path.read_bytes() == before

    link, target = tmp_path / "link.json", tmp_path / "target.json"
    link.symlink_to(target)
    followed = planted.run("doctor", "--report", str(link))
    assert followed.code == 1
    assert link.is_symlink()
    assert not target.exists()
    assert planted.run("doctor", "--report", str(tmp_path / "missing" / "report.json")).code == 1


def test_figures_of_a_report_are_rounded() -> None:
    """Exact figures would tell one agency from another."""
    assert [rounded(number) for number in (0, 7, 12, 286, 4711, -3)] == [0, 7, 10, 300, 5000, -3]
    assert version_or_other("3.13.1") == "3.13.1"
    assert [version_or_other(text) for text in ("3.13.1+planted", "", "1.2.3.4.5", "٣")] == ["other"] * 4


def test_report_works_where_everything_else_fails(rehearsal: Rehearsal) -> None:
    """No agency file, no key, no portal."""
    nowhere = {"AGENCYFILE_AGENCY_KEY": "", "AGENCYFILE_HUB_KEY": ""}
    document, _ = _report(rehearsal, **nowhere)

    assert document["ledger"] == {"store": "none", "entries": 0, "open_calls": 0}
    assert codes({"checks": document["checks"]})["agency-api"] == "no-key"
