"""The differences between a plan and what a case expects of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.cli.expectations.reading import Case
from agencyfile.cli.expectations.stage import Planned
from agencyfile.cli.expectations.words import NOTHING
from plan.address import Origin
from plan.diagnostic import Diagnostic, Severity
from plan.document import encode
from plan.records.document import ChangeRecord, PlanDocument
from plan.values import canonical

_SETTINGS: Final = "agency"
_MONEY: Final = ("now", "per_month", "per_month_before", "per_month_after")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected; None stands for nothing expected, or nothing found."""

    what: str
    expected: str | None
    found: str | None
    origin: Origin
    note: str = ""


def differences(case: Case, planned: Planned) -> list[Difference]:
    """Return what differs, in the order in which a person would ask: mistakes, refusals, changes, money, the rest."""
    document = encode(planned.plan) if planned.plan else None
    found = [*_told(case, planned, document)]
    if document is None:
        found += _without_plan(case, planned)
    else:
        found += [*_changes(case, document), *_money(case, document), *_calls(case, document)]
    return found


def _told(case: Case, planned: Planned, document: PlanDocument | None) -> Iterator[Difference]:
    """Compare the lists of ids. Errors and refusals are compared always, the others where the case names them."""
    notes = {found.rule: _place(found) for found in planned.diagnostics}
    notes |= {refusal.rule: refusal.message for refusal in planned.refusals}
    lists: dict[str, Iterable[str]] = {
        "errors": _rules(planned.diagnostics, Severity.ERROR),
        "refusals": [refusal.rule for refusal in planned.refusals],
        "warnings": _rules(planned.diagnostics, Severity.WARNING),
        "approval": planned.approval,
    }
    if document:
        lists["manual_steps"] = [step["id"] for step in document["manual_steps"]]
        lists["unmanaged"] = document["unmanaged"]
    for what, ids in lists.items():
        if what in case.expect or what in ("errors", "refusals"):
            yield from _list(case, what, case.expect.get(what, ()), ids, notes)


def _rules(diagnostics: Iterable[Diagnostic], severity: Severity) -> list[str]:
    return list(dict.fromkeys(found.rule for found in diagnostics if found.severity is severity))


def _place(found: Diagnostic) -> str:
    return f"{found.origin}: {found.detail}" if found.origin else found.detail


def _list(
    case: Case, what: str, expected: Sequence[str], found: Iterable[str], notes: Mapping[str, str]
) -> Iterator[Difference]:
    there = list(found)
    left = Counter(there)
    for number, one in enumerate(expected):
        if left[one]:
            left[one] -= 1
        else:
            yield Difference(what, one, None, case.place.value_origin(("expect", what, number)))
    for one in there:
        if left[one]:
            left[one] -= 1
            yield Difference(what, None, one, case.at(what), notes.get(one, ""))


def _without_plan(case: Case, planned: Planned) -> Iterator[Difference]:
    """Return the expectations of a plan, where there is none to compare them with."""
    why = "the file has errors" if planned.diagnostics else "nothing is planned"
    for what in ("changes", "money", "calls", "manual_steps", "unmanaged"):
        if case.expect.get(what):
            yield Difference(what, "a plan", None, case.at(what), why)


def _changes(case: Case, document: PlanDocument) -> Iterator[Difference]:
    if "changes" not in case.expect:
        return
    expected: Mapping[str, Any] = case.expect["changes"]
    there = {change["address"]: change for change in document["resource_changes"]}
    for address, wanted in expected.items():
        words: Mapping[str, Any] = {"action": wanted} if isinstance(wanted, str) else wanted
        if address not in there:
            yield Difference(f"changes {address}", words["action"], None, case.at("changes", address))
        else:
            yield from _change(case, address, words, there[address])
    for address, change in there.items():
        if address not in expected and not _is_first_record(change):
            origin = change["origin"]
            note = f"declared at {origin['file']}:{origin['line']}:{origin['column']}"
            yield Difference(f"changes {address}", None, _action(change), case.at("changes"), note)


def _is_first_record(change: ChangeRecord) -> bool:
    """Is it the entry by which a new ledger comes to know the settings?"""
    return change["kind"] == _SETTINGS and _action(change) == "create"


def _action(change: ChangeRecord) -> str:
    return change["change"]["actions"][0]


def _change(case: Case, address: str, words: Mapping[str, Any], change: ChangeRecord) -> Iterator[Difference]:
    what, at = f"changes {address}", ("changes", address)
    if words["action"] != _action(change):
        yield Difference(what, words["action"], _action(change), case.at(*at), change["reason"])
        return
    if "edits" in words:
        edits = {edit["attribute"]: edit["after"] for edit in change["edits"]}
        yield from _values(case, what, (*at, "edits"), words["edits"], edits)
        for edit in change["edits"]:
            if edit["attribute"] not in words["edits"] and edit["origin"]:  # the portal adds ids and prices of its own
                yield Difference(f"{what} {edit['attribute']}", None, _text(edit["after"]), case.at(*at, "edits"))
    if "values" in words:
        yield from _values(case, what, (*at, "values"), words["values"], change["change"]["after"] or {})


def _values(
    case: Case, what: str, at: tuple[str, ...], expected: Mapping[str, Any], found: Mapping[str, object]
) -> Iterator[Difference]:
    for attribute, value in expected.items():
        there = _text(found[attribute]) if attribute in found else None
        if _text(value) != there:
            yield Difference(f"{what} {attribute}", _text(value), there, case.at(*at, attribute))


def _text(value: object) -> str:
    """Return a value in words that are the same exactly if the value is."""
    return value if isinstance(value, str) else canonical(value)


def _money(case: Case, document: PlanDocument) -> Iterator[Difference]:
    expected: Mapping[str, Any] = case.expect.get("money", {})
    money = document["money"]
    recurring = money["recurring"]
    sums = {
        "now": money["now"]["amounts"],
        "per_month": recurring["difference"]["per_month"],
        "per_month_before": recurring["before"]["per_month"],
        "per_month_after": recurring["after"]["per_month"],
    }
    for what in _MONEY:
        if what in expected:
            wanted = expected[what]
            left, right = _sums([wanted] if isinstance(wanted, str) else wanted), _sums(sums[what])
            if left != right:
                yield Difference(f"money {what}", left, right, case.at("money", what), _costs(what, document))


def _sums(amounts: Iterable[str]) -> str:
    """Return amounts in words; one of zero is nothing."""
    told = sorted(amount for amount in amounts if amount != NOTHING and not amount.startswith("0.00 "))
    return ", ".join(told) or NOTHING


def _costs(what: str, document: PlanDocument) -> str:
    """Return which rows a sum is made of, where it is one of the plan's own."""
    if what == "now":
        parts = {row["address"]: row["now"]["amounts"] for row in document["rows"]}
    elif what == "per_month":
        parts = {row["address"]: row["recurring"]["difference"]["per_month"] for row in document["rows"]}
    else:
        return ""
    return ", ".join(f"{address} {_sums(amounts)}" for address, amounts in parts.items() if _sums(amounts) != NOTHING)


def _calls(case: Case, document: PlanDocument) -> Iterator[Difference]:
    made = document["summary"]["writes"]
    if "calls" in case.expect and case.expect["calls"] != made:
        yield Difference("calls", str(case.expect["calls"]), str(made), case.at("calls"))
