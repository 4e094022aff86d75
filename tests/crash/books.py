"""The oracle: the portal's own card, credit book, templates, brandings and add-ons, against what the file says."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crash.scenarios import Wanted

if TYPE_CHECKING:
    from crash.stage import Stage

STRANGER = "stranger"


Books = Mapping[str, list[dict[str, Any]]]


def belongings(books: Books, account: str) -> Books:
    """All that the portal holds of one account."""
    names = ("accounts", "templates", "brandings", "addons")
    return {name: [row for row in books[name] if row["account"] == account] for name in names}


def check_books(stage: "Stage", books: Books, wanted: Wanted) -> None:
    """One charge and one grant each, every account, snapshot, template, branding and add-on as declared, no other."""
    charges = Counter(row["account"] for row in books["charges"])
    grants = Counter[tuple[str, str]]()
    for row in books["grants"]:
        grants[row["account"], row["pool"]] += row["credits"]
    rows = {row["account"]: row for row in books["accounts"] if row["account"] != STRANGER}
    living = {name for name, row in rows.items() if row["status"] == "active"}
    templates = [row for row in books["templates"] if row["account"] != STRANGER]
    copies = Counter((row["account"], row["name"]) for row in templates)
    tally = stage.tally
    tally.double_charges += sum(count > 1 for count in charges.values())
    tally.double_grants += sum(count > wanted.grants.get(key, 0) for key, count in grants.items())
    tally.double_templates += sum(count > 1 for count in copies.values())
    tally.lost_accounts += len(wanted.accounts - living) + len(rows.keys() - wanted.accounts - wanted.cancelled)
    tally.unexplained += len(stage.open_intents())
    context = "\n".join(stage.texts)
    assert charges == dict.fromkeys(wanted.charged, 1), context
    assert grants == dict(wanted.grants), context
    assert living == wanted.accounts, context
    assert rows.keys() - living == wanted.cancelled, context
    assert Counter(row["name"] for row in books["snapshots"]) == dict.fromkeys(wanted.snapshots, 1), context
    assert set(copies.values()) <= {1}, context
    delivered = {key: html for key, html in wanted.by_login.items() if key in copies}
    held = {(row["account"], row["name"]): row["content"] for row in templates}
    assert held == {**wanted.templates, **delivered}, context
    _check_rest(stage, books, wanted, context)


def _check_rest(stage: "Stage", books: Books, wanted: Wanted, context: str) -> None:
    names = {row["account"]: row["siteName"] for row in books["brandings"] if row["account"] != STRANGER}
    assert names == dict(wanted.site_names), context
    addons = {
        row["account"]: (row["scoring"], row["conversations"], row["seats"])
        for row in books["addons"]
        if row["account"] != STRANGER
    }
    assert addons == dict(wanted.addons), context
    known = {str(address) for address in stage.opened().history.addresses}
    assert not known & wanted.forgotten, context


def check_steps(stage: "Stage", books: Books, wanted: Wanted, pending: set[str]) -> None:
    """What only a login could have delivered is in the account, or a manual step asks for it: never both, nor none."""
    held = {(row["account"], row["name"]) for row in books["templates"]}
    for account, name in wanted.by_login:
        is_asked_for = f"delivery.{account}.{name}" in pending
        assert is_asked_for is not ((account, name) in held), "\n".join(stage.texts)
