"""The rules of the language: one stable id each, with severity, summary, fix and where the rule comes from.

A source is a numbered rule or a section of `portal.md`, the YAML specification, or `language` for a rule of ours.
"""

from dataclasses import dataclass
from typing import Final

from plan.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that `validate` checks offline. `summary` and `fix` hold no user data."""

    id: str
    summary: str
    fix: str
    source: str = "language"
    severity: Severity = Severity.ERROR


_BYTES = (
    Rule("file-unreadable", "File cannot be read", "name a file that exists and that you may read"),
    Rule("file-too-large", "Too much to read", "split the file and name its parts under include"),
    Rule("not-utf8", "Not UTF-8", "save the file as UTF-8", "YAML 1.2 section 5.2"),
    Rule("control-character", "Control character", "remove the character", "YAML 1.2 section 5.1"),
)

_YAML = (
    Rule("syntax", "Not YAML", "correct the YAML at this place", "YAML 1.2"),
    Rule("nesting-depth", "Nested too deeply", "flatten the value; no part of an agency file nests this deep"),
    Rule("too-many-values", "Too many values", "split the file and name its parts under include"),
    Rule("alias-expansion", "Alias expands too far", "write the value out, or move it to defaults"),
    Rule("undefined-alias", "Alias without anchor", "write the value out, or define the anchor before it is used"),
    Rule("yaml-tag", "Tag not allowed", "remove the tag"),
    Rule("merge-key", "Merge key not allowed", "move what blocks share to defaults"),
    Rule("several-documents", "Several documents in one file", "keep one document, without --- between blocks"),
    Rule("duplicate-key", "Duplicate key", "keep one of the two", "YAML 1.2 section 3.2.1.1"),
    Rule("complex-key", "Key is not text", "write the key as plain text"),
    Rule("ambiguous-number", "Number with a leading zero", "quote it when it is text, or drop the zero"),
    Rule("quote-text", "Text expected", "quote it"),
    Rule("wrong-type", "Wrong type of value", "write the type of value that is expected here"),
    Rule("empty-value", "Key without a value", "give the key a value, or remove the key"),
)

_FILE = (
    Rule("too-many-errors", "Too many errors", "correct the errors above first"),
    Rule("empty-file", "Nothing in the file", "begin with version: 1 and agency:"),
    Rule("unknown-key", "Unknown key", "remove the key"),
    Rule("missing-key", "Required key is missing", "add the key"),
    Rule("version", "Version of the format not known", "write version: 1"),
    Rule("include-outside", "Include outside the folder", "keep included files in the agency file's folder"),
    Rule("include-empty", "Include matches no file", "correct or remove the pattern", "language", Severity.WARNING),
    Rule("agency-name", "Not a name for an agency", "use lower-case letters, digits and hyphens"),
    Rule("block-name", "Not a name for a block", "use 1 to 100 printable characters, no space at either end"),
    Rule("duplicate-name", "Name declared twice", "rename or remove one of the two", "portal.md 1.5"),
    Rule("dangling-reference", "Reference to nothing", "declare the block, or correct the name"),
)

_SECRETS = (
    Rule("plaintext-secret", "Secret in plain text", "put it in the environment and write ${env:NAME} here"),
    Rule("environment-reference", "Not an environment reference", "write ${env:NAME} and nothing around it"),
    Rule("environment-misplaced", "Environment reference not allowed here", "write the value itself"),
    Rule("environment-value", "Environment variable is no key", "set the variable to the key alone"),
    Rule("environment-unset", "Environment variable is not set", "set the variable, or remove the key"),
)

_AGENCY = (
    Rule("portal-url", "Not a usable portal address", "write https://HOST/PATH", "portal.md 1.1, 1.8"),
    Rule("rate-limit", "Not a rate", "write requests per second, as in 5/s", "portal.md section 6"),
    Rule("duration", "Not a duration", "write a number and a unit: 500ms, 2s, 30m or 1h", "portal.md section 6"),
    Rule("wait-order", "Waits out of order", "write first <= most <= timeout", "portal.md section 6"),
    Rule("first-page", "Not a first page", "write auto, 0 or 1", "portal.md 1.3"),
    Rule("plan-ids", "Not a plan", "write TIER/BILLING/CONTACTS: ID, as in plus/monthly/1000: 12", "portal.md 1.4"),
    Rule("ledger-location", "Not a place for the ledger", "write file:PATH, git+branch:NAME or git+branch:NAME@REMOTE"),
    Rule("money", "Not an amount of money", "write an amount and a currency, as in 100 USD"),
    Rule("budget-amount", "Budget of nothing", "write an amount above zero, or remove the budget"),
    Rule("budget-currency", "Budgets in two currencies", "write both budgets in one currency"),
    Rule("resend", "Not a way to resend", "write never or after-window"),
    Rule("lease-duration", "Lease too short", "write 10s or more"),
    Rule("recipient", "Not a public key", "write an age1... key, or an ssh-ed25519 or ssh-rsa public key"),
)

_BLOCKS = (
    Rule("account-name", "Not an account name", "use lower-case letters, digits and hyphens", "portal.md rule 24"),
    Rule("client", "Client is not named", "write the client's name", "portal.md rule 25"),
    Rule("email", "Not an e-mail address", "write one address, as in ops@agency.example", "portal.md rules 25, 26"),
    Rule(
        "notification-is-client",
        "Notifications go to the client",
        "name a mailbox that the agency reads",
        "portal.md rule 26",
        Severity.WARNING,
    ),
    Rule("language", "Language not known", "write one of the portal's languages", "portal.md rule 28"),
    Rule("timezone", "Time zone not known", "write a time zone of the IANA list", "portal.md rule 28"),
    Rule("domain", "Not a domain", "write a full host name, as in mail.client.example", "portal.md rule 53"),
    Rule(
        "domain-single-word",
        "Domain is a single word",
        "write a full host name, as in mail.client.example",
        "portal.md rule 53",
    ),
    Rule("domain-duplicate", "Domain used twice", "give each account its own sub-domain", "portal.md rule 52"),
    Rule("sandbox-domain", "Sandbox with a domain", "remove the domain", "portal.md rules 7, 52"),
    Rule("sandbox-plan", "Sandbox with a plan", "remove the plan", "portal.md rule 1"),
    Rule("plan-tier-sandbox", "Account on the sandbox tier", "declare it under sandboxes", "portal.md rules 1, 5"),
    Rule("plan-tier", "Tier not known", "write trial, starter, plus, pro or enterprise", "portal.md rule 30"),
    Rule("plan-billing", "Billing not known", "write monthly or annual", "portal.md rule 30"),
    Rule("plan-number", "Number too small", "write a whole number above zero", "portal.md rule 30"),
    Rule("plan-incomplete", "Plan is not complete", "name tier, billing and contacts", "portal.md rule 30"),
    Rule("plan-mixed", "Plan by id and by words", "keep the id, or the words", "portal.md rule 30"),
    Rule("trial-terms", "Trial with billing or contacts", "remove billing and contacts", "portal.md rule 42"),
    Rule("status", "Status not known", "write active or disabled", "portal.md rule 45"),
    Rule("credit-total", "Total below zero", "write the total ever granted: zero or more", "portal.md rule 71"),
    Rule(
        "sms-tier",
        "SMS credits on a tier without SMS",
        "remove sms, or choose plus, pro or enterprise",
        "portal.md rule 68",
    ),
    Rule("snapshot-source", "Snapshot of an account", "name a sandbox", "portal.md rule 12"),
    Rule("template-type", "Type of template not known", "write type: basic", "portal.md rule 59"),
    Rule("template-html", "Template file cannot be used", "name a UTF-8 file inside the agency file's folder"),
)

_REMOVED = (
    Rule("removal-action", "Action not known", "write action: cancel", "portal.md rules 36, 37"),
    Rule("removal-kind", "Removal of a kind not known", "name an account"),
    Rule("removal-reason", "Removal without a reason", "write why, for those who look later"),
    Rule("removal-declared", "Declared and removed", "remove the block, or the entry under removed"),
    Rule("removal-duplicate", "Removed twice", "keep one of the two"),
)

RULES: Final = {rule.id: rule for rule in (*_BYTES, *_YAML, *_FILE, *_SECRETS, *_AGENCY, *_BLOCKS, *_REMOVED)}
