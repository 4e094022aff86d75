"""Values of clients: who the agency works for."""

import re
from typing import Final

from agencyfile.fields.register_numbers import holds_register_number
from agencyfile.fields.values import is_block_name, parse_email, parse_name, refusal
from agencyfile.fields.vocabulary import PORTAL_LANGUAGES
from agencyfile.fields.wording import listed, shown

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")
_ISO: Final = {name: code for code, name in PORTAL_LANGUAGES.items()}


def refuse_register_number(text: str) -> str:
    """Return a text that holds no national register number: such a number has no place in a file of clients."""
    if holds_register_number(text):
        raise refusal("register-number", "The value holds a national register number, and is not repeated here.")
    return text


def parse_client_name(text: str) -> str:
    """Return a client's name."""
    return parse_name(refuse_register_number(text))


def parse_client_email(text: str) -> str:
    """Return a client's address."""
    return parse_email(refuse_register_number(text))


def parse_client_language(text: str) -> str:
    """Return a client's language by its ISO 639-1 code, as far as the portal has it."""
    code = text.lower().replace("_", "-")
    if code in PORTAL_LANGUAGES:
        return code
    guess = _ISO.get(code)
    raise refusal(
        "client-language",
        f"{shown(text)} is no code of a language that the portal has: {listed(PORTAL_LANGUAGES)}.",
        f"write {guess}" if guess else "",
    )


def parse_phone(text: str) -> str:
    """Return a telephone number: digits, with the usual signs between them."""
    if _PHONE.fullmatch(refuse_register_number(text)):
        return text
    raise refusal("phone", f"{shown(text)} is not a telephone number.")


def parse_source_key(text: str) -> str:
    """Return the key of a client where it was imported from."""
    if is_block_name(refuse_register_number(text)):
        return text
    raise refusal("client-source", "The key is empty, longer than 100 characters, or holds what is not seen.")
