"""The questions of an account manager: what does it cost, which trials end, who did this."""

import csv
import html
import io
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from rehearsal import Rehearsal
from stories import agency, live_account

from agencyfile.cli.render.calendar_lines import fold, text_of
from agencyfile.cli.reporting.renewals import MONTHS, after_months
from agencyfile.local_portal.clock import day_after_months, parse_moment

TODAY = datetime.now(UTC).date()
STARTER = {"tier": "starter", "billing": "annual", "contacts": 500}
PRO = {"tier": "pro", "billing": "monthly", "contacts": 2500}
HOSTILE = '=HYPERLINK("http://evil.example","x")'


def _day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
def six(rehearsal: Rehearsal) -> Rehearsal:
    """A client with two accounts, two currencies, a trial, a disabled account, a cancelled one, and one in no block."""
    rehearsal._post("currencies", {"331": "EUR"})  # PRO
    rehearsal.seed(
        accounts=[
            live_account("acme", client_name="Acme Gym", expire=_day(20)),
            live_account("acme-two", client_name="Acme Gym", plan=STARTER, expire=_day(200)),
            live_account("euro", plan=PRO, expire=_day(3)),
            live_account("paused", status="disabled", expire=_day(25)),
            live_account("pilot", plan={"tier": "trial"}, expire=_day(9)),
            live_account("gone", status="cancelled", expire=_day(40)),
        ]
    )
    gym = "client: {name: Acme Gym, email: owner@acme.example}"
    text = agency(rehearsal.recipient, euro=f"plan: {json.dumps(PRO)}", paused="status: disabled", fresh="")
    rehearsal.write(f"{text}  acme: {{{gym}, credits: {{email: 700}}, domain: mail.acme.example}}\n")
    assert rehearsal.run("ledger", "baseline", "credit.acme.email=0").code == 0
    rehearsal.apply("--auto-approve", "--allow", "billed,permanent,guard")
    return rehearsal


def _billed(rehearsal: Rehearsal) -> tuple[Mapping[str, Decimal], Mapping[str, Mapping[str, Decimal]]]:
    """What the portal bills in a year, from its own books: in all by currency, and by account. Its terms go by."""
    before = len(rehearsal.book("charges"))
    rehearsal._post("bill", {"until": after_months(TODAY, 12).isoformat()})
    total: dict[str, Decimal] = defaultdict(Decimal)
    of: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rehearsal.book("charges")[before:]:
        total[row["currency"]] += row["amount"]
        of[row["account"]][row["currency"]] += row["amount"]
    return total, of


def _document(rehearsal: Rehearsal, *words: str) -> Any:
    ran = rehearsal.run(*words, "--json")
    assert ran.code == 0, ran
    return json.loads(ran.out)


def _sums(texts: list[str]) -> dict[str, Decimal]:
    return {text.partition(" ")[2]: Decimal(text.partition(" ")[0]) for text in texts}


def test_list_tells_prices_and_a_total_that_the_portals_books_confirm(six: Rehearsal) -> None:
    """List price of a term, its part of a month, and what all of them are billed in a year, in each currency."""
    document = _document(six, "accounts", "list")
    by_name = {one["name"]: one for one in document["accounts"]}

    assert (by_name["acme-two"]["price"], by_name["acme-two"]["per_month"]) == ("160.00 USD", "13.33 USD")
    assert (by_name["pilot"]["billed"], by_name["pilot"]["price"], by_name["pilot"]["months"]) == ("trial", None, 0)
    assert by_name["gone"]["billed"] is None
    total, _ = _billed(six)
    assert _sums(document["total"]["per_year"]) == total
    assert _document(six, "accounts", "list", "--name", "acme*")["unlisted"] == 5
    ran = six.run("accounts", "list")
    assert "Billed at list prices: 208.00 EUR + 163.33 USD a month\n" in ran.out


