"""The operations of snapshots (`docs/portal.md` 1.8). There is none that edits one."""

import re
from typing import Final

from agencyfile.kinds.account.operations import HUB_NO, HUB_ORDER_NO
from agencyfile.kinds.explanation import Explanation, clock, word
from agencyfile.kinds.faults import NotSent
from agencyfile.kinds.notes import Notes
from agencyfile.kinds.operation import Api, Message, Operation, Seen, parameter
from agencyfile.kinds.questions import SNAPSHOTS, Questions
from agencyfile.kinds.rows import SnapshotRow
from agencyfile.kinds.snapshot.live import FAILED
from plan.call import Call, Effect, OperationClass
from plan.ledger.facts import OpenIntent
from plan.signals import Signals
from plan.values import Attributes, Reference

PATH: Final = "api/child-account-snapshots/v1/"

_NUMBER: Final = re.compile("[1-9][0-9]{0,18}")  # docs/portal.md 1.8
_ANSWER: Final = ("id", "source_account_id", "status", "creation_status", "name", "created_at", "completed_at")


def _taking(call: Call, _: Questions) -> Message:
    account_id = parameter(call, "account_id")
    if not account_id.isdecimal():
        raise NotSent(f"the sandbox of {call.address} has no numeric id yet", fix="plan and apply again")
    return Message({"account_id": int(account_id), "name": parameter(call, "name")}, PATH)


def _deleting(call: Call, _: Questions) -> Message:
    """Build the deletion by number, because names are not unique (`docs/portal.md` 1.8)."""
    snapshot_id = parameter(call, "snapshot_id")
    if not _NUMBER.fullmatch(snapshot_id):
        raise NotSent(f"{call.address} has no number that can be deleted", fix="plan again")
    return Message(path=f"{PATH}{snapshot_id}")


def _see_new(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for new snapshots of the name. Names are not unique (`docs/portal.md` 1.8), so several may match."""
    notes, listing, name = Notes(), questions.snapshots, str(intent.parameters.get("name", "")).strip()
    for row in sorted((row for row in listing.rows if row.name == name), key=lambda row: row.name):
        if row.id not in intent.baseline and row.status not in FAILED and _is_of_source(row, intent):
            notes.match(row.id, f"{SNAPSHOTS} shows id {row.id}, {row.status}")
    if not notes.matches:
        notes.doubt_moving(SNAPSHOTS, is_steady=listing.is_steady)
    return notes.signals()


def _see_gone(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for the snapshot. A deleted one is in no list (`docs/portal.md` rule 15); a moving list proves nothing."""
    notes, listing, number = Notes(), questions.snapshots, str(intent.parameters.get("snapshot_id", ""))
    if any(row.id == number for row in listing.rows):
        return notes.signals()
    if listing.is_steady:
        notes.match(None, f"{SNAPSHOTS} shows no id {number}")
    notes.doubt_moving(SNAPSHOTS, is_steady=listing.is_steady)
    return notes.signals()


def _is_of_source(row: SnapshotRow, intent: OpenIntent) -> bool:
    """Return whether it is of the sandbox that was asked for. If either side is not known, assume so."""
    source = intent.parameters.get("account_id")
    if source is None or isinstance(source, Reference) or not row.source_account_id:
        return True
    return row.source_account_id == str(source)


def _explain_new(intent: OpenIntent, _: Attributes) -> Explanation:
    name = word(intent, "name")
    others = f"; ids that were there before: {', '.join(intent.baseline)}" if intent.baseline else ""
    return Explanation(
        f"the snapshot `{name}` was taken",
        f'partner portal, account snapshots: search for "{name}"',
        f"a snapshot of that name, taken at about {clock(intent)}{others}",
    )


def _explain_gone(intent: OpenIntent, _: Attributes) -> Explanation:
    name, number = word(intent, "name"), word(intent, "snapshot_id")
    return Explanation(
        f"the snapshot `{name}` (id {number}) was deleted",
        f'partner portal, account snapshots: search for "{name}"',
        f"no snapshot with the id {number}",
    )


CREATE: Final = Operation(
    name="snapshot_create",
    api=Api.HUB,
    method="POST",
    operation_class=OperationClass.CREATE,
    again="a second snapshot",
    seen=Seen(("snapshots of that name and source that were not there before",), _see_new),
    build=_taking,
    done=201,
    refused=HUB_ORDER_NO,
    repeats=(("name", "name"), ("source_account_id", "account_id")),
    documented=_ANSWER,
    explain=_explain_new,
)
DELETE: Final = Operation(
    name="snapshot_delete",
    api=Api.HUB,
    method="DELETE",
    operation_class=OperationClass.DESTROY,
    effect=Effect.PERMANENT,
    again="nothing more to delete",
    seen=Seen(("its number, which the list of snapshots shows no more",), _see_gone),
    build=_deleting,
    refused=HUB_NO,
    repeats=(("id", "snapshot_id"),),
    documented=_ANSWER,
    explain=_explain_gone,
)

OPERATIONS: Final = (CREATE, DELETE)
