"""The oracle: the portal's own books against the file, and every command's words and exit code against the ledger."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import evidence
from crash.books import STRANGER, Books, belongings
from crash.scenarios import KEY, Wanted
from crash.stage import Stage

from agencyfile.vault import unseal

MOST_WORDS = 3
DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 130})
_SAID = re.compile(r"error\[|several |twice by|more than one|does not list|ledger forget")


@dataclass
class Verdict:
    """What went wrong in one history. Whatever is above 0, but for `beyond` and `reported`, is a failure.

    `beyond` is what no client can prevent: a middlebox repeated a call or lied in the portal's own form. `reported` is
    how much of it was said.
    """

    charges: int = 0
    grants: int = 0
    copies: int = 0
    lost: int = 0
    logins: int = 0
    tracebacks: int = 0
    stuck: int = 0
    exits: int = 0
    leaks: int = 0
    strangers: int = 0
    beyond: int = 0
    reported: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def is_bad(self) -> bool:
        """Did anything go wrong that must not?"""
        return any(getattr(self, name) for name in FAILURES)

    def forgive(self, *names: str) -> None:
        """Count these as beyond what a client can prevent."""
        for name in names:
            self.beyond += getattr(self, name)
            setattr(self, name, 0)

    def note(self, name: str, words: str, count: int = 1) -> None:
        """Count a failure and say what it was."""
        setattr(self, name, getattr(self, name) + count)
        if len(self.words) < MOST_WORDS:
            self.words.append(f"{name}: {words}")


# What a lie in the portal's own form makes of it, and no client can prevent: the call is sent again, or never.
BEYOND: Mapping[str, tuple[str, ...]] = {"no": ("charges", "grants", "copies"), "yes": ("lost",)}
FAILURES = tuple(each.name for each in fields(Verdict) if each.name not in ("beyond", "reported", "words"))


def check_run(verdict: Verdict, stage: Stage, line: str, code: int, said: str) -> None:
    """An exit code says what the ledger says; no run ends in a bug."""
    if "bug in agencyfile" in said or "Traceback (most recent" in said:
        verdict.note("tracebacks", f"{line}: {said[-300:]}{_report(stage)}")
    is_ended = code < 0 or code == 130
    if code not in DOCUMENTED and not is_ended:
        verdict.note("exits", f"{line}: exit {code} is not documented")
    try:
        is_open = bool(stage.open_intents())
    except Exception:  # noqa: BLE001 - a ledger fault: the next act puts it right
        return
    if is_open and code not in (5, 6) and not is_ended:
        verdict.note("exits", f"{line}: exit {code} while a call is open: {said[-400:]}")
    if not is_open and code == 5:
        verdict.note("exits", f"{line}: exit 5 while nothing is open: {said[-400:]}")


def _report(stage: Stage) -> str:
    """The end of the bug report: where it is, it is named after the folder that a command runs in."""
    reports = [folder / "agencyfile-bug-report.txt" for folder in (stage.folder, Path())]
    return "".join(report.read_text("utf-8")[-500:] for report in reports if report.exists())


def check_books(verdict: Verdict, stage: Stage, wanted: Wanted, repeated: Mapping[tuple[str, str], int]) -> None:
    """One charge and one grant each, one template and one snapshot of a name, nothing lost, nobody else touched."""
    books = stage.books()
    allowed = Counter(account for _, account in repeated.elements()) if isinstance(repeated, Counter) else Counter()
    _check_money(verdict, books, wanted, allowed)
    rows = {row["account"]: row for row in books["accounts"] if row["account"] != STRANGER}
    living = {name for name, row in rows.items() if row["status"] == "active"}
    templates = [row for row in books["templates"] if row["account"] != STRANGER]
    for key, count in Counter((row["account"], row["name"]) for row in templates).items():
        _excess(verdict, "copies", f"template {key}", count - 1, allowed[key[0]])
    snapshots = Counter(row["name"] for row in books["snapshots"])
    for name, count in snapshots.items():
        _excess(verdict, "copies", f"snapshot {name}", count - 1, sum(allowed.values()))
    for what, missing in (
        ("accounts", wanted.accounts - living),
        ("accounts that should have ended", wanted.cancelled & living),
        ("snapshots", wanted.snapshots - snapshots.keys()),
        ("templates", wanted.templates.keys() - {(row["account"], row["name"]) for row in templates}),
    ):
        if missing:
            verdict.note("lost", f"{what}: {sorted(missing)}", len(missing))
    if stage._stranger != belongings(books, STRANGER):
        verdict.note("strangers", "an account that no block names was touched")


def _check_money(verdict: Verdict, books: Books, wanted: Wanted, allowed: "Counter[str]") -> None:
    charges = Counter(row["account"] for row in books["charges"])
    for account, count in charges.items():
        _excess(verdict, "charges", f"charge of {account}", count - (account in wanted.charged), allowed[account])
    for account in wanted.charged - charges.keys():
        verdict.note("lost", f"{account} was never charged: it was not made")
    grants = Counter[tuple[str, str]]()
    for row in books["grants"]:
        grants[row["account"], row["pool"]] += row["credits"]
    for key in grants.keys() | wanted.grants.keys():
        want = wanted.grants.get(key, 0)
        if grants[key] > want:
            _excess(verdict, "grants", f"{key}: {grants[key]} for {want}", 1, allowed[key[0]])
        elif grants[key] < want:
            verdict.note("lost", f"{key}: {grants[key]} for {want}")


def _excess(verdict: Verdict, name: str, words: str, excess: int, allowed: int) -> None:
    """Count what is there too often, apart from what a middlebox made of one call."""
    beyond = min(max(excess, 0), allowed)
    verdict.beyond += beyond
    if excess > beyond:
        verdict.note(name, words, excess - beyond)


def check_logins(verdict: Verdict, stage: Stage) -> None:
    """Every login that the ledger has kept in this history opens the account under whose address it stands."""
    identity = Path(stage.environment["AGENCYFILE_IDENTITY"])
    before = stage._prepared.decode()  # those of a portal that is gone
    for address, login in stage.opened().history.credentials.items():
        if json.dumps(login.sealed) in before:
            continue
        password = unseal(login.sealed, identity).reveal()
        stage.passwords.add(password)
        opens = stage.can_use_key if address.kind == "account_key" else stage.can_log_in
        if not opens(address.name, login.username, password):
            verdict.note("logins", f"{address}: the login does not open it")


def check_secrets(verdict: Verdict, stage: Stage) -> None:
    """No key and no password in anything that was printed or written."""
    files = [path for path in stage.folder.rglob("*") if path.is_file() and path.suffix not in (".yaml", ".html")]
    text = "\n".join([*stage.texts, *(path.read_text("utf-8", errors="replace") for path in files)])
    for secret in (evidence.AGENCY_KEY, evidence.HUB_KEY, KEY, *stage.passwords):
        if secret in text:
            verdict.note("leaks", f"{secret[:4]}… was printed or written")


def is_reported(texts: list[str]) -> bool:
    """Was it said that something is there more often than it should be, or not at all?"""
    return bool(_SAID.search("\n".join(texts)))
