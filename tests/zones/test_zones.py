"""`agencyfile dns`: records as octoDNS, DNSControl, Terraform and zone files read them, and steps that close."""

import json
from pathlib import Path
from typing import Any

import dns.zone
import hcl2
import published
import pytest
from dns.rdtypes.ANY.CNAME import CNAME
from name_server import name_server
from octodns.manager import Manager
from rehearsal import Rehearsal

from agencyfile.cli.dns.formats import FORMATS
from agencyfile.cli.dns.zones import by_zone, is_host

FILE = """\
version: 1
agency:
  name: northwind
  credentials: {{recipients: [{recipient}]}}
defaults:
  account: {{notification: ops@northwind.example, plan: {{tier: plus, billing: monthly, contacts: 1000}}}}
accounts:
  acme-gym:
    client: {{name: Acme Gym, email: owner@acme.example}}
    domain: mail10.acme.example
  acme-pilates:
    client: {{name: Acme Pilates, email: owner@acme.example}}
    domain: mail2.acme.example
  initech:
    client: {{name: Initech, email: bill@initech.example}}
    domain: go.news.initech.example
  umbrella:
    client: {{name: Umbrella, email: om@umbrella.example}}
"""
WANTED = {
    ("mail10.acme.example.", "acme-gym.activehosted.com."),
    ("mail2.acme.example.", "acme-pilates.activehosted.com."),
    ("go.news.initech.example.", "initech.activehosted.com."),
}
ZONES = ("--zone", "initech.example")


def exported(rehearsal: Rehearsal, form: str) -> Path:
    """Export into a folder; no portal is asked."""
    rehearsal.write(FILE.format(recipient=rehearsal.recipient))
    out = rehearsal.folder / "zones"
    ran = rehearsal.run("dns", "export", "--format", form, "--out", str(out), *ZONES, "-f", str(rehearsal.file))
    assert ran.code == 0, ran
    assert rehearsal.book("requests") == []
    return out


def test_octodns_reads_the_export_and_plans_exactly_the_records(rehearsal: Rehearsal) -> None:
    """OctoDNS itself, with its own order and checks: the plan over empty zones creates these records and no other."""
    out = exported(rehearsal, "octodns")
    config = rehearsal.folder / "octodns.json"
    target = rehearsal.folder / "target"
    target.mkdir()
    names = [f"{path.stem}." for path in sorted(out.iterdir())]
    strict = {"enforce_order": True, "escaped_semicolons": False}
    provider = "octodns.provider.yaml.YamlProvider"
    config.write_text(
        json.dumps(
            {
                "providers": {
                    "exported": {"class": provider, "directory": str(out), **strict},
                    "live": {"class": provider, "directory": str(target), **strict},
                },
                "zones": {name: {"sources": ["exported"], "targets": ["live"]} for name in names},
            }
        )
    )
    for name in names:
        (target / f"{name}yaml").write_text("---\n{}\n")
    planned = set()
    manager = Manager(str(config))
    for name in names:
        zone = manager.get_zone(name)
        manager.providers["exported"].populate(zone)
        live = manager.get_zone(name)
        manager.providers["live"].populate(live)
        for change in live.changes(zone, manager.providers["live"]):
            assert type(change).__name__ == "Create"
            planned.add((change.new.fqdn, change.new.value))

    assert names == ["acme.example.", "initech.example."]
    assert planned == WANTED
    assert manager.sync(dry_run=False) == len(WANTED)
    assert Manager(str(config)).sync(dry_run=False) == 0  # what it has written is all that there was to do


def _literals(text: str) -> list[str]:
    """Every text in double quotes, as JSON, JavaScript and HCL read it; templates of HCL are taken back."""
    found, at = [], text.find('"')
    while at >= 0:
        value, end = json.JSONDecoder().raw_decode(text, at)
        found.append(value.replace("$${", "${").replace("%%{", "%{"))
        at = text.find('"', end)
    return found


def test_zone_files_hold_the_records_for_a_second_reader(rehearsal: Rehearsal) -> None:
    """Dnspython parses each file as the zone that it is named after."""
    out = exported(rehearsal, "zone")
    found = set()
    for path in out.iterdir():
        zone = dns.zone.from_text(path.read_text(), origin=path.stem, check_origin=False)
        for name, _, data in zone.iterate_rdatas("CNAME"):
            assert isinstance(data, CNAME)
            assert zone.origin
            found.add((str(name.derelativize(zone.origin)), str(data.target.derelativize(zone.origin))))

    assert found == WANTED


