"""The changes by client: one row for each, the gravest first, and what becomes of an object that ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Final

from agencyfile.cli.render import money, wording
from agencyfile.cli.render.excerpt import cut_after, fits
from agencyfile.cli.render.markdown.text import NAME, code, details, prose, table
from agencyfile.cli.render.numbers import count
from agencyfile.kinds.nouns import noun
from plan.records.document import ChangeRecord, EditRecord, PlanDocument
from plan.records.money import GroupRecord, RowRecord, UnmanagedBilledRecord

_HEAD: Final = ("", "Client or object", "Now", "Per month", "What", "With it", "From")
_MOST_ENDINGS: Final = 20
_MOST_LEFT: Final = 30
_ALWAYS: Final = 2  # columns that are there whatever they say
_MOST_EDITS: Final = 2  # that a row shows with their values
_NAMES: Final = 60  # characters of the names of one client


class _Index:
    """The changes and the titles of manual steps by what rows call them."""

    def __init__(self, document: PlanDocument) -> None:
        self.changes: Mapping[str, ChangeRecord] = {item["address"]: item for item in document["resource_changes"]}
        self.steps = {step["id"]: step for step in document["manual_steps"]}
        self.rows = {row["address"]: row for row in document["rows"]}
        self.remote_ids = document["remote_ids"]


def rows(document: PlanDocument) -> str:
    """One row per client or other object, and one for many that change alike; changes of settings stand above."""
    index = _Index(document)
    found = [row for row in document["rows"] if row["rank"] != "setting" and (row["changes"] or row["new_steps"])]
    groups = {address: group for group in document["review"]["groups"] for address in group["rows"]}
    lines = []
    for row in found:
        group = groups.get(row["address"])
        if group is None:
            lines.append(_row(row, index))
        elif group["rows"][0] == row["address"]:
            lines.append(_group_row(row, group, index))
    names = [_members(group, index) for group in document["review"]["groups"]]
    return "\n\n".join([_table(lines), *names]) if found else ""


def _table(lines: Sequence[Sequence[str]]) -> str:
    """Return a table without the columns in which no line says anything: a phone shows four, the money among them."""
    said = [bool(any(column)) or place < _ALWAYS for place, column in enumerate(zip(*lines, strict=True))]
    return table(tuple(compress(_HEAD, said)), [tuple(compress(line, said)) for line in lines])


def grave(document: PlanDocument, most: int) -> str:
    """The rows that no later change makes good, but for charges: up to `most` of them."""
    index = _Index(document)
    found = [row for row in document["rows"] if row["rank"] in ("ending", "permanent")]
    if not found:
        return ""
    shown, rest = cut_after(found, most)
    rows = _table([_row(row, index, _NAMES) for row in shown])
    return "\n\n".join(filter(None, ["Cannot be undone, besides charges:", rows, rest.words]))


def endings(document: PlanDocument) -> str:
    """List each object that ends: why, the fate of its data, and until when it is paid."""
    index = _Index(document)
    found = [row for row in document["rows"] if row["rank"] == "ending"]
    if not found:
        return ""
    shown, rest = cut_after(found, _MOST_ENDINGS)
    lines = [f"- {line}" for row in shown for line in _ending(row, index)]
    return "\n".join(["What ends:", "", *lines, *([f"- {rest.words}"] if rest.items else [])])


def unmanaged(document: PlanDocument) -> str:
    """Live objects that no block names and that are billed; those whose block has left the file are not folded."""
    background = document["background"]
    found = background["unmanaged"] if background else []
    if not found:
        return ""
    asked = frozenset(document["request"]["left"]) if document["request"] else frozenset()
    left = [item for item in found if item["left"] or item["address"] in asked]
    others = [item for item in found if not (item["left"] or item["address"] in asked)]
    parts = [_left(left)] if left else []
    if others:
        cost = money.per_month(document["money"]["unmanaged"])
        words = count(document["money"]["unmanaged_objects"], "account")
        summary = f"No block names {words}, billed all the same: {cost} a month"
        parts.append(details(summary, _bill(others)))
    return "\n\n".join(parts)


def _left(found: Sequence[UnmanagedBilledRecord]) -> str:
    head = "⚠️ **Their blocks have left the file, and the portal bills them all the same.**"
    return f"{head} To end one, write it down under `removed:`.\n\n{_bill(found)}"


def _bill(found: Sequence[UnmanagedBilledRecord]) -> str:
    shown, rest = cut_after(found, _MOST_LEFT)
    lines = [
        [_names(item["client"], item["address"]), code(item["subscription"]["plan"]), _cost(item)] for item in shown
    ]
    return "\n\n".join(filter(None, [table(("Account", "Plan", "Per month"), lines), rest.words]))


def _cost(item: UnmanagedBilledRecord) -> str:
    told = item["recurring"]
    return "not told" if told["untold"] else money.per_month(told)


def _row(row: RowRecord, index: _Index, most: int = NAME) -> list[str]:
    own = _own(row, index)
    return [
        _sign(row, own),
        _names(row["client"], row["address"], most),
        money.now(row["now"]),
        _movement(row),
        " · ".join(_what(row, own, most, index)),
        _with(row),
        _places(row, index, own),
    ]


def _group_row(first: RowRecord, group: GroupRecord, index: _Index) -> list[str]:
    """Render rows that say the same as one: the sums, and what each of them comes to."""
    own = _own(first, index)
    return [
        _sign(first, own),
        f"**{_members_noun(group, index)}**",
        _each(money.now(group["now"]), money.now(first["now"])),
        _each(_movement(group), money.row_difference(first)),
        " · ".join(_what(first, own, NAME, index)),
        _with(first),
        "",
    ]


def _each(whole: str, one: str) -> str:
    return f"{whole} ({one} each)" if whole and one else whole


def _members(group: GroupRecord, index: _Index) -> str:
    """Name the rows of a group, folded."""
    first = index.rows[group["rows"][0]]
    what = " · ".join(_what(first, _own(first, index), NAME, index))
    names = " · ".join(_names(index.rows[address]["client"], address) for address in group["rows"])
    return details(f"The {_members_noun(group, index)}", f"{what}:\n\n{names}")


def _members_noun(group: GroupRecord, index: _Index) -> str:
    is_of_clients = all(index.rows[address]["client"] for address in group["rows"])
    return count(group["number"], "client" if is_of_clients else "object")


def _own(row: RowRecord, index: _Index) -> ChangeRecord | None:
    """The change of the row's own object, or else the first of what comes with it."""
    return next((index.changes[address] for address in row["changes"] if address in index.changes), None)


