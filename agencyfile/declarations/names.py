"""Names of blocks: login names of accounts and sandboxes, and names of everything else."""

from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field

from agencyfile.declarations import patterns
from agencyfile.declarations.report import Report
from agencyfile.fields.account_names import HOST_SUFFIX, account_label
from agencyfile.fields.values import is_account_name, is_block_name, refusal, suggested_label
from agencyfile.fields.wording import shown
from plan.address import Address, Origin

_LABEL: Final = (
    f"is not the label before {HOST_SUFFIX}: 1 to 63 lower-case letters, digits, hyphens and "
    "underscores, neither at either end."
)


def check_host_name(name: str, origin: Origin, report: Report, address: Address) -> None:
    """Report a name that is not a login name. `address` is the block that uses it."""
    if not is_account_name(name):
        report.add("account-name", origin, f"{shown(name)} {_LABEL}", fix=_label_fix(name), address=address)


def check_block_name(kind: str, name: str, origin: Origin, report: Report, address: Address) -> None:
    """Report a name that cannot name a block. `address` is the block that uses it."""
    if not is_block_name(name):
        report.add("block-name", origin, f"{shown(name)} cannot name a {kind}.", address=address)


def parse_account_name(text: str) -> str:
    """Return the name of an account: the host label of its login address (`docs/portal.md` 1.5 and rule 24)."""
    if is_account_name(text):
        return text
    raise refusal("account-name", f"{shown(text)} {_LABEL}", _label_fix(text))


def _label_fix(name: str) -> str:
    bare = account_label(name)
    guess = bare if is_account_name(bare) else suggested_label(bare)
    return f"write {guess}" if guess else ""


AccountName: TypeAlias = Annotated[str, Field(json_schema_extra={"pattern": patterns.ACCOUNT_NAME})]
BlockName: TypeAlias = Annotated[str, Field(json_schema_extra={"pattern": patterns.BLOCK_NAME})]
AccountLabel: TypeAlias = Annotated[
    str, AfterValidator(parse_account_name), Field(json_schema_extra={"pattern": patterns.ACCOUNT_NAME})
]
