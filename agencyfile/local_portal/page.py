"""The page at ``/_portal/``: all that a portal holds, without a script and without a request elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from agencyfile.local_portal import truth
from agencyfile.local_portal.database import Database

_SHOWN = 200
_SHOWN_REQUESTS = 50

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --paper: #f5f7f9; --card: #fff; --line: #e1e6eb;
  --accent: #0b62d6; --good: #0c7a43; --wait: #9a6300; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #93a1b0; --paper: #12171d; --card: #1a2129;
  --line: #2b343e; --accent: #6fabff; --good: #58c98d; --wait: #e2ad4d; --bad: #ff8d85; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; letter-spacing: -.01em; }
header p { margin: .25rem 0 0; color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.75rem 0 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
h2 { margin: 2.25rem 0 .6rem; font-size: 1.05rem; }
h2 small { color: var(--soft); font-weight: 400; }
.frame { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .5rem .9rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; }
td.number { font-variant-numeric: tabular-nums; }
time { font-variant-numeric: tabular-nums; color: var(--soft); }
.empty { margin: 0; padding: .9rem; color: var(--soft); }
.state { color: var(--soft); white-space: nowrap; } .state::before { content: "\\25CF"; margin-right: .4em; }
.active, .success { color: var(--good); } .creating, .in_progress { color: var(--wait); }
.cancelled, .disabled, .failed { color: var(--bad); }
"""


class _Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def render_page(rows: Database, now: float) -> str:
    """Return the page."""
    found = truth.counts(rows)
    credit = truth.all_credits(rows)
    sections = (
        _section("Accounts", found["accounts"], ACCOUNTS, map(_account, truth.all_accounts(rows, now, _SHOWN))),
        _section("Charges", found["charges"], CHARGES, map(_charge, truth.all_charges(rows)[: -_SHOWN - 1 : -1])),
        _section("Snapshots", found["snapshots"], SNAPSHOTS, map(_snapshot, truth.all_snapshots(rows)[:_SHOWN])),
        _section("Granted credits", len(credit["grants"]), GRANTS, map(_grant, credit["grants"][: -_SHOWN - 1 : -1])),
        _section("Requests", found["requests"], REQUESTS, map(_request, truth.last_requests(rows, _SHOWN_REQUESTS))),
    )
    return _frame(_figures(found, credit["pools"]) + "".join(sections))


ACCOUNTS = ("Account", "State", "Plan", "Client", "Notifications", "CNAME", "Contacts", "Credits", "Expires")
CHARGES = ("Time", "Account", "For", "Amount")
SNAPSHOTS = ("Id", "Name", "State", "Taken of", "Taken")
GRANTS = ("Time", "Account", "Pool", "Credits")
REQUESTS = ("No.", "Time", "Call", "Parameters", "Answer", "Changed")


def _account(item: Mapping[str, Any]) -> Sequence[Any]:
    plan = item.get("plan", {}).get("label", item["planid"])
    granted = item["email_credits"] + item["compatibility_credits"]
    state = _state("expired" if item["expired"] and item["status"] == "active" else item["status"])
    client = f"{item['client_name']} {item['client_email']}".strip()
    last = (item["subscribers"], granted, item["expire"])
    return (item["account"], state, plan, client, item["notification"], item["cname"], *last)


def _charge(item: Mapping[str, Any]) -> Sequence[Any]:
    amount = _Markup(f"{item['amount']:,} {escape(item['currency'])}")
    return (_moment(item["time"]), item["account"], item["description"], amount)


def _snapshot(item: Mapping[str, Any]) -> Sequence[Any]:
    return (item["id"], item["name"], _state(item["status"]), item["source"], _moment(item["created_at"]))


def _grant(item: Mapping[str, Any]) -> Sequence[Any]:
    return (_moment(item["time"]), item["account"], item["pool"], item["credits"])


def _request(item: Mapping[str, Any]) -> Sequence[Any]:
    call = f"{item['method']} {item['action'] or item['path']}"
    parameters = ", ".join(f"{name}={value}" for name, value in item["parameters"].items())
    answer = "none" if item["status"] is None else str(item["status"])
    if item["result_code"] is not None and item["status"] is not None:
        answer += f", result_code {item['result_code']}"
    if item["fault"]:
        answer += f" ({item['fault']})"
    return (item["serial"], _moment(item["time"]), call, parameters, answer, "yes" if item["committed"] else "")


def _moment(time: str) -> _Markup:
    return _Markup(f"<time>{escape(time[:19].replace('T', ' '))}</time>")


def _state(word: str) -> _Markup:
    return _Markup(f'<span class="state {escape(word)}">{escape(word.replace("_", " "))}</span>')


def _figures(found: Mapping[str, int], pools: Mapping[str, int]) -> str:
    figures = {
        "Accounts": found["accounts"],
        "Snapshots": found["snapshots"],
        "Charges": found["charges"],
        "Charged, USD": found["charged"],
        **{f"{name.capitalize()} credits left": number for name, number in pools.items()},
    }
    cells = (f"<div><dt>{escape(name)}</dt><dd>{number:,}</dd></div>" for name, number in figures.items())
    return f"<dl>{''.join(cells)}</dl>"


def _section(title: str, total: int, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows]
    shown = f"{len(lines):,} of {total:,}" if len(lines) < total else f"{total:,}"
    table = f"<table><thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead><tbody>"
    inside = f"{table}{''.join(lines)}</tbody></table>" if lines else '<p class="empty">None yet.</p>'
    return f'<h2>{escape(title)} <small>{shown}</small></h2><div class="frame">{inside}</div>'


def _cell(value: Any) -> str:
    if isinstance(value, _Markup):
        return f"<td>{value}</td>"
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def _frame(inside: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Local portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">
<style>{_STYLE}</style></head><body><main>
<header><h1>Local portal</h1>
<p>A stand-in for the vendor's partner portal. Nothing here is real, and no card is charged.</p></header>
{inside}
</main></body></html>
"""
