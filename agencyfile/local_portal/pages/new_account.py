"""The page "Add a new account", and the login that it shows once (docs/portal.md section 2.3, rules 24 to 33)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from agencyfile.local_portal.accounts import CREATING, create_account, find_account
from agencyfile.local_portal.catalogue import SANDBOX, TRIAL, Plan
from agencyfile.local_portal.clock import AUGUST_2021
from agencyfile.local_portal.orders import Order, order_problems
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import (
    Form,
    actions,
    button_link,
    facts,
    form,
    hidden,
    link,
    section,
)
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.plan_fields import amount, chosen_plan, plan_fields
from agencyfile.local_portal.pages.resold import state
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, hosted_url, require, url
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import COUNTRIES, LANGUAGES, account_label, is_timezone, parse_number

# Names of fields in the words of the agency API, where the page has others.
_FIELDS = {"name": "client_name", "email": "client_email"}
_SHOWN = 200
_LONGEST_WAIT = 3.0


def add(visit: Visit) -> Page:
    """Return the form for a new account."""
    kept = {
        "account": "", "language": "english", "timezone": "America/Chicago", "country": "US", "product": "em",
        "tier": "starter", "billing": "monthly", "contacts": "500", "snapshot": visit.query.get("snapshot", ""),
        "entry": visit.query.get("entry", ""),
    }  # fmt: skip
    fields = form(visit, "order", **kept)
    return Page(title="Add a new account", content=(fields.render(*_sections(visit, fields), class_="order"),))


def order(visit: Visit) -> Moved:
    """Create the account that was ordered, charge for it once, and go to the page that shows its login."""
    plan = chosen_plan(visit)
    _check_button(visit, plan)
    require(visit, account="a name for the account", client_name="the client's name",
            client_email="the client's email address", notification="an address that you read")  # fmt: skip
    wanted = _read_order(visit, plan)
    if problems := {
        _FIELDS.get(each.subject, each.subject): each.message for each in order_problems(visit.turn, wanted)
    }:
        raise Problems(problems)
    shown = {"plan": plan.label, "snapshot": wanted.snapshot_id}
    with by_hand(visit.turn, "create", wanted.account, **shown) as turn:
        password = create_account(turn, wanted)
    visit.session.keep_login(wanted.account, password)
    return Moved(url("accounts", wanted.account, "ready"), min(visit.turn.settings.provisioning, _LONGEST_WAIT))


def ready(visit: Visit) -> Page:
    """Show the login of a new account, once."""
    row = find_account(visit.turn, visit.name)
    name, password = row["account"], visit.session.take_login(visit.name)
    login = link(f"{visit.address}{hosted_url(name)}", hosted_url(name))
    pairs: list[tuple[str, Markup | str]] = [
        ("Login URL", f"https://{name}.activehosted.com"),
        ("Login URL here", login),
    ]
    if password:
        pairs += [("User name", "admin"), ("Password", element("code", password, id="password"))]
    pairs.append(("State", state(row["status"])))
    return Page(
        title=f"{name} is being prepared" if row["status"] == CREATING else f"{name} is ready",
        lead="" if password else "Its password was shown once, and is not kept.",
        content=(
            facts(pairs),
            section("Give these to your client", element("p", _HANDOVER)) if password else None,
            actions(button_link("Back to your accounts", url("resold"), kind="main")),
        ),
    )


def wait_of(turn: Turn) -> float:
    """Return how long a browser waits for an account that is being prepared."""
    return min(turn.settings.provisioning, _LONGEST_WAIT)


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all time zones."""
    return tuple(sorted(name for name in available_timezones() if is_timezone(name)))


_HANDOVER = (
    "The password is shown this once. ActiveCampaign never sends account information to your clients: copy it and pass "
    "it on yourself. Your client can change the password in the settings of the account."
)


def _sections(visit: Visit, fields: Form) -> Iterator[Markup]:
    yield hidden("entry", fields.value("entry"))
    yield section("Account", *_account(fields))
    yield section("Client", *_client(fields))
    yield section("Account Snapshot", _snapshot(visit, fields))
    yield element("section", plan_fields(fields))
    yield element("section", amount(visit.turn.rows), *_buttons(fields), _WARNING)


_WARNING = element(
    "p",
    "Your card is charged this amount at once. Preparing the account takes a moment: do not close the browser, go back "
    "or reload the page meanwhile.",
    class_="hint",
)


def _buttons(fields: Form) -> Iterator[Markup]:
    # The help calls the button by another name where the page was opened from the list of accounts.
    paid = "Add paid account" if fields.value("entry") == "list" else "Add & pay now"
    for value, text in (("paid", paid), (SANDBOX, "Add sandbox"), (TRIAL, "Add trial")):
        yield element("button", text, type="submit", name="press", value=value, class_=f"button main when when-{value}")


def _account(fields: Form) -> Iterator[Markup]:
    hint = "Your client logs in at this address. It cannot be changed later."
    yield fields.text("account", "Account", hint=hint, required=True, after=".activehosted.com")
    hint = "Optional. Not for sandboxes. Your DNS provider needs a CNAME record for it."
    yield fields.text("cname", "Custom domain (CNAME)", hint=hint)
    yield fields.choice(
        "country", "Country", ((code, code) for code in sorted(COUNTRIES)), hint="Decides where data is."
    )


def _client(fields: Form) -> Iterator[Markup]:
    yield fields.text("client_name", "Client name", required=True)
    hint = "Required, though we never contact your clients."
    yield fields.text("client_email", "Client email", kind="email", hint=hint, required=True)
    hint = "An address that you read: billing, campaign approval and abuse reports go there."
    yield fields.text("notification", "Notification email", kind="email", hint=hint, required=True)
    yield fields.choice("language", "Language", ((word, word.capitalize()) for word in LANGUAGES))
    yield fields.choice("timezone", "Time zone", ((zone, zone) for zone in zones()))


def _snapshot(visit: Visit, fields: Form) -> Markup:
    query = """
        SELECT snapshots.*, IFNULL(accounts.account, '') AS source FROM snapshots
        LEFT JOIN accounts ON accounts.id = source_id WHERE deleted_by IS NULL
        ORDER BY snapshots.id = ? DESC, snapshots.id DESC LIMIT ?
    """
    chosen = parse_number(fields.value("snapshot")) or 0
    options, off = [("", "None: an empty account")], []
    for row in visit.turn.rows.all(query, (chosen, _SHOWN)):
        is_usable = row["status"] == "success" and row["created_at"] >= AUGUST_2021
        off += [] if is_usable else [str(row["id"])]
        why = "" if is_usable else ", cannot be used"
        options.append((str(row["id"]), f"{row['name']} (no. {row['id']}, of {row['source']}{why})"))
    hint = "The new account gets everything that the snapshot holds, but for images."
    return fields.choice("snapshot", "Snapshot", options, hint=hint, off=off)


def _check_button(visit: Visit, plan: Plan) -> None:
    pressed = "paid" if plan.is_paid else plan.tier
    if visit.text("press") != pressed:
        raise Problems({"tier": f"You chose {plan.label}. Look at the amount and press its button again."})


def _read_order(visit: Visit, plan: Plan) -> Order:
    snapshot = visit.text("snapshot")
    return Order(
        account=account_label(visit.text("account")),
        plan=plan,
        cname=visit.text("cname").lower(),
        client_name=visit.text("client_name"),
        client_email=visit.text("client_email"),
        notification=visit.text("notification"),
        language=visit.text("language"),
        timezone=visit.text("timezone"),
        country=visit.text("country"),
        snapshot_id=(parse_number(snapshot) or 0) if snapshot else None,
    )
