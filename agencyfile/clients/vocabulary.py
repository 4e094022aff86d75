"""Words by which sources name languages and countries."""

from typing import Final

from agencyfile.fields.countries import COUNTRIES
from agencyfile.fields.vocabulary import PORTAL_LANGUAGES

# Names of languages in Dutch, French, English, German and themselves, as Belgian systems show them.
_LANGUAGE_NAMES: Final = {
    "nederlands": "nl",
    "dutch": "nl",
    "néerlandais": "nl",
    "neerlandais": "nl",
    "niederländisch": "nl",
    "frans": "fr",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "französisch": "fr",
    "engels": "en",
    "english": "en",
    "anglais": "en",
    "englisch": "en",
    "duits": "de",
    "german": "de",
    "allemand": "de",
    "deutsch": "de",
    "spaans": "es",
    "spanish": "es",
    "espagnol": "es",
    "español": "es",
    "italiaans": "it",
    "italian": "it",
    "italien": "it",
    "italiano": "it",
    "portugees": "pt",
    "portuguese": "pt",
    "portugais": "pt",
    "português": "pt",
    "pools": "pl",
    "polish": "pl",
    "polonais": "pl",
    "polski": "pl",
    "turks": "tr",
    "turkish": "tr",
    "turc": "tr",
    "türkçe": "tr",
}
_COUNTRY_NAMES: Final = {
    **{name.lower(): code for code, name in COUNTRIES.items()},
    "belgië": "BE",
    "belgie": "BE",
    "belgique": "BE",
    "belgien": "BE",
    "nederland": "NL",
    "pays-bas": "NL",
    "frankrijk": "FR",
    "luxemburg": "LU",
    "duitsland": "DE",
    "allemagne": "DE",
    "deutschland": "DE",
    "verenigd koninkrijk": "GB",
    "royaume-uni": "GB",
    "spanje": "ES",
    "espagne": "ES",
    "italië": "IT",
    "italie": "IT",
}


def language_code(text: str) -> str | None:
    """Return the code of a language that the portal has, by its code, locale or name; None where it has none."""
    word = text.strip().lower().replace("_", "-")
    for code in (word, word.partition("-")[0]):
        if code in PORTAL_LANGUAGES:
            return code
    return _LANGUAGE_NAMES.get(word)


def country_code(text: str) -> str | None:
    """Return the code of a country, by its code or name; None where it is not known."""
    word = text.strip()
    if word.upper() in COUNTRIES:
        return word.upper()
    return _COUNTRY_NAMES.get(word.lower())
