"""Records by zone. The file does not tell where a zone begins: it is the parent of a domain unless one is named."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agencyfile.cli.dns.records import DnsDocument, DnsRecordRecord
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from agencyfile.kinds.account.dns import DnsRecord
from plan.forms import encode_origin

# What is exported becomes code in other languages: nothing but letters, digits, hyphens and dots may get there.
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+")


def is_host(text: str) -> bool:
    """Is `text` a full host name in lower case? An account's name may hold an underscore."""
    return _HOST.fullmatch(text) is not None


def document_of(agency: str, records: Iterable[DnsRecord], zones: Sequence[str], ttl: int) -> DnsDocument:
    """Return the records as a document.

    Raises:
        CommandExit: a name is none that a DNS can hold.
    """
    found = [_record(record, zones, ttl) for record in records]
    return {
        "format_version": "1.0",
        "agency": agency,
        "summary": {"records": len(found), "zones": len({record["zone"] for record in found}), "absent": 0},
        "records": sorted(found, key=lambda record: (record["zone"], record["name"])),
        "recorded": [],
    }


def by_zone(document: DnsDocument) -> Mapping[str, list[DnsRecordRecord]]:
    """Return the records of each zone, in order."""
    zones: dict[str, list[DnsRecordRecord]] = {}
    for record in document["records"]:
        zones.setdefault(record["zone"], []).append(record)
    return zones


def _record(record: DnsRecord, zones: Sequence[str], ttl: int) -> DnsRecordRecord:
    for host in (record.name, record.value):
        if not is_host(host):
            raise CommandExit(ExitCode.ERROR, f"{one_line(host)} ({record.origin}) is not a host name of the DNS")
    zone = _zone_of(record.name, zones)
    return {
        "zone": zone,
        "name": record.name.removesuffix(f".{zone}"),
        "host": record.name,
        "type": "CNAME",
        "value": f"{record.value}.",
        "ttl": ttl,
        "address": str(record.address),
        "origin": encode_origin(record.origin),
    }


def _zone_of(host: str, zones: Sequence[str]) -> str:
    """Return the longest of the named zones that holds `host`, or else its parent."""
    named = [zone for zone in zones if host.endswith(f".{zone}")]
    return max(named, key=len, default=host.partition(".")[2])
