"""Made-up clients. Their numbers are valid, and belong to nobody that we know of."""

from dataclasses import dataclass
from typing import Final

_FIRST: Final = ("Jana", "Luc", "Amélie", "Pieter", "Noor", "Émile", "Lotte", "Karim", "Sofie", "Zoë")
_LAST: Final = ("Voorbeeld", "Exemple", "De Proef", "Modèle", "Van Test", "Dupont-Essai", "Monster", "O'Fictie")
_TRADES: Final = ("Bakkerij", "Fitness", "Garage", "Atelier", "Studio", "Boulangerie", "Kapsalon", "Brouwerij")
_LANGUAGES: Final = ("Nederlands", "Français", "Engels", "Duits")
_COUNTRIES: Final = ("BE", "BE", "BE", "NL", "FR")


@dataclass(frozen=True, slots=True)
class Person:
    """One client: a company, or a natural person with a register number."""

    number: int
    is_company: bool
    name: str
    first_name: str
    email: str
    phone: str
    language: str
    country: str
    enterprise_number: str
    register_number: str


def person(number: int) -> Person:
    """Return the client of that number: the same one each time."""
    is_company = number % 3 != 0
    last = _LAST[number % len(_LAST)]
    trade = f"{_TRADES[number % len(_TRADES)]} {last} {number}"
    return Person(
        number=number,
        is_company=is_company,
        name=trade if is_company else f"{last} {number}",
        first_name="" if is_company else _FIRST[number % len(_FIRST)],
        email=f"client{number}@client{number}.example",
        phone=f"+32 2 555 {number // 100 % 100:02} {number % 100:02}",
        language=_LANGUAGES[number % len(_LANGUAGES)],
        country=_COUNTRIES[number % len(_COUNTRIES)],
        enterprise_number=_enterprise_number(number) if is_company else "",
        register_number="" if is_company else _register_number(number),
    )


def _enterprise_number(number: int) -> str:
    base = 8_900_000 + number
    return f"{base:08}{97 - base % 97:02}"


def _register_number(number: int) -> str:
    nine = f"{50 + number % 49:02}{1 + number % 12:02}{1 + number % 28:02}{1 + number % 998:03}"
    return f"{nine}{97 - int(nine) % 97:02}"
