"""The DNS records that accounts need (`docs/portal.md` rules 52 to 54)."""

from collections.abc import Iterable
from dataclasses import dataclass

from agencyfile.fields.account_names import HOST_SUFFIX
from plan.address import Address, Origin
from plan.resource import Resource


@dataclass(frozen=True, slots=True, order=True)
class DnsRecord:
    """One record: `name` and `value` are full host names in lower case, without the final dot."""

    name: str
    type: str
    value: str
    address: Address
    origin: Origin


def dns_records(resources: Iterable[Resource]) -> tuple[DnsRecord, ...]:
    """Return a CNAME for each account with a domain of its own, by name."""
    found = (
        DnsRecord(
            domain, "CNAME", f"{resource.address.name}{HOST_SUFFIX}", resource.address, resource.origin_of("domain")
        )
        for resource in resources
        if isinstance(domain := resource.attributes.get("domain"), str)
    )
    return tuple(sorted(found))
