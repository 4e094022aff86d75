"""Names of blocks: which ones a kind takes, and which two blocks may not share."""

from agencyfile.declarations.names import check_block_name, check_host_name
from agencyfile.declarations.report import Report
from agencyfile.fields.account_names import account_label
from agencyfile.kinds.registry import declared_kind
from plan.address import Address, Origin


def host_key(address: Address) -> tuple[str, str]:
    """What two blocks must not share: some kinds are hosts of one portal, others have names of their own."""
    kind, name = address
    return ("host", account_label(name)) if declared_kind(kind).is_hosted else (kind, name)


def check_name(address: Address, origin: Origin, report: Report, *, owner: Address | None = None) -> None:
    """Report a name that no block of this kind may bear. `owner` is the block that names it, if it is another one."""
    kind, name = address
    if declared_kind(kind).is_hosted:
        check_host_name(name, origin, report, owner or address)
    else:
        check_block_name(kind, name, origin, report, owner or address)