@pytest.mark.attack("B20", "a client's name that begins as a formula, at whatever separator a file is cut")
@pytest.mark.parametrize(
    "name", [HOSTILE, "+1+1", "-2+3", "@SUM(A1)", "\uff1d1+1", " =1+1", "Acme; =1+1", "a,=1+1", "two\n=1+1", "\t=1"]
)
def test_lists_for_spreadsheets_hold_no_formula(rehearsal: Rehearsal, tmp_path: Path, name: str) -> None:
    """A name is text, in a CSV file at whatever separator it is cut, and in a workbook before and after an edit."""
    rehearsal.seed(accounts=[live_account("acme", client_name=name, cname="", notification="a@b.example")])
    rehearsal.write(agency(rehearsal.recipient))

    text = rehearsal.run("accounts", "list", "--format", "csv").out
    for delimiter in ",;\t|":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        assert not [cell for cell in cells if re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell)], cells
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["price"] == "50.00"
    assert row["client"].replace("'", "").split() == name.strip().replace("\n", "\\n").split()

    book = tmp_path / "accounts.xlsx"
    ran = rehearsal.run("accounts", "list", "--format", "xlsx", "--out", str(book))
    assert ran.code == 0, ran
    rows = load_workbook(book).worksheets[0].iter_rows()
    written: list[Any] = [cell for line in rows for cell in line if cell.value is not None]
    assert {cell.data_type for cell in written} <= {"s", "n", "d"}
    assert all(cell.quotePrefix for cell in written if cell.data_type == "s")


def test_list_writes_a_table_to_a_file_and_a_workbook_to_a_pipe(six: Rehearsal, tmp_path: Path) -> None:
    """`--out` takes every form."""
    for form in ("table", "csv", "xlsx", "json"):
        path = tmp_path / form
        ran = six.run("accounts", "list", "--format", form, "--out", str(path))
        assert (ran.code, ran.out) == (0, ""), ran
        assert path.stat().st_mode & 0o077 == 0
    assert "\x1b" not in (tmp_path / "table").read_text("utf-8")
    assert (tmp_path / "xlsx").read_bytes().startswith(b"PK")
    assert six.run("accounts", "list", "--json", "--format", "csv").code == 64


def test_show_tells_money_credits_steps_and_history_of_one_account(six: Rehearsal) -> None:
    """What it costs, what was granted, what is left to do, what was done, by whom and when."""
    six.run("steps", "done", "account.acme.dns", "--evidence", "ticket 4711", "--by", "Ann")
    document = _document(six, "accounts", "show", "acme")

    assert document["counts"] == {name: len(document[name]) for name in document["counts"]}
    assert (document["client_email"], document["language"]) == ("owner@acme.example", "french")
    assert document["next_renewal"]["day"] == _day(20)
    assert document["next_renewal"]["price"] == "50.00 USD"
    assert [(one["address"], one["granted"], one["declared"]) for one in document["credits"]] == [
        ("credit.acme.email", 700, 700)
    ]
    assert [one["id"] for one in document["done"]] == ["account.acme.dns"]
    assert "account.acme.dns" not in [step["id"] for step in document["steps"]]
    newest = document["history"][0]
    assert (newest["what"], newest["by"], newest["note"]) == ("account.acme.dns done by hand", "Ann", "ticket 4711")
    grant = next(one for one in document["history"] if one["address"] == "credit.acme.email")
    assert grant["outcome"] == "confirmed"
    assert grant["by"]
    assert grant["time"].startswith(TODAY.isoformat()[:4])

    fresh = _document(six, "accounts", "show", "account.fresh")
    assert (fresh["charged"], fresh["login_kept"]) == (["50.00 USD"], True)
    assert [(one["what"], one["price"]) for one in fresh["history"]][-1] == ("account_add", "50.00 USD")
    pilot = _document(six, "accounts", "show", "pilot")
    assert (pilot["trial_ends"], pilot["next_renewal"], pilot["declared"]) == (_day(9), None, False)

    text = six.run("accounts", "show", "acme").out
    for words in ("paid until", "50.00 USD a month", "credit.acme.email  granted 700, declared 700", "by Ann"):
        assert words in text, words
    assert six.run("accounts", "show", "nobody").code == 1


