"""The questions that operations may ask the portal. The portal half answers (`agencyfile/portal/reconciliation`).

Lists are read once, however many operations ask for them. Every method raises `Fault` if there is no clear answer;
lists of the whole agency raise `PortalError`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agencyfile.kinds.rows import AccountRow, ChildAccountRow, Listing, OwnList, Row, SnapshotRow, SourceRow

ACCOUNTS: Final = "account_list"
SNAPSHOTS: Final = "snapshot_list"
STATUS: Final = "account_status"
NAME_CHECK: Final = "account_name_check"
HUB_ACCOUNTS: Final = "child_account_list"
CLONINGS: Final = "clone_status_list"
VIEW: Final = "account_view"
USER: Final = "user_me"
SIGN_ON: Final = "singlesignon"
SIGN_ON_MINUTES: Final = 15  # the vendor's default (`docs/portal.md` section 3)

CLONING: Final = "in_progress"  # the state of a cloning job that is under way (`docs/portal.md` 1.8)


class HubWords(Protocol):
    """The hub's words that no source publishes. The settings have them."""

    @property
    def hub_tiers(self) -> Mapping[str, str]:
        """Return the hub's words for tiers that differ from those of the agency file."""

    @property
    def hub_contacts(self) -> str:
        """Return the code of the entitlement by which the hub takes a contact limit."""


@dataclass(frozen=True, slots=True)
class NameCheck:
    """The answer whether a name is free. If it is not, the portal's words say why."""

    is_free: bool
    words: str


class Questions(Protocol):
    """The questions, and the hub's words from the settings."""

    @property
    def hub_words(self) -> HubWords:
        """Return the hub's words from the settings."""

    @property
    def has_hub(self) -> bool:
        """Return whether the hub can be asked. It needs a key."""

    @property
    def accounts(self) -> Listing[AccountRow]:
        """Return `account_list`."""

    @property
    def snapshots(self) -> Listing[SnapshotRow]:
        """Return `snapshot_list`."""

    @property
    def sources(self) -> Sequence[SourceRow]:
        """Return the accounts that snapshots can be taken of; empty if the hub does not answer."""

    @property
    def hub_shows_labels(self) -> bool:
        """Return whether the hub has shown login names so far, and no others (`docs/portal.md` section 8, R2)."""

    @property
    def clonings(self) -> Mapping[str, str]:
        """Return the state of cloning jobs that are under way or have failed, by the name of the account they fill."""

    def account(self, label: str) -> AccountRow | None:
        """Return the row of an account in `accounts`."""

    def find_account(self, label: str) -> AccountRow | None:
        """Return the row of one account now: by a search, and by the whole list only if that does not find it."""

    def status(self, label: str) -> str | None:
        """Return the state of an account in the portal's word; None if the portal has no such account."""

    def name_check(self, label: str) -> NameCheck:
        """Return whether a name is free."""

    def hub_accounts(self, search: str) -> Sequence[ChildAccountRow]:
        """Return the hub's accounts whose name contains a text, archived ones too."""

    def own(self, source: OwnList[Row], label: str, url: str | None) -> tuple[Row, ...]:
        """Return a list of the account's own API, at `url` if that is declared."""

    def view(self, label: str) -> Mapping[str, object]:
        """Return the account's own description of itself, if its API is declared."""
