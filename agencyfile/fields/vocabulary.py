"""The words that the portal knows, with the other words by which people call them."""

from typing import Final

TIERS: Final = ("trial", "starter", "plus", "pro", "enterprise")  # docs/portal.md rule 30
PAID_TIERS: Final = TIERS[1:]
TIER_ALIASES: Final = {"professional": "pro", "lite": "starter"}  # docs/portal.md, conflicts between seeds
BILLINGS: Final = ("monthly", "annual")  # docs/portal.md rule 30
BILLING_HINTS: Final = {"yearly": "annual", "annually": "annual", "year": "annual", "month": "monthly"}
STATUSES: Final = ("active", "disabled")  # docs/portal.md rule 45
PORTAL_STATES: Final = ("expired", "canceled", "cancelled", "archived", "creating")  # docs/portal.md rule 45 and 1.2
STATUS_HINTS: Final = {"inactive": "disabled", "suspended": "disabled", "enabled": "active"}
LANGUAGES: Final = (  # docs/portal.md 1.2
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
# Languages of clients by ISO 639-1, as far as the portal has them.
PORTAL_LANGUAGES: Final = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "pt-br": "portuguese - brazil",
    "tr": "turkish",
    "zh": "chinese",
}
EFFECTS: Final = ("reversible", "billed", "one-shot", "permanent", "guard")
RESENDS: Final = ("never", "after-window")