def test_report_adds_up_to_the_portals_books(six: Rehearsal, tmp_path: Path) -> None:
    """Clients, accounts, months and their sums, in the document and in the workbook, read by another library."""
    book = tmp_path / "report.xlsx"
    document = _document(six, "report", "--xlsx", str(book))
    total, of = _billed(six)

    assert _sums(document["total"]["per_year"]) == total
    clients = {one["client"]: one for one in document["clients"]}
    assert clients["Acme Gym"]["accounts"] == ["account.acme", "account.acme-two"]
    both = of["acme"]["USD"] + of["acme-two"]["USD"]
    assert _sums(clients["Acme Gym"]["recurring"]["per_year"]) == {"USD": both}
    assert [(one["address"], one["ends"]) for one in document["trials"]] == [("account.pilot", _day(9))]

    sheets = {name: CalamineWorkbook.from_path(str(book)).get_sheet_by_name(name).to_python() for name in _names(book)}
    head, *rows = sheets["Clients"]
    found = [dict(zip(head, row, strict=False)) for row in rows]
    totals = {row["currency"]: Decimal(str(row["per year"])) for row in found if row["client"] == "total"}
    assert totals == total
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        if row["client"] != "total" and row["currency"]:
            summed[str(row["currency"])] += Decimal(str(row["per year"]))
    assert summed == total
    assert {"Clients", "Accounts", "Renewals", "Months", "Trials", "Steps", "Credits", "Drift", "History"} == set(
        sheets
    )
    history = [dict(zip(sheets["History"][0], row, strict=False)) for row in sheets["History"][1:]]
    assert sum(Decimal(str(row["charged"] if "charged" in row else row["price"] or 0)) for row in history) == 50


def _names(book: Path) -> list[str]:
    return list(CalamineWorkbook.from_path(str(book)).sheet_names)


def test_renewals_by_month_are_those_that_the_portal_bills(six: Rehearsal, tmp_path: Path) -> None:
    """Day, account and price of each renewal of the next thirteen months, in the report and in the calendar."""
    calendar = tmp_path / "renewals.ics"
    document = _document(six, "report", "--ics", str(calendar))
    before = len(six.book("charges"))
    last = date.fromisoformat(f"{document['renewals'][-1]['month']}-01")
    six._post("bill", {"until": (after_months(last, 1) - timedelta(days=1)).isoformat()})
    charged = sorted(
        (row["time"][:10], f"account.{row['account']}", f"{row['amount']}.00 {row['currency']}")
        for row in six.book("charges")[before:]
    )

    renewals = [one for month in document["renewals"] for one in month["renewals"]]
    assert sorted((one["day"], one["address"], one["price"]) for one in renewals) == charged
    assert len(document["renewals"]) == MONTHS
    assert [month["number"] for month in document["renewals"]] == [
        len(month["renewals"]) for month in document["renewals"]
    ]
    assert document["counts"]["renewals"] == len(renewals)
    for month in document["renewals"]:
        by_currency: dict[str, Decimal] = defaultdict(Decimal)
        for one in month["renewals"]:
            amount, _, currency = one["price"].partition(" ")
            by_currency[currency] += Decimal(amount)
        assert _sums(month["total"]) == by_currency

    content = calendar.read_bytes()
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    events: list[Any] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    days = sorted(event["DTSTART"].dt.isoformat() for event in events)
    assert days == sorted([*(day for day, _, _ in charged), _day(9)])
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_page_of_a_report_asks_for_nothing_and_escapes_names(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """One file without a script, whose policy lets nothing be loaded."""
    page = tmp_path / "report.html"
    rehearsal.seed(accounts=[live_account("acme", client_name="<img src=x onerror=alert(1)>\u202e")])
    rehearsal.write(agency(rehearsal.recipient, acme="domain: mail.acme.example"))

    ran = rehearsal.run("report", "--out", str(page))

    assert ran.code == 0, ran
    text = page.read_text("utf-8")
    assert "<img" not in text
    assert "\u202e" not in text
    assert "<script" not in text
    assert "default-src 'none'" in html.unescape(text)
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert page.stat().st_mode & 0o077 == 0


def test_report_groups_steps_by_person_and_tells_drift(six: Rehearsal) -> None:
    """A person is the address that gets the portal's mails for the account."""
    six.act_by_hand("account_edit", account="acme", cname="other.acme.example")
    document = _document(six, "report")

    (ops,) = [group for group in document["steps"] if group["person"] == "ops@northwind.example"]
    assert "account.acme.dns" in [step["id"] for step in ops["steps"]]
    assert [group["number"] for group in document["steps"]] == [len(group["steps"]) for group in document["steps"]]
    assert document["counts"]["steps"] == sum(len(group["steps"]) for group in document["steps"])
    assert [(one["address"], one["attribute"]) for one in document["drift"]] == [("account.acme", "domain")]
    assert document["pending"] == ["account.acme"]
    lists = ("trials", "drift", "pending")
    assert {name: document["counts"][name] for name in lists} == {name: len(document[name]) for name in lists}
    assert [one["number"] for one in document["clients"]] == [len(one["accounts"]) for one in document["clients"]]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_calendar_lines_are_folded_and_values_survive(text: str) -> None:
    """No line is longer than 75 octets, no character is cut, and another library reads the same value back."""
    lines = list(fold(f"SUMMARY:{text_of(text)}"))

    assert all(len(line.encode()) <= 75 for line in lines)
    event = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
    assert str(icalendar.Event.from_ical(event)["SUMMARY"]) == text_of(text).replace("\\\\", "\\").replace(
        "\\;", ";"
    ).replace("\\,", ",")


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(0, 40))
def test_months_are_counted_as_the_portal_counts_them(start: date, months: int) -> None:
    """The 31st is the last day of a shorter month."""
    assert after_months(start, months).isoformat() == day_after_months(parse_moment(start.isoformat()), months)


