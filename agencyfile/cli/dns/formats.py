"""Records in the languages of tools that keep zones. Every name was checked to be a host name before it gets here.

That is not all that keeps a name from becoming code: each language has its own way to write a text, and it is used too.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agencyfile.cli.dns.records import DnsRecordRecord

Zones = Mapping[str, Sequence[DnsRecordRecord]]
_HEAD: Final = "Written by agencyfile dns export: records that accounts at ActiveCampaign need."
_NUMBER: Final = re.compile(r"(\d+)")


def octodns_files(zones: Zones) -> dict[str, str]:
    """Return the files of octoDNS's YAML provider: one for each zone, its names in the order that it asks for."""
    return {f"{zone}.yaml": _octodns(records) for zone, records in zones.items()}


def _octodns(records: Sequence[DnsRecordRecord]) -> str:
    lines = [f"# {_HEAD}", "---"]
    for record in sorted(records, key=lambda record: natural(record["name"])):
        lines += [
            f"{_quoted(record['name'])}:",
            f"  ttl: {record['ttl']:d}",
            f"  type: {record['type']}",
            f"  value: {_quoted(record['value'])}",
        ]
    return _text(lines)


def natural(text: str) -> tuple[str | int, ...]:
    """Return a key that sorts numbers inside of texts by their value, as octoDNS does."""
    return tuple(int(part) if number % 2 else part for number, part in enumerate(_NUMBER.split(text)))


def dnscontrol_text(zones: Zones) -> str:
    """Return JavaScript for DNSControl, which adds the records to zones that are declared elsewhere."""
    lines = [f"// {_HEAD}", "// Load it after your D(): require('./agencyfile.js');"]
    for zone, records in zones.items():
        lines += [
            f"D_EXTEND({_quoted(zone)}"
            + "".join(
                f",\n  CNAME({_quoted(record['name'])}, {_quoted(record['value'])}, TTL({record['ttl']:d}))"
                for record in records
            )
            + "\n);"
        ]
    return _text(lines)


def terraform_text(zones: Zones) -> str:
    """Return HCL for Terraform and OpenTofu: one local value, for a `for_each` over any provider's records."""
    lines = [f"# {_HEAD}", "locals {", "  agencyfile_dns_records = {"]
    for records in zones.values():
        for record in records:
            lines += [
                f"    {_hcl(record['host'])} = {{",
                f"      zone  = {_hcl(record['zone'])}",
                f"      name  = {_hcl(record['name'])}",
                f"      type  = {_hcl(record['type'])}",
                f"      value = {_hcl(record['value'])}",
                f"      ttl   = {record['ttl']:d}",
                "    }",
            ]
    return _text([*lines, "  }", "}"])


def zone_files(zones: Zones) -> dict[str, str]:
    """Return parts of zone files (RFC 1035), to be included into zones: one for each zone."""
    return {f"{zone}.zone": _zone(zone, records) for zone, records in zones.items()}


def _zone(zone: str, records: Sequence[DnsRecordRecord]) -> str:
    rows = [f"{record['name']} {record['ttl']:d} IN {record['type']} {record['value']}" for record in records]
    return _text([f"; {_HEAD}", f"$ORIGIN {zone}.", *rows])


def _quoted(text: str) -> str:
    """Return a text as JSON, which is YAML and JavaScript too, in ASCII and without a sign that ends a script."""
    return json.dumps(text).replace("<", "\\u003c").replace("/", "\\u002f")


def _hcl(text: str) -> str:
    """Return a text as a literal of HCL, in which no template begins."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _single(name: str, render: Callable[[Zones], str]) -> Callable[[Zones], dict[str, str]]:
    return lambda zones: {name: render(zones)}


FORMATS: Final[Mapping[str, Callable[[Zones], dict[str, str]]]] = {
    "octodns": octodns_files,
    "dnscontrol": _single("agencyfile.js", dnscontrol_text),
    "terraform": _single("agencyfile_dns.tf", terraform_text),
    "zone": zone_files,
}
