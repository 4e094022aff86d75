"""Currencies that people pay in, by their codes (ISO 4217): without funds, metals and codes for tests."""

from typing import Final

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown

_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
_SIGNS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD"}


def parse_currency(text: str) -> str:
    """A currency by its code, in capitals."""
    if text in CURRENCIES:
        return text
    word = text.strip()
    guess = _SIGNS.get(word.lower()) or (word.upper() if word.upper() in CURRENCIES else None)
    raise refusal(
        "currency",
        f"{shown(text)} is not a currency by its three capital letters (ISO 4217).",
        f"write {guess}" if guess else "",
    )
