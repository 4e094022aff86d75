"""The words that the portal knows, with the other words by which people call them."""

from typing import Final

TIERS: Final = ("trial", "starter", "plus", "pro", "enterprise")  # portal.md rule 30
PAID_TIERS: Final = TIERS[1:]
TIER_ALIASES: Final = {"professional": "pro", "lite": "starter"}  # portal.md, conflicts between seeds
BILLINGS: Final = ("monthly", "annual")  # portal.md rule 30
BILLING_HINTS: Final = {"yearly": "annual", "annually": "annual", "year": "annual", "month": "monthly"}
STATUSES: Final = ("active", "disabled")  # portal.md rule 45
PORTAL_STATES: Final = ("expired", "canceled", "cancelled", "archived", "creating")  # portal.md rule 45 and 1.2
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
TEMPLATE_TYPES: Final = ("basic", "designer", "legacy")  # portal.md rule 59
TEMPLATE_HINTS: Final = {"html": "basic", "new": "designer", "share": "designer", "old": "legacy", "classic": "legacy"}
TEMPLATE_WORDS: Final = {  # what a template of each type must have, and may have
    "basic": (("html",), ("tags",)),
    "designer": (("share_link",), ()),
    "legacy": (("source_account",), ()),
}
BRANDING_TEXTS: Final = ("site_name", "header_text", "header_html", "footer_text", "footer_html")  # portal.md section 3
BRANDING_IMAGES: Final = ("site_logo", "site_logo_small", "favicon")
BRANDING_SWITCHES: Final = ("copyright", "version", "license", "links", "help")

SECTIONS: Final = ("sandboxes", "snapshots", "templates", "accounts")
PARTS: Final = (*SECTIONS, "removed")  # what every file may hold, included ones too
KINDS: Final = {"sandboxes": "sandbox", "snapshots": "snapshot", "templates": "template", "accounts": "account"}
HOSTED: Final = ("account", "sandbox")  # these share the portal's host names
IGNORED_KINDS: Final = ("account", "sandbox", "snapshot")  # what the portal lists
SMS_TIERS: Final = ("trial", "plus", "pro", "enterprise")  # portal.md rule 68
EFFECTS: Final = ("reversible", "billed", "one-shot", "permanent", "guard")
RESENDS: Final = ("never", "after-window")
REMOVALS: Final = {  # portal.md rules 15, 35, 36 and 37
    "account": ("cancel", "transfer", "forget"),
    "sandbox": ("cancel", "forget"),
    "snapshot": ("delete", "forget"),
}
REMOVAL_ACTIONS: Final = ("cancel", "transfer", "delete", "forget")
REMOVAL_HINTS: Final = {"remove": "delete", "destroy": "delete", "move": "transfer", "hand over": "transfer"}
LATER_WORDS: Final = frozenset({"contacts", "customers"})
