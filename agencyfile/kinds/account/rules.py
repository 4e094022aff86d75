"""The diagnostics of client accounts."""

from typing import Final

from plan.diagnostic import Severity
from plan.rule import Rule

RULES: Final = (
    Rule(
        "account-name",
        "Not an account name",
        "use lower-case letters, digits, hyphens and underscores",
        "portal.md rule 24",
    ),
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
    Rule("country", "Country not known", "write the country's two capital letters, as in FR", "portal.md rule 29"),
    Rule("currency", "Currency not known", "write the currency's three capital letters, as in EUR", "portal.md 1.8"),
    Rule(
        "currency-without-country",
        "Currency without a country",
        "add country, or remove currency",
        "portal.md rule 29",
    ),
    Rule("domain", "Not a domain", "write a full host name, as in mail.client.example", "portal.md rule 53"),
    Rule(
        "domain-single-word",
        "Domain is a single word",
        "write a full host name, as in mail.client.example",
        "portal.md rule 53",
    ),
    Rule("domain-duplicate", "Domain used twice", "give each account its own sub-domain", "portal.md rule 52"),
    Rule("status", "Status not known", "write active or disabled", "portal.md rule 45"),
    Rule(
        "api-shared",
        "Two accounts with one API",
        "write each account's own address",
        "portal.md section 3",
        Severity.WARNING,
    ),
    Rule("plan-tier-sandbox", "Account on the sandbox tier", "declare it under sandboxes", "portal.md rules 1, 5"),
    Rule("plan-tier", "Tier not known", "write trial, starter, plus, pro or enterprise", "portal.md rule 30"),
    Rule("plan-billing", "Billing not known", "write monthly or annual", "portal.md rule 30"),
    Rule("plan-number", "Number too small", "write a whole number above zero", "portal.md rule 30"),
    Rule("plan-incomplete", "Plan is not complete", "name tier, billing and contacts", "portal.md rule 30"),
    Rule("plan-mixed", "Plan by id and by words", "keep the id, or the words", "portal.md rule 30"),
    Rule("trial-terms", "Trial with billing or contacts", "remove billing and contacts", "portal.md rule 42"),
    Rule("trial-extension-tier", "Extension of what is no trial", "remove trial", "portal.md rule 43"),
    Rule(
        "reactivations",
        "Reactivations are no number above zero",
        "write how many there may be in all, or remove it",
        "portal.md section 8",
    ),
    Rule("trial-extended-once", "Trial extended more than once", "write extended: true", "portal.md rule 43"),
)
