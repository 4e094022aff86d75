"""Signals of calls to accounts whose answer was lost.

A single account is asked about only if the list does not show it. This is the documented exception from reading by
lists.
"""

from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.live import is_creating
from agencyfile.kinds.notes import Notes
from agencyfile.kinds.operation import UNSEEN
from agencyfile.kinds.questions import ACCOUNTS, CLONING, CLONINGS, HUB_ACCOUNTS, NAME_CHECK, STATUS, Questions
from agencyfile.kinds.rows import AccountRow, is_archived
from plan.ledger.facts import OpenIntent
from plan.signals import Signals

_CREATING: Final = "creating"
_CANCELLED: Final = ("cancelled", "canceled")
_EXISTING: Final = ("active", "disabled", _CREATING)  # account_status also has `cancelled` (docs/portal.md 1.2)


def see_creation(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for the account by name. The name is its identity (`docs/portal.md` 1.5), so any match is the one."""
    notes, label = Notes(), _label(intent)
    row = questions.account(label)
    if row is not None:
        notes.match(_remote_id(intent, questions, is_done=not is_creating(row)), _shown(row, intent))
        if is_creating(row):
            notes.busy.append(f"the portal is still creating `{label}`")
    elif not _finds_by_status(notes, intent, questions):
        _note_name(notes, label, questions)
        _note_hub(notes, intent, questions)
        notes.doubt_moving(ACCOUNTS, is_steady=questions.accounts.is_steady)
    return notes.signals()


def see_edit(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for the new plan in the list. Only a change of plan is billed."""
    if "plan" not in intent.parameters:
        return UNSEEN
    notes, label = Notes(), _label(intent)
    row = questions.account(label)
    if row is None:
        notes.doubts.append(f"{ACCOUNTS} does not show `{label}`")
    elif row.planid == str(intent.parameters["plan"]):
        notes.match(None, f"{ACCOUNTS} shows `{label}` on plan {row.planid}")
    return notes.signals()


def see_cancellation(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for an archived account (`docs/portal.md` rule 38). That lists still show it is inferred (INF)."""
    notes, label = Notes(), _label(intent)
    row = questions.account(label)
    end = is_archived(row) if row else None
    if end:
        notes.match(None, f"{ACCOUNTS} shows `{label}` as {end}")
        return notes.signals()
    with notes.doubting(STATUS):
        state = questions.status(label)
        if state in _CANCELLED:
            notes.match(None, f"{STATUS} says that `{label}` is cancelled")
        elif row is None:
            notes.doubts.append(f"{ACCOUNTS} does not show `{label}`")
    return notes.signals()


def _finds_by_status(notes: Notes, intent: OpenIntent, questions: Questions) -> bool:
    """Return whether `account_status` shows an existing account. Any other state is no proof of a creation."""
    label = _label(intent)
    with notes.doubting(STATUS):
        state = questions.status(label)
        if state in _EXISTING:
            told = f"{STATUS} says that `{label}` is {state}, though {ACCOUNTS} does not show it"
            notes.match(_remote_id(intent, questions, is_done=state != _CREATING), told)
            if state == _CREATING:
                notes.busy.append(f"the portal is still creating `{label}`")
            return True
        if state is not None:
            notes.doubts.append(f"{STATUS} says `{state}` of `{label}`, and {ACCOUNTS} does not show it")
    return False


def _note_name(notes: Notes, label: str, questions: Questions) -> None:
    with notes.doubting(NAME_CHECK):
        verdict = questions.name_check(label)
        if not verdict.is_free:
            notes.doubts.append(f"{NAME_CHECK} does not call `{label}` free: {verdict.words or 'no reason given'}")


def _note_hub(notes: Notes, intent: OpenIntent, questions: Questions) -> None:
    if not questions.has_hub:
        return
    label = _label(intent)
    with notes.doubting(HUB_ACCOUNTS):
        new = [found for found in questions.hub_ids(label) if found not in intent.baseline]
        notes.busy += [f"{HUB_ACCOUNTS} shows `{label}` (id {found}), and {ACCOUNTS} not yet" for found in new]
    if intent.parameters.get("snapshot") is not None:
        _note_cloning(notes, label, questions)


def _note_cloning(notes: Notes, label: str, questions: Questions) -> None:
    with notes.doubting(CLONINGS):
        status = questions.clonings.get(label)
        if status == CLONING:
            notes.busy.append(f"{CLONINGS} shows that `{label}` is still being filled from its snapshot")
        elif status is not None:
            notes.doubts.append(f"{CLONINGS} shows that filling `{label}` from its snapshot has ended: {status}")


def _remote_id(intent: OpenIntent, questions: Questions, *, is_done: bool) -> str | None:
    """Return the id as a confirmed call would. A sandbox has one only once the hub lists it as a source."""
    label = _label(intent)
    if intent.address.kind != "sandbox":
        return label
    return questions.source_ids.get(label) if is_done else None


def _label(intent: OpenIntent) -> str:
    return account_label(str(intent.parameters.get("account", "")))


def _shown(row: AccountRow, intent: OpenIntent) -> str:
    """Return the state of the account in the list, and its plan if it is not the one that was asked for."""
    state = is_archived(row) or row.reseller_status.lower() or "active"
    wanted = str(intent.parameters.get("plan", row.planid))
    plan = f"plan {row.planid}" + (f", not {wanted} as asked for" if wanted != row.planid else "")
    return f"{ACCOUNTS} shows `{_label(intent)}`: {state}, {plan}"
