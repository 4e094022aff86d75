"""Libraries of the optional parts of agencyfile, imported when a ledger needs them."""

from importlib import import_module
from typing import Any

from plan.errors import LedgerError


def optional(module: str, extra: str) -> Any:
    """Import `module`, which `pip install agencyfile[EXTRA]` brings.

    Raises:
        LedgerError: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise LedgerError(
            f"this ledger needs {error.name}, which is not installed",
            fix=f"pip install 'agencyfile[{extra}]'; where a pipeline lacks it, agencyfile ci writes it anew",
        ) from None
