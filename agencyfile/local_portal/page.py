"""The page at ``/_portal/``: all that a portal holds, without a script and without a request elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from agencyfile.local_portal import inspection
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.settings import Settings

_SHOWN = 200
_SHOWN_REQUESTS = 50
_ONE_LINE = 15
_ROOM = 60
_DIGITS = 12
_BREAK = re.compile(r"([@._])")

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5d6b7a; --paper: #f5f7f9; --card: #fff; --line: #e1e6eb;
  --accent: #0b62d6; --good: #0c7a43; --wait: #9a6300; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #93a1b0; --paper: #12171d; --card: #1a2129;
  --line: #2b343e; --accent: #6fabff; --good: #58c98d; --wait: #e2ad4d; --bad: #ff8d85; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; letter-spacing: -.01em; }
header p { margin: .25rem 0 0; color: var(--soft); } a { color: var(--accent); margin-right: 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.75rem 0 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
h2 { margin: 2.25rem 0 .6rem; font-size: 1.05rem; }
h2 small { color: var(--soft); font-weight: 400; }
.frame { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .5rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; }
td.long { min-width: 8.5rem; white-space: normal; overflow-wrap: anywhere; }
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


def render_page(rows: Database, now: float, settings: Settings, *, is_live: bool = False) -> str:
    """Return the page; a live one is loaded anew every five seconds."""
    found = inspection.counts(rows)
    credit = inspection.all_credits(rows)
    sections = (
        _section("Accounts", found["accounts"], ACCOUNTS, map(_account, inspection.all_accounts(rows, now, _SHOWN))),
        _section("Charges", found["charges"], CHARGES, map(_charge, inspection.all_charges(rows)[: -_SHOWN - 1 : -1])),
        _section("Snapshots", found["snapshots"], SNAPSHOTS, map(_snapshot, inspection.all_snapshots(rows)[:_SHOWN])),
        _section("Templates", found["templates"], TEMPLATES, map(_template, inspection.all_templates(rows, _SHOWN))),
        _section(
            "Brandings", found["brandings"], BRANDINGS, map(_branding, inspection.all_brandings(rows, _SHOWN, settings))
        ),
        _section("Add-ons", found["addons"], ADDONS, map(_addon, inspection.all_addons(rows, _SHOWN))),
        _section("Granted credits", len(credit["grants"]), GRANTS, map(_grant, credit["grants"][: -_SHOWN - 1 : -1])),
        _section("Done by hand", found["acts"], ACTS, map(_act, inspection.all_acts(rows)[: -_SHOWN - 1 : -1])),
        _section(
            "Requests", found["requests"], REQUESTS, map(_request, inspection.last_requests(rows, _SHOWN_REQUESTS))
        ),
    )
    return _frame(_figures(found, credit["pools"]) + "".join(sections), is_live=is_live)


ACCOUNTS = ("Account", "State", "Plan", "Client", "Notifications", "CNAME", "Country", "Contacts", "Credits", "Expires")
TEMPLATES = ("Account", "Id", "Name", "Tags", "Content", "Digest")
BRANDINGS = ("Account", "Site name", "Logo", "Header", "Footer", "Vendor's links", "Copyright", "Help")
ADDONS = ("Account", "Scoring", "Conversations", "Seats")
ACTS = ("Time", "Action", "Account", "Parameters")
CHARGES = ("Time", "Account", "For", "Amount")
SNAPSHOTS = ("Id", "Name", "State", "Taken of", "Taken")
GRANTS = ("Time", "Account", "Pool", "Credits")
REQUESTS = ("No.", "Time", "Call", "Parameters", "Answer", "Changed")


def _account(item: Mapping[str, Any]) -> Sequence[Any]:
    plan = item.get("plan", {}).get("label", item["planid"])
    granted = item["email_credits"] + item["compatibility_credits"]
    state = _state("expired" if item["expired"] and item["status"] == "active" else item["status"])
    client = f"{item['client_name']} {item['client_email']}".strip()
    country = " ".join(filter(None, (item["country"], item["currency"])))
    last = (country, item["subscribers"], granted, item["expire"])
    return (item["account"], state, plan, client, item["notification"], item["cname"], *last)


def _template(item: Mapping[str, Any]) -> Sequence[Any]:
    content = "designer" if item["designer"] else f"{len(item['content']):,} characters"
    first = (item["account"], item["id"], item["name"], ", ".join(item["tags"]))
    return (*first, content, item["digest"][:_DIGITS])


def _branding(item: Mapping[str, Any]) -> Sequence[Any]:
    header = item["headerHtmlValue"] or item["headerTextValue"]
    footer = item["footerHtmlValue"] or item["footerTextValue"]
    switches = ("shown" if item["shown"][name] else "off" for name in ("links", "copyright", "help"))
    return (item["account"], item["siteName"], item["siteLogo"], _short(header), _short(footer), *switches)


def _addon(item: Mapping[str, Any]) -> Sequence[Any]:
    return (item["account"], "on" if item["scoring"] else "", item["conversations"], item["seats"])


def _act(item: Mapping[str, Any]) -> Sequence[Any]:
    return (_moment(item["time"]), item["action"], item["account"] or "", _parameters(item))


def _charge(item: Mapping[str, Any]) -> Sequence[Any]:
    amount = _Markup(f"{item['amount']:,} {escape(item['currency'])}")
    return (_moment(item["time"]), item["account"], item["description"], amount)


def _snapshot(item: Mapping[str, Any]) -> Sequence[Any]:
    return (item["id"], item["name"], _state(item["status"]), item["source"], _moment(item["created_at"]))


def _grant(item: Mapping[str, Any]) -> Sequence[Any]:
    return (_moment(item["time"]), item["account"], item["pool"], item["credits"])


def _request(item: Mapping[str, Any]) -> Sequence[Any]:
    call = f"{item['method']} {item['action'] or item['path']}"
    if item["api"].startswith("account_"):
        call = f"{call} in {item['account']}"
    answer = "none" if item["status"] is None else str(item["status"])
    if item["result_code"] is not None and item["status"] is not None:
        answer += f", result_code {item['result_code']}"
    if item["fault"]:
        answer += f" ({item['fault']})"
    return (item["serial"], _moment(item["time"]), call, _parameters(item), answer, "yes" if item["committed"] else "")


def _parameters(item: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_short(str(value))}" for name, value in item["parameters"].items())


def _short(text: str) -> str:
    """Return the beginning of a text that a line of a table has no room for."""
    line = " ".join(text.split())
    return line if len(line) <= _ROOM else f"{line[: _ROOM - 1]}\u2026"


def _moment(time: str) -> _Markup:
    return _Markup(f"<time>{escape(time[:19].replace('T', ' '))}</time>")


def _state(word: str) -> _Markup:
    return _Markup(f'<span class="state {escape(word)}">{escape(word.replace("_", " "))}</span>')


def _figures(found: Mapping[str, int], pools: Mapping[str, int]) -> str:
    figures = {
        "Accounts": found["accounts"],
        "Snapshots": found["snapshots"],
        "Templates": found["templates"],
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
    frame = f'<div class="frame" role="region" aria-label="{escape(title)}" tabindex="0">{inside}</div>'
    return f"<h2>{escape(title)} <small>{shown}</small></h2>{frame}"


def _cell(value: Any) -> str:
    if isinstance(value, _Markup):
        return f"<td>{value}</td>"
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    text = escape(str(value))
    if len(str(value)) <= _ONE_LINE:
        return f"<td>{text}</td>"
    # Where a mail address, a domain or an action may go on in the next line.
    broken = _BREAK.sub(r"<wbr>\1", text)
    return f'<td class="long">{broken}</td>'


def _frame(inside: str, *, is_live: bool) -> str:
    again = '<meta http-equiv="refresh" content="5">' if is_live else ""
    switch = '<a href="?">Stop refreshing</a>' if is_live else '<a href="?live=1">Refresh every five seconds</a>'
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Local portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{again}
<style>{_STYLE}</style></head><body><main>
<header><h1>Local portal</h1>
<p>A stand-in for the vendor's partner portal. Nothing here is real, and no card is charged.</p>
<p><a href="/partner/">The portal's pages for people</a> {switch}</p></header>
{inside}
</main></body></html>
"""
