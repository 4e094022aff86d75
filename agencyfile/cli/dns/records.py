"""The documents of `agencyfile dns`."""

from typing import Literal, NotRequired, TypedDict

from plan.records.diagnostic import OriginRecord
from plan.records.form import AddressText, Count


class DnsRecordRecord(TypedDict):
    """One record that an account needs."""

    zone: str
    """The zone that it belongs to."""
    name: str
    """Its name within the zone."""
    host: str
    """Its full name, without the final dot."""
    type: Literal["CNAME"]
    value: str
    """The host that it leads to, with the final dot."""
    ttl: Count
    """Seconds."""
    address: AddressText
    """The account that needs it."""
    origin: OriginRecord
    state: NotRequired[Literal["there", "missing", "unknown"]]
    """The state in the DNS, where it was asked."""
    found: NotRequired[str]
    """The answer of the DNS, or what is wrong with it."""
    step: NotRequired[Literal["pending", "closed", "none"]]
    """The manual step for the record: `closed` by evidence, some of it recorded now."""


class DnsSummary(TypedDict):
    """Numbers of records."""

    records: Count
    zones: Count
    absent: Count
    """Records that the DNS, where it was asked, did not show."""


class DnsDocument(TypedDict):
    """The output of `dns export --json` and `dns check --json`."""

    format_version: Literal["1.0"]
    agency: str
    summary: DnsSummary
    records: list[DnsRecordRecord]
    recorded: list[str]
    """Ids of the manual steps that were closed now."""
