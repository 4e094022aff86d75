"""Names of blocks: the form that a kind requires, and the namespace that it shares."""

from agencyfile.declarations.names import check_block_name, check_host_name
from agencyfile.declarations.report import Report
from agencyfile.fields.account_names import account_label
from agencyfile.kinds.registry import declared_kind
from plan.address import Address, Origin


def host_key(address: Address) -> tuple[str, str]:
    """Return namespace and name of a block. No two blocks may share both."""
    kind, name = address
    return ("host", account_label(name)) if declared_kind(kind).is_hosted else (kind, name)


def check_name(address: Address, origin: Origin, report: Report, *, owner: Address | None = None) -> None:
    """Report a name of the wrong form. `owner` is the block that uses the name, if that is another block."""
    kind, name = address
    if declared_kind(kind).is_hosted:
        check_host_name(name, origin, report, owner or address)
    else:
        check_block_name(kind, name, origin, report, owner or address)
