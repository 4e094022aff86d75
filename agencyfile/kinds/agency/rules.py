"""The diagnostics of the agency's settings."""

from typing import Final

from plan.rule import Rule

RULES: Final = (
    Rule("agency-name", "Not a name for an agency", "use lower-case letters, digits and hyphens", "language"),
    Rule("portal-url", "Not a usable portal address", "write https://HOST/PATH", "portal.md 1.1, 1.8, 3"),
    Rule(
        "account-api",
        "Not an address with a place for the account",
        "write https:// and {account} where its name belongs, as in https://{account}.activehosted.com",
        "portal.md section 3",
    ),
    Rule("rate-limit", "Not a rate", "write requests per second, as in 5/s", "portal.md section 6"),
    Rule("duration", "Not a duration", "write a number and a unit: 500ms, 2s, 30m or 1h", "portal.md section 6"),
    Rule("wait-order", "Waits out of order", "write first <= most <= timeout", "portal.md section 6"),
    Rule("first-page", "Not a first page", "write auto, 0 or 1", "portal.md 1.3"),
    Rule("plan-ids", "Not a plan", "write TIER/BILLING/CONTACTS: ID, as in plus/monthly/1000: 12", "portal.md 1.4"),
    Rule(
        "ledger-location",
        "Not a place for the ledger",
        "write file:PATH, git+branch:NAME, git+branch:NAME@REMOTE, postgres:NAME, s3:BUCKET/PREFIX or the like",
        "language",
    ),
    Rule("money", "Not an amount of money", "write an amount and a currency, as in 100 USD", "language"),
    Rule("budget-amount", "Budget of nothing", "write an amount above zero, or remove the budget", "language"),
    Rule("budget-currency", "Budgets in two currencies", "write both budgets in one currency", "language"),
    Rule("resend", "Not a way to resend", "write never or after-window", "language"),
    Rule("lease-duration", "Lease too short", "write 10s or more", "language"),
    Rule(
        "notify-url",
        "Not an address of a receiver",
        "write https://HOST/PATH; an address that is a secret belongs into AGENCYFILE_WEBHOOK_URL",
        "language",
    ),
    Rule("notify-word", "Not a word of notify", "write one of the words that are listed", "language"),
    Rule("share", "Not a share", "write 1% to 100%", "language"),
    Rule("review-effect", "Effect not known", "write reversible, billed, one-shot, permanent or guard", "language"),
    Rule(
        "sample-recipient",
        "Recipient copied from a manual",
        "write your own: `agencyfile credentials keygen` makes one and prints it",
        "language",
    ),
    Rule(
        "contacts-export-location",
        "Not a place for an export",
        "write the path of a .csv or .xlsx file inside the agency file's folder",
        "language",
    ),
    Rule("signer", "Not a signer", "write NAME ssh-ed25519 KEY, as in git's allowed signers", "language"),
    Rule("recipient", "Not a public key", "write an age1... key, or an ssh-ed25519 or ssh-rsa public key", "language"),
)
