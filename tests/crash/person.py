"""The person who is asked: looks at the portal, and says what every call came to that is still open."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from plan import Address
from plan.ledger import OpenIntent

if TYPE_CHECKING:
    from crash.stage import Stage


def act_as_person(stage: "Stage") -> None:
    """Settle what is open by what the portal really holds; say what was granted before, where nobody knows."""
    for intent in stage.open_intents().values():
        ran = stage.run("ledger", "resolve", str(intent.address), *_look(stage, intent), "--by", "ops")
        assert ran.code == 0, ran
    for address in _of_unknown_past(stage):
        ran = stage.run("ledger", "baseline", f"{address}={granted(stage, *_credit(address))}")
        assert ran.code == 0, ran


def granted(stage: "Stage", account: str, pool: str) -> int:
    """What the portal's book says was granted."""
    return sum(row["credits"] for row in stage.grants() if (row["account"], row["pool"]) == (account, pool))


def _look(stage: "Stage", intent: OpenIntent) -> tuple[str, ...]:
    name = str(intent.parameters.get("account", ""))
    match intent.operation:
        case "account_add" | "child_account_create":
            row = stage.account(name)
            return _said(_remote_id(intent, row) if row else None)
        case "account_edit":
            return _settled(is_so=_was_edited(stage.account(name), intent))
        case "account_cancel":
            return _settled(is_so=stage.account(name)["status"] == "cancelled")
        case "snapshot_create":
            rows = [row for row in stage.book("snapshots") if row["name"] == intent.parameters["name"]]
            return _said(next((str(row["id"]) for row in rows if str(row["id"]) not in intent.baseline), None))
        case "account_credits_apply" | "account_emailtest_credits_apply":
            said = _settled(is_so=_was_granted(stage, intent))
            return (*said, f"--again={intent.parameters['credits']}") if said == ("--absent",) else said
        case _:
            return _settled(is_so=_HAPPENED[intent.operation](stage, intent))


def _said(remote_id: str | None) -> tuple[str, ...]:
    return ("--absent",) if remote_id is None else (f"--adopted={remote_id}",)


def _settled(*, is_so: bool) -> tuple[str, ...]:
    return _said("" if is_so else None)


def _has_template(stage: "Stage", intent: OpenIntent) -> bool:
    wanted = (intent.parameters["account"], intent.parameters["name"])
    return any((row["account"], row["name"]) == wanted for row in stage.book("templates"))


def _has_seats(stage: "Stage", intent: OpenIntent) -> bool:
    wanted = [intent.parameters[word] for word in ("account", "status", "seats")]
    return any([row["account"], row["conversations"], row["seats"]] == wanted for row in stage.book("addons"))


def _is_deleted(stage: "Stage", intent: OpenIntent) -> bool:
    return str(intent.parameters["snapshot_id"]) not in [str(row["id"]) for row in stage.book("snapshots")]


def _was_granted(stage: "Stage", intent: OpenIntent) -> bool:
    """Does the portal hold more than the ledger knows of?"""
    account, pool = _credit(intent.address)
    known = (stage.opened().history.sent(intent.address) or {}).get("total", 0)
    known_total = known if isinstance(known, int) else 0
    return granted(stage, account, pool) > known_total - stage.granted_before.get((account, pool), 0)


def _was_edited(row: Mapping[str, Any], intent: OpenIntent) -> bool:
    is_on_plan = str(row["planid"]) == str(intent.parameters["plan"])
    return is_on_plan and (row["status"] == "active" or not intent.parameters.get("reactivates"))


def _of_unknown_past(stage: "Stage") -> Iterator[Address]:
    ran = stage.run("plan")
    for word in f"{ran.out} {ran.err}".split():
        name, equals, _ = word.partition("=TOTAL")
        if equals and name.startswith("credit."):
            yield Address.parse(name)


def _credit(address: Address) -> tuple[str, str]:
    account, _, pool = address.name.partition(".")
    return account, pool


def _remote_id(intent: OpenIntent, row: Mapping[str, Any]) -> str:
    return str(row["id"] if intent.address.kind == "sandbox" else row["account"])


_HAPPENED: Mapping[str, Callable[["Stage", OpenIntent], bool]] = {
    "snapshot_delete": _is_deleted,
    "message_template_add": _has_template,
    "account_conversations": _has_seats,
}
