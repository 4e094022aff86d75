"""Branding of accounts: keys of the file, fields of the API, and labels for humans (`docs/portal.md` section 3)."""

from collections.abc import Iterator
from typing import Final

from agencyfile.kinds.support_mail import one_line
from plan.values import Attributes, Value

# The fields of version 3 of an account's own API. Its booleans are texts, "1" and "0".
TEXTS: Final = {
    "site_name": "siteName",
    "site_logo": "siteLogo",
    "site_logo_small": "siteLogoSmall",
    "favicon": "favicon",
    "header_text": "headerTextValue",
    "header_html": "headerHtmlValue",
    "footer_text": "footerTextValue",
    "footer_html": "footerHtmlValue",
}
SHOWN: Final = {"copyright": "copyright", "version": "version", "license": "license", "help": "help"}
LINKS: Final = "links"
FLAGS: Final = "flags"  # what a flag of "1" does, where the settings tell it (`polarity`)
HIDES: Final = "one-hides"
OPENING: Final = frozenset({"api", "key"})  # the address of the API that takes it, or the key that this plan fetches
WORDS: Final = (*TEXTS, *SHOWN, LINKS)

_LABELS: Final = {
    "site_name": "site name",
    "site_logo": "logo",
    "site_logo_small": "small logo",
    "favicon": "icon for browsers",
    "header_text": "header text",
    "header_html": "header HTML",
    "footer_text": "footer text",
    "footer_html": "footer HTML",
    "copyright": "the vendor's copyright",
    "version": "the version",
    "license": "the license",
    LINKS: "the vendor's links",
    "help": "the vendor's help",
}


def fields_of(words: Attributes) -> dict[str, Value]:
    """Return the fields that set these keys, and no others.

    A "1" shows what it names, unless the settings say that it hides (section 8, R13). `links` hides
    the vendor's links with any value, so it is sent only to hide them.
    """
    fields: dict[str, Value] = {field: words[word] for word, field in TEXTS.items() if word in words}
    one = words.get(FLAGS) != HIDES
    fields |= {field: "1" if words[word] is one else "0" for word, field in SHOWN.items() if word in words}
    return {**fields, LINKS: "1"} if words.get(LINKS) is False else fields


def settings_lines(words: Attributes) -> Iterator[str]:
    """Return one line for each declared key, as a person sets it."""
    for word in WORDS:
        if word not in words:
            continue
        value = words[word]
        if isinstance(value, bool):
            yield f"{'Show' if value else 'Hide'} {_LABELS[word]}."
        else:
            label = _LABELS[word]
            yield f"{label[0].upper()}{label[1:]}: {one_line(value) or '(empty)'}"
