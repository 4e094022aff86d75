"""What the entries of a ledger add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from plan.address import Address
from plan.ledger.entry import Entry, EntryType
from plan.values import Attributes, value_from_plain


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """A call whose outcome nobody knows: it may have been sent, or have happened."""

    serial: int
    address: Address
    operation: str
    time: str
    message: str


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """A new account's login; `sealed` is the age file (armoured) that holds the password."""

    address: Address
    time: str
    login_url: str
    username: str
    sealed: str
    recipients: tuple[str, ...]


@dataclass(slots=True)
class History:
    """The facts of a ledger, folded from its entries in order."""

    agency: str | None = None
    sent: dict[Address, Attributes] = field(default_factory=dict)
    remote_ids: dict[Address, str] = field(default_factory=dict)
    credentials: dict[Address, SealedCredential] = field(default_factory=dict)
    open_intents: dict[Address, OpenIntent] = field(default_factory=dict)
    _intents: dict[int, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "History":
        """Fold `entries`."""
        history = cls()
        for entry in entries:
            history.add(entry)
        return history

    def add(self, entry: Entry) -> None:
        """Fold one more entry in."""
        match entry.type:
            case EntryType.OPENED:
                self.agency = str(entry.body["agency"])
            case EntryType.INTENT:
                self._add_intent(entry)
            case EntryType.OUTCOME:
                self._add_outcome(entry)
            case EntryType.READY:
                self._add_remote_id(entry)

    def _add_intent(self, entry: Entry) -> None:
        address = _address(entry)
        self._intents[entry.serial] = entry
        self.open_intents[address] = OpenIntent(
            serial=entry.serial,
            address=address,
            operation=str(entry.body["operation"]),
            time=entry.time,
            message="no answer was recorded: the run ended before",
        )

    def _add_outcome(self, entry: Entry) -> None:
        address = _address(entry)
        intent = self._intents[_serial_of_intent(entry)]
        if entry.body["result"] == "unknown":
            self.open_intents[address] = OpenIntent(
                intent.serial, address, str(intent.body["operation"]), intent.time, str(entry.body["message"])
            )
            return
        self.open_intents.pop(address, None)
        if entry.body["result"] == "confirmed":
            self._add_confirmation(entry, address, intent)

    def _add_confirmation(self, entry: Entry, address: Address, intent: Entry) -> None:
        sent = intent.body.get("sent")
        if isinstance(sent, Mapping):
            self.sent[address] = {str(name): value_from_plain(value) for name, value in sent.items()}
        self._add_remote_id(entry)
        credential = entry.body.get("credential")
        if isinstance(credential, Mapping):
            self.credentials[address] = SealedCredential(
                address=address,
                time=entry.time,
                login_url=str(credential["login_url"]),
                username=str(credential["username"]),
                sealed=str(credential["sealed"]),
                recipients=tuple(credential["recipients"]),
            )

    def _add_remote_id(self, entry: Entry) -> None:
        remote_id = entry.body.get("remote_id")
        if isinstance(remote_id, str):
            self.remote_ids[_address(entry)] = remote_id


def _address(entry: Entry) -> Address:
    if entry.address is None:
        raise ValueError(f"entry {entry.serial} ({entry.type}) names no address")
    return entry.address


def _serial_of_intent(entry: Entry) -> int:
    serial = entry.body["intent"]
    if not isinstance(serial, int):
        raise TypeError(f"entry {entry.serial} names no intent")
    return serial
