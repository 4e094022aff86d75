"""Signals of calls to accounts whose answer was lost.

A single account is asked about only if the list does not show it. This is the documented exception from reading by
lists.
"""

from datetime import datetime, timedelta
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.live import is_creating
from agencyfile.kinds.account.reactivation import REACTIVATES
from agencyfile.kinds.notes import Notes
from agencyfile.kinds.operation import UNSEEN
from agencyfile.kinds.questions import ACCOUNTS, CLONING, CLONINGS, HUB_ACCOUNTS, NAME_CHECK, STATUS, Questions
from agencyfile.kinds.rows import AccountRow, ChildAccountRow, is_archived
from agencyfile.kinds.snapshot_sources import Known, everyone, resolve
from plan.ledger.facts import OpenIntent
from plan.signals import Signals

_CLOCKS: Final = timedelta(hours=1)  # by which the portal's clock may be behind ours
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
    """Look for the new plan in the list, or for an account that is no longer cancelled. Nothing else is billed."""
    if "plan" not in intent.parameters:
        return UNSEEN
    notes, label = Notes(), _label(intent)
    row = questions.account(label)
    if row is None:
        notes.doubts.append(f"{ACCOUNTS} does not show `{label}`")
    elif intent.parameters.get(REACTIVATES):
        if not is_archived(row):
            notes.match(None, f"{ACCOUNTS} shows `{label}` as {row.reseller_status.lower() or 'active'} again")
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
    with notes.doubting(HUB_ACCOUNTS):
        for name in _hub_names(intent, questions):
            rows = (row for row in questions.hub_accounts(name) if row.id not in intent.baseline)
            new = [row for row in rows if _may_be_new(row, name, intent)]
            notes.busy += [f"{HUB_ACCOUNTS} shows `{name}` (id {row.id}), and {ACCOUNTS} not yet" for row in new]
    if intent.parameters.get("snapshot") is not None:
        _note_cloning(notes, intent, questions)


def _note_cloning(notes: Notes, intent: OpenIntent, questions: Questions) -> None:
    label = _label(intent)
    with notes.doubting(CLONINGS):
        jobs = (questions.clonings.get(account_label(name)) for name in _hub_names(intent, questions))
        status = next(filter(None, jobs), None)
        if status == CLONING:
            notes.busy.append(f"{CLONINGS} shows that `{label}` is still being filled from its snapshot")
        elif status is not None:
            notes.doubts.append(f"{CLONINGS} shows that filling `{label}` from its snapshot has ended: {status}")


def _remote_id(intent: OpenIntent, questions: Questions, *, is_done: bool) -> str | None:
    """Return the id as a confirmed call would. A sandbox has one only once the hub lists it as a source."""
    label = _label(intent)
    if intent.address.kind != "sandbox":
        return label
    if not is_done or not questions.sources:
        return None
    known = everyone(questions.accounts.rows, ())
    known.setdefault(label, Known({label})).add(*map(intent.parameters.get, ("name", "email", "notification")))
    return resolve([row for row in questions.sources if row.id not in intent.baseline], known).ids.get(label)


def _hub_names(intent: OpenIntent, questions: Questions) -> tuple[str, ...]:
    """Return the names by which the hub may list the account: its login name, or its client's name (section 8, R2).

    The latter only as long as the hub has not shown login names, and where no other account has it as its login name.
    """
    label, client = _label(intent), str(intent.parameters.get("name") or "").strip()
    is_possible = client and account_label(client) != label and not questions.account(account_label(client))
    return (label, client) if is_possible and not questions.hub_shows_labels else (label,)


def _may_be_new(row: ChildAccountRow, name: str, intent: OpenIntent) -> bool:
    """Return whether the row may be the account: it has the login name, or its client's and is not from before."""
    if account_label(row.account_name) != account_label(name):
        return False
    if account_label(name) == _label(intent) or row.created_at is None:
        return True
    return row.created_at >= datetime.fromisoformat(intent.time) - _CLOCKS


def _label(intent: OpenIntent) -> str:
    return account_label(str(intent.parameters.get("account", "")))


def _shown(row: AccountRow, intent: OpenIntent) -> str:
    """Return the state of the account in the list, and its plan if it is not the one that was asked for."""
    state = is_archived(row) or row.reseller_status.lower() or "active"
    wanted = str(intent.parameters.get("plan", row.planid))
    plan = f"plan {row.planid}" + (f", not {wanted} as asked for" if wanted != row.planid else "")
    return f"{ACCOUNTS} shows `{_label(intent)}`: {state}, {plan}"
