"""Agency files whose next apply sends one call of a kind, and the books that tell how often it happened."""

from rehearsal import Rehearsal
from stories import LAB, agency, live_account

APPROVED = ("-auto-approve", "--allow", "billed,permanent,guard")
KEY = {"AGENCY_KEY_ACME": "key-of-acme"}

CREATION, GRANT, SNAPSHOT, TEMPLATE, UPGRADE = (
    "account_add",
    "account_credits_apply",
    "POST /api/child-account-snapshots/v1/",
    "message_template_add",
    "account_edit",
)
CALLS = (CREATION, GRANT, SNAPSHOT, TEMPLATE, UPGRADE)


def prepare(rehearsal: Rehearsal, call: str) -> str:
    """Write the agency file whose next apply sends that call as its only one of its kind; return its address."""
    match call:
        case "account_add":
            rehearsal.write(agency(rehearsal.recipient, acme=""))
            return "account.acme"
        case "account_credits_apply":
            rehearsal.write(agency(rehearsal.recipient, acme=""))
            rehearsal.apply()
            rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5000}"))
            return "credit.acme.email"
        case "message_template_add":
            rehearsal.seed(accounts=[live_account("acme", api_key="key-of-acme")])
            rehearsal.environment |= KEY
            block = "api: {url: 'https://acme.api-us1.com', key: '${env:AGENCY_KEY_ACME}'}, templates: [news]"
            rehearsal.write(
                agency(rehearsal.recipient, "templates: {news: {type: basic, html: news.html}}\n", acme=block)
            )
            rehearsal.write("<h1>News</h1>", "news.html")
            return "delivery.acme.news"
        case "account_edit":
            rehearsal.write(agency(rehearsal.recipient, acme=""))
            rehearsal.apply()
            rehearsal.write(agency(rehearsal.recipient, acme="plan: {tier: plus, billing: monthly, contacts: 2500}"))
            return "account.acme"
        case _:
            rehearsal.write(agency(rehearsal.recipient, LAB))
            return "snapshot.base"


def effects(rehearsal: Rehearsal) -> dict[str, int]:
    """What the portal's own books say has happened, however often."""
    (account,) = [row for row in rehearsal.book("accounts") if row["account"] == "acme"] or [{}]
    return {
        CREATION: len(rehearsal.book("charges")),
        GRANT: account.get("email_credits", 0) // 5000,
        SNAPSHOT: len(rehearsal.book("snapshots")),
        TEMPLATE: len(rehearsal.book("templates")),
        UPGRADE: len(rehearsal.book("charges")) - 1,
    }
