"""How accounts look: the words of the file, the fields of the API, and what they are called for humans (section 3)."""

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
    """The fields that set these words.

    `links` hides the vendor's links whatever value it has: it is sent where they are to be hidden, and only there.
    """
    fields: dict[str, Value] = {field: words[word] for word, field in TEXTS.items() if word in words}
    fields |= {field: "1" if words[word] else "0" for word, field in SHOWN.items() if word in words}
    return {**fields, LINKS: "1"} if words.get(LINKS) is False else fields


def settings_lines(words: Attributes) -> Iterator[str]:
    """One line for each word that is declared, as a person sets it."""
    for word in WORDS:
        if word not in words:
            continue
        value = words[word]
        if isinstance(value, bool):
            yield f"{'Show' if value else 'Hide'} {_LABELS[word]}."
        else:
            label = _LABELS[word]
            yield f"{label[0].upper()}{label[1:]}: {one_line(value) or '(empty)'}"
