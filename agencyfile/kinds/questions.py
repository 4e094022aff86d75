"""The questions that operations may ask the portal. The portal half answers (`agencyfile/portal/reconciliation`).

Lists are read once, however many operations ask for them. Every method raises `Fault` where there is no clean answer;
lists of the whole agency raise `PortalError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from agencyfile.kinds.rows import AccountRow, Listing, OwnList, Row, SnapshotRow

ACCOUNTS: Final = "account_list"
SNAPSHOTS: Final = "snapshot_list"
STATUS: Final = "account_status"
NAME_CHECK: Final = "account_name_check"
HUB_ACCOUNTS: Final = "child_account_list"
CLONINGS: Final = "clone_status_list"
VIEW: Final = "account_view"

CLONING: Final = "in_progress"  # the state of a cloning job that is under way (`portal.md` 1.8)


class HubWords(Protocol):
    """The hub's words that no source publishes: the settings have them."""

    @property
    def hub_tiers(self) -> Mapping[str, str]:
        """Its words for tiers where they are not ours."""

    @property
    def hub_contacts(self) -> str:
        """The code of the entitlement by which it takes a contact limit."""


@dataclass(frozen=True, slots=True)
class NameCheck:
    """Is a name free? A no says why in the portal's words."""

    is_free: bool
    words: str


class Questions(Protocol):
    """The questions, and what the settings say of the hub."""

    @property
    def hub_words(self) -> HubWords:
        """The hub's words as the settings have them."""

    @property
    def has_hub(self) -> bool:
        """Can the hub be asked? Not without its key."""

    @property
    def accounts(self) -> Listing[AccountRow]:
        """`account_list`."""

    @property
    def snapshots(self) -> Listing[SnapshotRow]:
        """`snapshot_list`."""

    @property
    def source_ids(self) -> Mapping[str, str]:
        """The number that snapshots are taken by, by sandbox; empty where the hub does not tell."""

    @property
    def clonings(self) -> Mapping[str, str]:
        """The state of the cloning jobs that are under way or have failed, by the name of the account they fill."""

    def account(self, label: str) -> AccountRow | None:
        """The row of an account in `accounts`."""

    def find_account(self, label: str) -> AccountRow | None:
        """The row of one account now: a search, and the whole list only where that does not find it."""

    def status(self, label: str) -> str | None:
        """The state of an account in the portal's word; None where the portal knows no such account."""

    def name_check(self, label: str) -> NameCheck:
        """Is a name free?"""

    def hub_ids(self, label: str) -> tuple[str, ...]:
        """The hub's ids of the accounts of that name, archived ones too."""

    def own(self, source: OwnList[Row], label: str, url: str | None) -> tuple[Row, ...]:
        """A list of the account's own API, at `url` where it is declared."""

    def view(self, label: str) -> Mapping[str, object]:
        """The account's own description of itself, where its API is declared."""
