"""Readings that answers to `account_list` show, and states that are written as numbers (`docs/portal.md` section 8).

Which number means active is not assumed: `account_status` answers a word for one account of the list, and that word
says what both numbers mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from agencyfile.fields.account_names import HOST_SUFFIX, account_label
from agencyfile.kinds.account_states import word_of_status
from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.readings import (
    ACCOUNT_FORM,
    CLIENT_EMAIL,
    FREE_PLAN,
    LIST_PAGES,
    LIST_TYPES,
    NAME_CHARACTERS,
    STATUS_WORDS,
    UNKNOWN_ACCOUNT,
)
from agencyfile.kinds.rows import AccountRow, is_archived
from agencyfile.portal.apis.envelope import Verdict
from agencyfile.portal.observations import Observations

ACTIVE: Final = "active"
DISABLED: Final = "disabled"
_NUMBERS: Final = ("0", "1")
_FREE_PLAN: Final = "0"

Words = Mapping[str, str]


def note_page(seen: Observations, envelope: Mapping[str, Any]) -> None:
    """Note what one page shows. A page without rows shows only whether a total is told."""
    seen.saw(LIST_PAGES, "count" if "total" in envelope else "page")
    accounts = envelope.get("accounts")
    items = accounts.values() if isinstance(accounts, Mapping) else accounts if isinstance(accounts, list) else ()
    rows = [item for item in items if isinstance(item, Mapping)]
    if not rows:
        return
    seen.saw(CLIENT_EMAIL, "listed" if any("client_email" in row for row in rows) else "absent")
    _note_types(seen, rows)
    _note_names(seen, {str(row.get(ACCOUNT, "")).strip().lower() for row in rows})
    for state in {str(row["reseller_status"]).strip() for row in rows if row.get("reseller_status") is not None} - {""}:
        seen.saw(STATUS_WORDS, "numbers" if state in _NUMBERS else "words")
    if any(str(row.get("planid")) == _FREE_PLAN and row.get("foreverfree") for row in rows):
        seen.saw(FREE_PLAN, "accepted")


def _note_types(seen: Observations, rows: Iterable[Mapping[str, Any]]) -> None:
    """Note the types of the marks. One that is missing shows nothing."""
    marks = {type(row[name]) for row in rows for name in ("cancelled", "expired") if row.get(name) is not None}
    for mark in marks:
        seen.saw(LIST_TYPES, "booleans" if mark is bool else "text")


def _note_names(seen: Observations, names: Iterable[str]) -> None:
    for name in names:
        label = account_label(name)
        if name.endswith(HOST_SUFFIX):
            seen.saw(ACCOUNT_FORM, "host")
        elif name == label:
            seen.saw(ACCOUNT_FORM, "label")
        if "_" in label:
            seen.saw(NAME_CHARACTERS, "underscore")
        if "-" in label:
            seen.saw(NAME_CHARACTERS, "hostname")


def state_of(verdict: Verdict, seen: Observations) -> str | None:
    """Return the word of an answer to `account_status`; None for an account that the portal does not have.

    Both are inferred: a failure, and a success that holds no state (`docs/portal.md` section 8, R20).
    """
    word = str(verdict.fields.get("status") or "").strip() if verdict.is_yes else ""
    if not word:
        seen.saw(UNKNOWN_ACCOUNT, "no-status" if verdict.is_yes else "failure")
    return word or None


def is_numbered(row: AccountRow) -> bool:
    """Return whether the state of a row is written as a number."""
    return row.reseller_status in _NUMBERS


def asked_about(rows: Iterable[AccountRow]) -> str | None:
    """Return the account whose state tells what the numbers mean: one that is not archived; None if there is none.

    The same one in every run over the same list, so that runs can be compared.
    """
    return min((account_label(row.account) for row in rows if is_numbered(row) and not is_archived(row)), default=None)


def words_for(number: str, word: str | None) -> Words:
    """Return what each number means, if one account has `number` in the list and `word` as its state; else nothing."""
    told = word_of_status(word) if word else None  # in a list, no state at all is an active account
    if told not in (ACTIVE, DISABLED):
        return {}
    other = DISABLED if told == ACTIVE else ACTIVE
    return {each: told if each == number else other for each in _NUMBERS}


def worded(rows: Sequence[AccountRow], words: Words) -> Iterator[AccountRow]:
    """Yield rows with states in words; a number without a word stays."""
    for row in rows:
        word = words.get(row.reseller_status)
        yield replace(row, reseller_status=word) if word else row