def _renderers() -> list[Path]:
    render = Path(__file__).parents[2] / "agencyfile" / "cli" / "render"
    names = ("account_cells", "report_cells", "account_text", "rehearsal_text", "calendar_text", "html/report")
    return [render / f"{name}.py" for name in names]


@pytest.mark.parametrize("path", _renderers(), ids=lambda path: path.stem)
def test_renderers_of_reports_compute_no_money(path: Path) -> None:
    """Every amount is in the document: renderers neither add nor divide amounts, nor name what bills."""
    text = path.read_text("utf-8")
    assert not re.search(r"plan\.billing|\byearly\(|\btotal\(|Fraction|per_month\(\s*plan", text)
    assert not re.search(r"\.amount\s*[-+*/]|[-+*/]\s*\w+\.amount", text)


def test_numbers_of_the_page_and_the_workbook_are_those_of_the_document(six: Rehearsal, tmp_path: Path) -> None:
    """Each amount that is shown stands in the document."""
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    document = _document(six, "report", "--out", str(page), "--xlsx", str(book))
    known = {f"{Decimal(found):,.2f}" for found in re.findall(r'"(-?[0-9]+\.[0-9]{2}) [A-Z]{3}"', json.dumps(document))}

    shown = set(re.findall(r"(-?[0-9][0-9,]*\.[0-9]{2}) [A-Z]{3}", page.read_text("utf-8")))
    assert shown <= known
    assert len(shown) > 5
    numbers = {
        f"{cell:,.2f}"
        for name in ("Clients", "Accounts", "Renewals", "Months")
        for row in CalamineWorkbook.from_path(str(book)).get_sheet_by_name(name).to_python()
        for cell in row
        if isinstance(cell, float) and cell != int(cell)
    }
    assert numbers <= known


def test_report_needs_no_write(six: Rehearsal) -> None:
    """The portal and the ledger stay as they are."""
    before, ledger = len(six.writes()), six.ledger.read_bytes()

    for words in (("report",), ("accounts", "show", "acme"), ("accounts", "list")):
        _document(six, *words)

    assert len(six.writes()) == before
    assert six.ledger.read_bytes() == ledger


def test_history_names_who_approved_and_survives_compaction(rehearsal: Rehearsal) -> None:
    """The approver of a plan stands beside each of its calls; a compacted ledger still knows charges and evidence."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    digest = str(rehearsal.plan()["digest"])
    assert rehearsal.run("approve", digest, "--by", "Ann").code == 0
    assert rehearsal.run("apply", "--approved", digest).code == 0
    rehearsal.run("steps", "done", "account.acme.handover", "--evidence", "by telephone", "--by", "Bob")

    before = _document(rehearsal, "accounts", "show", "acme")["history"]
    assert [(one["what"], one["price"], one["approved_by"]) for one in before] == [
        ("account.acme.handover done by hand", None, ""),
        ("account_add", "50.00 USD", "Ann"),
    ]
    approvals = [one for one in _document(rehearsal, "report")["history"] if one["what"] == "plan approved"]
    assert [(one["by"], one["note"]) for one in approvals] == [("Ann", digest)]

    assert rehearsal.run("ledger", "compact").code == 0
    after = _document(rehearsal, "accounts", "show", "acme")["history"]
    assert [(one["what"], one["price"], one["by"], one["note"]) for one in after] == [
        ("account.acme.handover done by hand", None, "Bob", "by telephone"),
        ("charged", "50.00 USD", "", ""),
    ]
