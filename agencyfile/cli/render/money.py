"""Phrases about money, from figures that the document holds. They are raw: whoever shows one escapes it."""

import re
from collections.abc import Sequence
from typing import Final

from agencyfile.cli.render.numbers import count
from agencyfile.kinds.nouns import noun
from plan.money import Money
from plan.records.document import PlanDocument
from plan.records.money import BilledRecord, ChargeRecord, GroupRecord, MovementRecord, RowRecord

_MONEY: Final = re.compile(r"-?[0-9]{1,15}\.[0-9]{2} [A-Z]{3}")
NOTHING: Final = "nothing"
_MOST: Final = 3  # currencies in one line


def amount(text: str) -> str:
    """`2,000.00 USD`."""
    return _formatted(text, ",.2f")


def signed(text: str) -> str:
    """`+2,000.00 USD`, `-30.00 USD`."""
    return _formatted(text, "+,.2f")


def _formatted(text: str, form: str) -> str:
    """Return an amount and an ISO code, which are harmless in every form; anything else is not shown."""
    if not _MONEY.fullmatch(text):
        return "an amount that cannot be read"
    money = Money.parse(text)
    return f"{money.amount:{form}} {money.currency}"


def now(charge: ChargeRecord) -> str:
    """Return the charge to the card; empty where there is none."""
    parts = [" + ".join(map(amount, charge["amounts"][:_MOST]))] if charge["amounts"] else []
    if charge["untold"]:
        parts.append(f"{count(charge['untold'], 'charge')} whose price the portal does not tell")
    words = " and ".join(parts)
    return f"at most {words}" if charge["at_most"] else words


def per_month(billed: BilledRecord) -> str:
    """Return the amounts that recur, per month."""
    parts = [" + ".join(map(amount, billed["per_month"][:_MOST])) or ("" if billed["untold"] else NOTHING)]
    if billed["untold"]:
        parts.append(f"{count(billed['untold'], 'account')} at a price that is not told")
    return " and ".join(part for part in parts if part)


def difference(movement: MovementRecord) -> str:
    """The signed difference per month; `nothing` where it comes to nothing."""
    found = movement["difference"]
    parts = [", ".join(map(signed, found["per_month"][:_MOST])) or ("" if found["untold"] else NOTHING)]
    if found["untold"]:
        parts.append("an amount that is not told")
    return " and ".join(part for part in parts if part)


def net(document: PlanDocument) -> str:
    """`+480.00 USD (4,120.00 USD → 4,600.00 USD)`; empty where nothing recurs, or the document does not tell."""
    money = document["money"]
    found = money["recurring"]
    if not money["is_complete"]:
        return ""
    if not _is_any(found["difference"]):
        return f"unchanged, {per_month(found['after'])}" if _is_any(found["after"]) else ""
    return f"{difference(found)} ({per_month(found['before'])} → {per_month(found['after'])})"


def row_difference(row: RowRecord | GroupRecord) -> str:
    """The difference that one row, or a group of rows, makes per month; empty where it makes none."""
    return difference(row["recurring"]) if _is_any(row["recurring"]["difference"]) else ""


def plans(row: RowRecord) -> str:
    """`plus/monthly/1000 → pro/monthly/1000`; empty where no plan changes."""
    before, after = row["plan_before"], row["plan_after"]
    if before is None and after is None:
        return ""
    return (after or NOTHING) if before == after else f"{before or NOTHING} → {after or NOTHING}"


def beside(row: RowRecord, names: Sequence[str] = ()) -> str:
    """Count the changes that come with a row: `3 templates, 2 manual steps`."""
    kinds = {} if row["reached"] else row["kinds"]
    parts = [count(number, noun(kind)) for kind, number in kinds.items()]
    if row["reached"]:
        parts.append(count(row["reached"], "account"))
    return ", ".join([*parts, *names])


def _is_any(billed: BilledRecord) -> bool:
    return bool(billed["per_month"] or billed["untold"])
