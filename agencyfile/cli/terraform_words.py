"""Advice for people who type a command or a flag of Terraform."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import click

_COMMANDS: Final = MappingProxyType(
    {
        "console": "`agencyfile validate --json` tells every value and where it stands",
        "destroy": "move an account's block to `removed:` with `action: cancel`, then plan and apply",
        "force-unlock": "agencyfile lock break",
        "get": "an agency file has no modules: `include:` names the other files",
        "graph": "`agencyfile plan` shows changes in the order in which they are made",
        "login": "keys come from the environment: AGENCYFILE_AGENCY_KEY, AGENCYFILE_HUB_KEY",
        "output": "agencyfile accounts list --json, and `agencyfile credentials reveal NAME` for a login",
        "providers": "there is one portal: `agency.portal` names another address for it",
        "refresh": "every plan reads the portal anew; `agencyfile drift` shows what others changed",
        "state": "the portal is the state: `agencyfile accounts list`; `agencyfile ledger show` tells the rest",
        "state mv": "write `previously: OLD-NAME` into the block",
        "state rm": "write the address under `ignore:`",
        "taint": "an account is never made anew; a new state of a snapshot is a snapshot with a new name",
        "untaint": "an account is never made anew",
        "workspace": "each agency has a file of its own: name it with --file",
    }
)
_FLAGS: Final = MappingProxyType(
    {
        "--backend-config": "`agency.ledger` in the agency file names the ledger",
        "--chdir": "name the agency file with --file",
        "--compact-warnings": "--concise shows one line for each change",
        "--destroy": "move the blocks to `removed:`",
        "--lock": "an apply always takes the lease; --lock-timeout waits for it",
        "--parallelism": "`agency.portal.rate_limit` in the agency file sets the pace",
        "--refresh": "every plan reads the portal; --offline compares two revisions of the file without it",
        "--refresh-only": "agencyfile drift",
        "--replace": "an account is never made anew; a new state of a snapshot is a snapshot with a new name",
        "--state": "`agency.ledger` in the agency file names the ledger",
        "--upgrade": "install another version of agencyfile; the agency file stays",
        "--var": "there are no variables: what blocks share stands under `defaults:`; keys come from the environment",
        "--var-file": "there are no variables: what blocks share stands under `defaults:`",
    }
)


def hint_for(error: click.UsageError, arguments: Sequence[str]) -> str:
    """Return what to do instead of what was typed; nothing where it is no word of Terraform's."""
    if isinstance(error, click.NoSuchOption):
        return _FLAGS.get(error.option_name, "")
    if not error.message.startswith("No such command"):
        return ""
    words = [argument for argument in arguments if not argument.startswith("-")]
    return _COMMANDS.get(" ".join(words[:2])) or _COMMANDS.get(words[0], "")
