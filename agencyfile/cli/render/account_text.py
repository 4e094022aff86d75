"""Everything that is known of one account, for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from agencyfile.cli.console import style
from agencyfile.cli.render import money
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.cli.reporting.records import AccountDocument, CreditRecord, HistoryRecord, RenewalRecord

_LONGEST: Final = 120
_MOST: Final = 20  # entries of the history; --json has all of them


def render_account(document: AccountDocument) -> str:
    """Facts first, then money, work and history."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: AccountDocument) -> Iterator[str]:
    account = document["account"]
    yield style(one_line(account["address"]), bold=True)
    for name, value in _facts(document):
        yield f"  {name:<14} {one_line(value)}"
    counts = document["counts"]
    yield from _section("Credits", counts["credits"], [_credit(one) for one in document["credits"]])
    yield from _section("The next apply changes", counts["pending"], document["pending"])
    drift = [f"{one['address']} {one['attribute']}" for one in document["drift"]]
    yield from _section("Drift", counts["drift"], drift)
    steps = [f"{step['id']}  {step['title']}" for step in document["steps"]]
    yield from _section("Open steps", counts["steps"], steps)
    done = [f"{one['time'][:10]}  {one['by']}  {one['id']}" for one in document["done"]]
    yield from _section("Done by hand", counts["done"], done)
    latest, older = cut_after(document["history"], _MOST)
    yield from _section("History", counts["history"], [history_line(one) for one in latest])
    if older.items:
        yield f"    and {older.number:,} older ones: --json"


def _facts(document: AccountDocument) -> Iterator[tuple[str, str]]:
    account = document["account"]
    yield "client", f"{account['client'] or '(none)'}  {document['client_email']}".strip()
    yield "status", account["status"]
    yield "plan", account["billed"] or "nothing is billed"
    if account["price"] and account["per_month"]:
        yield "price", f"{money.amount(account['price'])} a term, {money.amount(account['per_month'])} a month"
    elif account["months"]:
        yield "price", "the portal does not tell it"
    if document["next_renewal"]:
        yield "renews", _renewal(document["next_renewal"])
    if document["trial_ends"]:
        yield "trial ends", document["trial_ends"]
    elif account["expires"]:
        yield "paid until", account["expires"]
    yield "charged", f"{' + '.join(map(money.amount, document['charged'])) or money.NOTHING} by agencyfile"
    yield "contacts", f"{account['contacts']:,}" if account["contacts"] is not None else "not told"
    for name, value in (("domain", account["domain"]), ("language", document["language"])):
        if value:
            yield name, value
    yield "mails go to", account["notification"] or "(nobody)"
    yield "block", "a block names it" if document["declared"] else "no block names it"
    yield "login", "kept in the ledger" if document["login_kept"] else "not kept"


def _renewal(renewal: RenewalRecord) -> str:
    price = money.amount(renewal["price"]) if renewal["price"] else "a price that is not told"
    return f"{renewal['day']}, {price}"


def _credit(credit: CreditRecord) -> str:
    parts = [f"{name} {credit[name]}" for name in ("granted", "declared", "left") if credit[name] is not None]
    return f"{credit['address']}  {', '.join(parts) or 'nothing is known'}"


def history_line(record: HistoryRecord) -> str:
    """One entry: when, what, what came of it, who."""
    parts = [record["time"][:16].replace("T", " "), record["what"], record["outcome"]]
    if record["price"]:
        parts.append(money.amount(record["price"]))
    if record["by"]:
        parts.append(f"by {record['by']}")
    if record["approved_by"]:
        parts.append(f"approved by {record['approved_by']}")
    return "  ".join(part for part in [*parts, shortened(record["note"], _LONGEST)] if part)


def _section(head: str, number: int, lines: Sequence[str]) -> Iterator[str]:
    """A head above the lines. It tells how many there are where they are too many to see that."""
    if lines:
        yield style(f"  {head}", bold=True) + (f" ({number:,})" if number > _MOST else "")
        yield from (f"    {one_line(line)}" for line in lines)
