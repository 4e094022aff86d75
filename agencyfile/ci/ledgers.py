"""The needs of jobs that reach a ledger: the clients that they install for it, and the variables that lead to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LedgerNeeds:
    """The needs of one ledger store.

    Attributes:
        variables: the names that lead to its server. A forge gives an empty text for a name that it does not know,
            so these are names whose empty value means "not set" to the store. None of them is a secret: a forge hides
            the text of a secret in each line of a log, so a database that is called like the agency must be none.
        secrets: the names of what opens it.
        is_in_part: whether its client comes with the part `stores` of agencyfile, and not with agencyfile alone.
        is_pushed: whether the job that applies pushes it to the repository.
        is_known: whether agencyfile brings the store. One of another package has to be added to the lock by hand.
    """

    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    is_in_part: bool = False
    is_pushed: bool = False
    is_known: bool = True


_NEEDS: Final[Mapping[str, LedgerNeeds]] = {
    "file": LedgerNeeds(is_pushed=True),  # it goes to a branch before anything is applied
    "git+branch": LedgerNeeds(is_pushed=True),
    "http": LedgerNeeds(("TF_HTTP_ADDRESS", "TF_HTTP_USERNAME"), ("TF_HTTP_PASSWORD",)),
    "postgres": LedgerNeeds(("PGDATABASE", "PGHOST", "PGPORT", "PGUSER"), ("PGPASSWORD",), is_in_part=True),
    "s3": LedgerNeeds(
        ("AWS_ENDPOINT_URL", "AWS_REGION"), ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), is_in_part=True
    ),
    "gs": LedgerNeeds(secrets=("GOOGLE_SERVICE_ACCOUNT_KEY",), is_in_part=True),
    "az": LedgerNeeds(("AZURE_STORAGE_ACCOUNT_NAME",), ("AZURE_STORAGE_ACCOUNT_KEY",), is_in_part=True),
}
# A job of GitLab reaches the states of its own project with its own token.
_NEEDS_AT_GITLAB: Final[Mapping[str, LedgerNeeds]] = {**_NEEDS, "http": LedgerNeeds()}


def needs_of(ledger: str, forge: str) -> LedgerNeeds:
    """Return what the jobs of a forge (`github`, `gitlab`) need for `agency.ledger`."""
    known = _NEEDS_AT_GITLAB if forge == "gitlab" else _NEEDS
    return known.get(ledger.partition(":")[0], LedgerNeeds(is_known=False))
