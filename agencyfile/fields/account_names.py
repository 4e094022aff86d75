"""Account names: one account, however its name is written (`docs/portal.md` 1.5)."""

from typing import Final

HOST_SUFFIX: Final = ".activehosted.com"


def account_label(text: str) -> str:
    """The login host label of an account: lower case, without scheme, path and the vendor's domain."""
    label = text.strip().lower()
    if "." not in label and "/" not in label:
        return label  # as nearly all are written
    _, _, after_scheme = label.rpartition("://")
    return after_scheme.partition("/")[0].removesuffix(HOST_SUFFIX)


def login_url(label: str) -> str:
    """Return the login address of the account."""
    return f"https://{label}{HOST_SUFFIX}"