def _sign(row: RowRecord, own: ChangeRecord | None) -> str:
    """Return the glyph of the row's own change, a card where it charges, and what makes it grave."""
    if own is None:
        return "☐"
    marks = {"ending": "**ends**", "permanent": "**permanent**", "reduction": "less"}
    card = "💳" if money.now(row["now"]) else ""
    return " ".join(filter(None, [wording.GLYPHS[wording.action(own)], card, marks.get(row["rank"], "")]))


def _names(client: str, address: str, most: int = NAME) -> str:
    return f"{prose(client, _NAMES)} {code(address, most)}" if client else code(address, most)


def _what(row: RowRecord, own: ChangeRecord | None, most: int, index: _Index) -> Iterator[str]:
    plans = " → ".join(_plan(plan) for plan in _plans(row))
    if plans:
        yield plans
    if row["reached"]:
        yield "its content changes in all of them"
    elif own and own["edits"] and not plans and fits(own["edits"], _MOST_EDITS):
        yield from (_edit(edit, index) for edit in own["edits"])
    elif own and not (plans and _is_plan_alone(own)):
        yield prose(own["reason"], most)
    if own:
        yield from (prose(words, most) for words in wording.stated(own))


def _edit(edit: EditRecord, index: _Index) -> str:
    before, after = (
        code(wording.value_words(value, index.remote_ids), _NAMES) for value in (edit["before"], edit["after"])
    )
    return f"{prose(edit['attribute'], _NAMES)} {before} → {after}"


def _is_plan_alone(change: ChangeRecord) -> bool:
    """Is the plan all that changes? Then from and to say everything."""
    return wording.action(change) == "update" and "," not in change["reason"]


def _plans(row: RowRecord) -> Iterator[str | None]:
    before, after = row["plan_before"], row["plan_after"]
    if before == after:
        return
    if before is not None or after is None:
        yield before
    yield after


def _plan(plan: str | None) -> str:
    return code(plan, _NAMES) if plan else "nothing"


def _movement(row: RowRecord | GroupRecord) -> str:
    words = money.row_difference(row)
    return f"**{words}**" if words.startswith("-") else words


def _with(row: RowRecord) -> str:
    """Return what else comes with it: counts of ours, and the names of kinds."""
    kinds = {} if row["reached"] else row["kinds"]
    found = [f"{number:,} {prose(noun(kind) if number == 1 else f'{noun(kind)}s')}" for kind, number in kinds.items()]
    found += [count(row["reached"], "account")] if row["reached"] else []
    found += [count(row["new_steps"], "manual step")] if row["new_steps"] else []
    return ", ".join(found)


def _places(row: RowRecord, index: _Index, own: ChangeRecord | None) -> str:
    step = next((index.steps[name] for name in row["manual_steps"] if name in index.steps), None)
    origin = own["origin"] if own else step["origin"] if step else None
    return code(wording.place(origin)) if origin else ""


def _ending(row: RowRecord, index: _Index) -> Iterable[str]:
    own = _own(row, index)
    if own is None:
        return
    words = [prose(sentence) for sentence in own["words"]]
    until = f"Paid until {code(row['paid_until'])}; a refund is not assumed." if row["paid_until"] else ""
    yield " ".join([f"{_names(row['client'], row['address'])}: {prose(own['reason'])}.", *words, until]).strip()
