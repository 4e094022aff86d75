"""What came of calls whose answer was lost: every independent signal, gathered cheaply for many.

Lists are read once for all calls. Single accounts are asked about only where the list does not show what is looked for:
the documented exception from reading by lists. A signal that cannot be had is a doubt, never an absence.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeVar

from agencyfile.fields.account_names import account_label
from agencyfile.portal.apis.account_templates import LIST as TEMPLATE_LIST
from agencyfile.portal.apis.wire import AccountRow, SnapshotRow, words_of
from agencyfile.portal.http.faults import Fault
from agencyfile.portal.lists.matching import FAILED, is_creating, snapshots_by_name
from agencyfile.portal.lists.pages import Listing
from agencyfile.portal.lists.shared import ACCOUNTS, SNAPSHOT_LIST, PortalLists, is_archived
from agencyfile.portal.reconciliation.account_queries import (
    CLONING,
    CLONING_LIST,
    HUB_LIST,
    NAME_CHECK,
    STATUS,
    Questions,
)
from agencyfile.portal.reconciliation.balances import SHOWN, VIEW, Balance, Growth
from plan.address import Address
from plan.errors import PortalError
from plan.ledger.history import OpenIntent
from plan.signals import Match, Signals
from plan.values import Content, Reference

T = TypeVar("T")

_CREATING: Final = "creating"
_CANCELLED: Final = ("cancelled", "canceled")
_EXISTING: Final = ("active", "disabled", _CREATING)  # with `cancelled` the words of account_status (portal.md 1.2)

INVISIBLE: Final = Signals(is_visible=False)


class Investigation:
    """One look at everything that the portal shows."""

    def __init__(self, lists: PortalLists, questions: Questions) -> None:
        self._lists = lists
        self._questions = questions
        self._hub_faults: dict[str, Fault] = {}

    def signals(self, intents: Collection[OpenIntent]) -> dict[Address, Signals]:
        """The signals of each intent.

        Raises:
            PortalError: the list that would show its object cannot be read.
        """
        return {intent.address: self._signals_of(intent) for intent in intents}

    def _signals_of(self, intent: OpenIntent) -> Signals:
        looks: Mapping[str, Callable[[OpenIntent], Signals]] = {
            "account_add": self._of_creation,
            "child_account_create": self._of_creation,
            "account_edit": self._of_edit,
            "account_cancel": self._of_cancellation,
            "snapshot_create": self._of_snapshot,
            "snapshot_delete": self._of_deletion,
            "message_template_add": self._of_template,
            SHOWN: self._of_grant,
        }
        look = looks.get(intent.operation)
        return look(intent) if look else INVISIBLE  # no call reads add-ons and compatibility credits (rule 71)

    def _of_creation(self, intent: OpenIntent) -> Signals:
        """A name is the identity (`portal.md` 1.5): whatever bears it now is what the call asked for."""
        notes, label = _Notes(), _label(intent)
        row = self._rows.get(label)
        if row is not None:
            notes.match(self._remote_id(intent, is_done=not is_creating(row)), _shown(row, intent))
            if is_creating(row):
                notes.busy.append(f"the portal is still creating `{label}`")
        elif not self._finds_by_status(notes, intent):
            self._note_name(notes, label)
            self._note_hub(notes, intent)
            self._note_steadiness(notes)
        return notes.signals()

    def _finds_by_status(self, notes: "_Notes", intent: OpenIntent) -> bool:
        """A word that is not known, and an end that no list shows, are no proof that the call made it."""
        label = _label(intent)
        with notes.doubting(STATUS):
            word = self._questions.status(label)
            if word in _EXISTING:
                told = f"{STATUS} says that `{label}` is {word}, though {ACCOUNTS} does not show it"
                notes.match(self._remote_id(intent, is_done=word != _CREATING), told)
                if word == _CREATING:
                    notes.busy.append(f"the portal is still creating `{label}`")
                return True
            if word is not None:
                notes.doubts.append(f"{STATUS} says `{word}` of `{label}`, and {ACCOUNTS} does not show it")
        return False

    def _note_name(self, notes: "_Notes", label: str) -> None:
        with notes.doubting(NAME_CHECK):
            verdict = self._questions.name_check(label)
            if not verdict.is_yes:
                notes.doubts.append(f"{NAME_CHECK} does not call `{label}` free: {verdict.words or 'no reason given'}")

    def _note_hub(self, notes: "_Notes", intent: OpenIntent) -> None:
        if not self._questions.has_hub:
            return
        label = _label(intent)
        with notes.doubting(HUB_LIST):
            ids = self._ask_hub(HUB_LIST, lambda: self._questions.hub_ids(label))
            new = [found for found in ids if found not in intent.baseline]
            notes.busy += [f"{HUB_LIST} shows `{label}` (id {found}), and {ACCOUNTS} not yet" for found in new]
        if intent.parameters.get("snapshot") is not None:
            self._note_cloning(notes, label)

    def _note_cloning(self, notes: "_Notes", label: str) -> None:
        with notes.doubting(CLONING_LIST):
            status = self._ask_hub(CLONING_LIST, lambda: self._clonings).get(label)
            if status == CLONING:
                notes.busy.append(f"{CLONING_LIST} shows that `{label}` is still being filled from its snapshot")
            elif status is not None:
                notes.doubts.append(
                    f"{CLONING_LIST} shows that filling `{label}` from its snapshot has ended: {status}"
                )

    def _ask_hub(self, question: str, ask: Callable[[], T]) -> T:
        """What the hub has failed to answer once is not asked again: it would hold up every other intent."""
        if question in self._hub_faults:
            raise self._hub_faults[question]
        try:
            return ask()
        except Fault as fault:
            self._hub_faults[question] = fault
            raise

    def _note_steadiness(self, notes: "_Notes") -> None:
        if not self._accounts.is_steady:
            notes.doubts.append(f"{ACCOUNTS} kept changing while it was read")

    def _of_edit(self, intent: OpenIntent) -> Signals:
        """Only a change of plan is billed, and the list shows the plan."""
        if "plan" not in intent.parameters:
            return INVISIBLE
        notes, label = _Notes(), _label(intent)
        row = self._rows.get(label)
        if row is None:
            notes.doubts.append(f"{ACCOUNTS} does not show `{label}`")
        elif row.planid == str(intent.parameters["plan"]):
            notes.match(None, f"{ACCOUNTS} shows `{label}` on plan {row.planid}")
        return notes.signals()

    def _of_cancellation(self, intent: OpenIntent) -> Signals:
        """A cancelled account is archived (`portal.md` rule 38); that lists go on showing it is INF."""
        notes, label = _Notes(), _label(intent)
        row = self._rows.get(label)
        end = is_archived(row) if row else None
        if end:
            notes.match(None, f"{ACCOUNTS} shows `{label}` as {end}")
            return notes.signals()
        with notes.doubting(STATUS):
            word = self._questions.status(label)
            if word in _CANCELLED:
                notes.match(None, f"{STATUS} says that `{label}` is cancelled")
            elif row is None:
                notes.doubts.append(f"{ACCOUNTS} does not show `{label}`")
        return notes.signals()

    def _of_snapshot(self, intent: OpenIntent) -> Signals:
        """Names are not unique (`portal.md` 1.8): each that is new under the name may be the one."""
        notes = _Notes()
        for row in self._snapshots.get(str(intent.parameters.get("name", "")).strip(), ()):
            if row.id not in intent.baseline and row.status not in FAILED and _is_of_source(row, intent):
                notes.match(row.id, f"{SNAPSHOT_LIST} shows id {row.id}, {row.status}")
        if not notes.matches and not self._snapshot_listing.is_steady:
            notes.doubts.append(f"{SNAPSHOT_LIST} kept changing while it was read")
        return notes.signals()

    def _of_deletion(self, intent: OpenIntent) -> Signals:
        """A deleted snapshot is in no list any more (`portal.md` rule 15); a list that moves tells nothing."""
        notes, number = _Notes(), str(intent.parameters.get("snapshot_id", ""))
        if any(row.id == number for row in self._snapshot_listing.rows):
            return notes.signals()
        if self._snapshot_listing.is_steady:
            notes.match(None, f"{SNAPSHOT_LIST} shows no id {number}")
        else:
            notes.doubts.append(f"{SNAPSHOT_LIST} kept changing while it was read")
        return notes.signals()

    def _of_template(self, intent: OpenIntent) -> Signals:
        """A template of that name with that content is it; one with another content may have been there before.

        The login that a template was added by is gone with the run; nothing else opens an account without a key.
        """
        notes, words = _Notes(), intent.parameters
        if "api" not in words:
            return INVISIBLE
        name, html = str(words.get("name", "")), str(words.get("html", ""))
        with notes.doubting(TEMPLATE_LIST):
            named = [row for row in self._questions.templates(_label(intent), str(words["api"])) if row.name == name]
            for row in named:
                if str(Content(row.content)) == html:
                    notes.match(None, f"{TEMPLATE_LIST} shows `{name}` (id {row.id}) with this content")
            if named and not notes.matches:
                notes.doubts.append(f"{TEMPLATE_LIST} shows `{name}` with another content: look which one it is")
        return notes.signals()

    def _of_grant(self, intent: OpenIntent) -> Signals:
        """Two looks at the balance and at the emails sent: what came in between is the grant, or it is not.

        Without a look before the call the balance of now proves nothing: the account sends emails all the time.
        """
        before, asked = Balance.parse(intent.baseline), str(intent.parameters.get("credits"))
        if before is None or not asked.isdecimal() or int(asked) == 0:
            return INVISIBLE
        notes, label = _Notes(), _label(intent)
        with notes.doubting(VIEW):
            left, row = self._questions.credits(label), self._rows.get(label)
            if left is None or row is None:
                notes.doubts.append(f"{VIEW if left is None else ACCOUNTS} does not show the credits of `{label}` now")
            else:
                notes.weigh(Growth(before, Balance(left, row.emails_sent), int(asked)))
        return notes.signals()

    def _remote_id(self, intent: OpenIntent, *, is_done: bool) -> str | None:
        """As a confirmed call tells it; the number of a sandbox only once the hub lists it as a source."""
        label = _label(intent)
        if intent.address.kind != "sandbox":
            return label
        return self._source_ids.get(label) if is_done else None

    @cached_property
    def _accounts(self) -> Listing[AccountRow]:
        return self._lists.accounts()

    @cached_property
    def _rows(self) -> Mapping[str, AccountRow]:
        return {account_label(row.account): row for row in self._accounts.rows}

    @cached_property
    def _snapshot_listing(self) -> Listing[SnapshotRow]:
        return self._lists.snapshots()

    @cached_property
    def _snapshots(self) -> Mapping[str, list[SnapshotRow]]:
        return snapshots_by_name(self._snapshot_listing.rows)

    @cached_property
    def _source_ids(self) -> Mapping[str, str]:
        """Empty where the hub does not tell: the number is found when something needs it."""
        try:
            return self._lists.sources() if self._questions.has_hub else {}
        except PortalError:
            return {}

    @cached_property
    def _clonings(self) -> Mapping[str, str]:
        return self._questions.clonings()


@dataclass(slots=True)
class _Notes:
    """The signals of one intent, while they are gathered."""

    matches: list[Match] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    absence: list[str] = field(default_factory=list)

    def weigh(self, growth: Growth) -> None:
        """A grant by the balance; one that was carried out more than once has happened too, and must be told apart."""
        match growth.times:
            case None:
                self.doubts.append(str(growth))
            case 0:
                self.absence.append(str(growth))
            case 1:
                self.match(None, str(growth))
            case times:
                self.match(None, f"{growth}: the call was carried out {times} times, or somebody granted more by hand")

    def match(self, remote_id: str | None, evidence: str) -> None:
        self.matches.append(Match(remote_id, evidence))

    @contextmanager
    def doubting(self, question: str) -> Iterator[None]:
        """What cannot be asked is a doubt."""
        try:
            yield
        except Fault as fault:
            self.doubts.append(f"{question} has no clean answer: {fault}")

    def signals(self) -> Signals:
        matches = tuple(Match(match.remote_id, words_of(match.evidence)) for match in self.matches)
        busy, doubts, absence = (tuple(map(words_of, told)) for told in (self.busy, self.doubts, self.absence))
        return Signals(matches, busy, doubts, absence)


def _label(intent: OpenIntent) -> str:
    return account_label(str(intent.parameters.get("account", "")))


def _shown(row: AccountRow, intent: OpenIntent) -> str:
    """Where it was seen, and whether it is on another plan than was asked for."""
    state = is_archived(row) or row.reseller_status.lower() or "active"
    wanted = str(intent.parameters.get("plan", row.planid))
    plan = f"plan {row.planid}" + (f", not {wanted} as asked for" if wanted != row.planid else "")
    return f"{ACCOUNTS} shows `{_label(intent)}`: {state}, {plan}"


def _is_of_source(row: SnapshotRow, intent: OpenIntent) -> bool:
    """Is it of the sandbox that was asked for? Yes, too, where either side does not tell."""
    source = intent.parameters.get("account_id")
    if source is None or isinstance(source, Reference) or not row.source_account_id:
        return True
    return row.source_account_id == str(source)