def test_terraform_reads_one_map_of_records(rehearsal: Rehearsal) -> None:
    """A parser of HCL sees one local value with each record once."""
    out = exported(rehearsal, "terraform")
    (found,) = hcl2.loads((out / "agencyfile_dns.tf").read_text())["locals"]
    records = next(value for key, value in found.items() if "agencyfile_dns_records" in key)
    pairs = {(f"{key.strip(chr(34))}.", str(value["value"]).strip('"')) for key, value in records.items()}

    assert pairs == WANTED


def test_json_and_a_single_zone_go_to_standard_output(rehearsal: Rehearsal) -> None:
    """The document has a schema; several zones need a folder where a tool wants a file for each."""
    rehearsal.write(FILE.format(recipient=rehearsal.recipient))
    file = ("-f", str(rehearsal.file))
    document = json.loads(rehearsal.run("dns", "export", "--json", *file).out)
    several = rehearsal.run("dns", "export", "--format", "octodns", *file)
    script = rehearsal.run("dns", "export", "--format", "dnscontrol", *file).out

    assert published.mistakes_in("dns", document) == []
    assert {(f"{one['host']}.", one["value"]) for one in document["records"]} == WANTED
    assert several.code == 64
    assert "--out" in several.err
    assert 'D_EXTEND("acme.example"' in script
    assert 'CNAME("mail10", "acme-gym.activehosted.com.", TTL(3600))' in script


@pytest.mark.parametrize("form", FORMATS)
def test_names_that_no_dns_can_hold_cannot_become_code(form: str) -> None:
    """The check of names is the first wall; behind it every language quotes what it is given."""
    hostile = '"); process.exit(); ("${file("/etc/passwd")} %{ for }</script>: [x]\n'
    record: Any = {
        "zone": "acme.example",
        "name": hostile,
        "host": hostile,
        "type": "CNAME",
        "value": hostile,
        "ttl": 60,
    }

    assert not is_host(hostile)
    for mark in ("a b.example", "a.example\n", "a..example", "-a.example", "$(x).example", "a.example."):
        assert not is_host(mark), mark
    if form == "zone":  # RFC 1035 has no quotes for names: the first wall is the only one
        return
    text = "".join(FORMATS[form](by_zone({"records": [record]})).values())  # type: ignore[typeddict-item]
    assert len(text.splitlines()) < 20
    if form == "octodns":
        import yaml  # noqa: PLC0415 - one form alone

        assert yaml.safe_load(text) == {hostile: {"ttl": 60, "type": "CNAME", "value": hostile}}
    else:
        assert _literals(text).count(hostile) == (2 if form == "dnscontrol" else 3)
    if form == "dnscontrol":
        assert "</script>" not in text
    if form == "terraform":
        assert "$${file" in text
        assert "%%{ for" in text


def test_steps_close_themselves_once_their_records_are_there(rehearsal: Rehearsal) -> None:
    """The answer of the DNS is the evidence; a record that is missing, or leads elsewhere, closes nothing."""
    rehearsal.write(FILE.format(recipient=rehearsal.recipient))
    rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")
    file = ("-f", str(rehearsal.file))
    answers = {"mail10.acme.example": "acme-gym.activehosted.com.", "mail2.acme.example": "other.activehosted.com."}
    with name_server(answers) as server:
        asked = rehearsal.run("dns", "check", *file, environment={"AGENCYFILE_DNS": server})
        before = rehearsal.ledger.read_bytes()
        closing = rehearsal.run("dns", "check", "--record", "--json", *file, environment={"AGENCYFILE_DNS": server})
        again = rehearsal.run(
            "dns", "check", "--record", "--fail-if-missing", *file, environment={"AGENCYFILE_DNS": server}
        )
    document = json.loads(closing.out)
    steps = json.loads(rehearsal.run("steps", "list", "--format", "json").out)["steps"]
    done = json.loads(rehearsal.run("steps", "list", "--done", "--format", "json").out)["done"]

    assert asked.code == 0
    assert "3 records, 2 not there" in asked.out
    assert b"evidence" not in before
    assert published.mistakes_in("dns", document) == []
    assert document["recorded"] == ["account.acme-gym.dns"]
    assert {step["id"] for step in steps if step["topic"] == "dns"} == {
        "account.acme-pilates.dns",
        "account.initech.dns",
    }
    assert [one["id"] for one in done] == ["account.acme-gym.dns"]
    assert "CNAME acme-gym.activehosted.com." in done[0]["text"]
    assert again.code == 8
    assert "closed:" not in again.out
    assert rehearsal.ledger.read_text("utf-8").count('"type":"evidence"') == 1
