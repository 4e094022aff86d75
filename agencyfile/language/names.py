"""Names of blocks: login names of accounts and sandboxes, and names of everything else."""

from typing import Final

from agencyfile.fields.account_names import HOST_SUFFIX, account_label
from agencyfile.fields.values import is_block_name, is_label, refusal, suggested_label
from agencyfile.fields.vocabulary import HOSTED
from agencyfile.fields.wording import shown
from agencyfile.language.report import Report
from plan.address import Address, Origin

_LABEL: Final = (
    f"is not the label before {HOST_SUFFIX}: 1 to 63 lower-case letters, digits and hyphens, none at either end."
)


def host_key(address: Address) -> tuple[str, str]:
    """What two blocks must not share: accounts and sandboxes are hosts of one portal, other kinds have own names."""
    kind, name = address
    return ("host", account_label(name)) if kind in HOSTED else (kind, name)


def check_name(address: Address, origin: Origin, report: Report, *, owner: Address | None = None) -> None:
    """Report a name that no block of this kind may bear. `owner` is the block that names it, if it is another one."""
    kind, name = address
    if kind in HOSTED:
        if not is_label(name):
            detail = f"{shown(name)} {_LABEL}"
            report.add("account-name", origin, detail, fix=_label_fix(name), address=owner or address)
    elif not is_block_name(name):
        report.add("block-name", origin, f"{shown(name)} cannot name a {kind}.", address=owner or address)


def parse_account_name(text: str) -> str:
    """The name of an account: the host label of the log-in address (`portal.md` 1.5 and rule 24)."""
    if is_label(text):
        return text
    raise refusal("account-name", f"{shown(text)} {_LABEL}", _label_fix(text))


def _label_fix(name: str) -> str:
    bare = account_label(name)
    guess = bare if is_label(bare) else suggested_label(bare)
    return f"write {guess}" if guess else ""
