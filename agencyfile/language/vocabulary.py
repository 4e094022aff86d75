"""The words that the portal knows, with the other words by which people call them."""

from typing import Final

TIERS: Final = ("trial", "starter", "plus", "pro", "enterprise")  # portal.md rule 30
PAID_TIERS: Final = TIERS[1:]
TIER_ALIASES: Final = {"professional": "pro", "lite": "starter"}  # portal.md, conflicts between seeds
BILLINGS: Final = ("monthly", "annual")  # portal.md rule 30
BILLING_HINTS: Final = {"yearly": "annual", "annually": "annual", "year": "annual", "month": "monthly"}
STATUSES: Final = ("active", "disabled")  # portal.md rule 45
STATUS_HINTS: Final = {"inactive": "disabled", "suspended": "disabled", "enabled": "active"}
LANGUAGES: Final = (  # portal.md 1.2
    "chinese",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "italian",
    "polish",
    "portuguese",
    "portuguese - brazil",
    "spanish",
    "turkish",
)
LANGUAGE_HINTS: Final = {
    "da": "danish",
    "de": "german",
    "deutsch": "german",
    "en": "english",
    "es": "spanish",
    "español": "spanish",
    "fi": "finnish",
    "fr": "french",
    "français": "french",
    "it": "italian",
    "italiano": "italian",
    "nederlands": "dutch",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "pt-br": "portuguese - brazil",
    "tr": "turkish",
    "zh": "chinese",
}
TEMPLATE_TYPES: Final = ("basic",)
LATER_TEMPLATE_TYPES: Final = ("designer", "legacy")  # portal.md rule 59

SECTIONS: Final = ("sandboxes", "snapshots", "templates", "accounts")
PARTS: Final = (*SECTIONS, "removed")  # what every file may hold, included ones too
KINDS: Final = {"sandboxes": "sandbox", "snapshots": "snapshot", "templates": "template", "accounts": "account"}
SMS_TIERS: Final = ("trial", "plus", "pro", "enterprise")  # portal.md rule 68
RESENDS: Final = ("never", "after-window")
REMOVALS: Final = ("cancel",)  # portal.md rule 37
LATER_REMOVALS: Final = ("delete", "forget", "transfer")
LATER_WORDS: Final = frozenset(
    {
        "addons",
        "adopt",
        "api",
        "branding",
        "contacts",
        "country",
        "currency",
        "customers",
        "ignore",
        "previously",
        "review",
        "share_link",
        "source_account",
        "templates",
        "trial",
    }
)
