"""Customers of Admin Consult as records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from agencyfile.clients.adminconsult.api import Api
from agencyfile.clients.adminconsult.filters import compared, joined
from agencyfile.clients.checks import Raw, RawClient, checked
from agencyfile.clients.records import Connected, Record
from agencyfile.clients.service import Service
from agencyfile.clients.waiting import Patience, first_records
from plan.values import Secret

NAME: Final = "adminconsult"
LABEL: Final = "Admin IS | Consult"
PER_MINUTE: Final = 60.0  # until the system has told its own limit
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "firstname": ("Firstname",),
    "lastname": ("Name",),
    "email": ("Email",),
    "language": ("Language",),
    "phone": ("Phone", "Mobile", "Phone2"),
    "enterprise_number": ("VATNr", "RegistrationNr"),
    "key": ("CustomerId",),
    "register_number": ("SocialSecurityNumber",),
}


class AdminConsult:
    """Active customers, with the country of their registered office."""

    name = NAME

    def __init__(self, service: Service, key: Secret, patience: Patience | None = None) -> None:
        self._service = service
        self._api = Api(service, key)
        self._patience = patience or Patience()

    def connect(self) -> Connected:
        """Check the key, and what it may read.

        Raises:
            SourceError: it is not accepted, or may not read customers.
        """
        settings = self._api.settings()
        next(self._api.pages("customers", compared("IsActive", "eq", value=True)), None)
        next(self._api.pages("customeraddresses", compared("RegisteredOffice", "eq", value=True)), None)
        limit = f"{settings.get('RateLimit')} calls a minute"
        return Connected(f"{LABEL} at {self._service.origin}", ("customers", "addresses of customers"), (limit,))

    def read(self) -> Iterator[Record]:
        """Read every active customer.

        Raises:
            SourceError: a list cannot be read to its end.
        """
        self._api.settings()
        customers = first_records(self._customers, self._patience, self._service, LABEL)
        countries = self._countries() if customers else {}
        for customer in customers:
            yield checked(_raw(customer, countries.get(str(customer.get("CustomerId")), "")))

    def _customers(self) -> Sequence[Mapping[str, Any]]:
        return self._api.listed("customers", "CustomerId", joined(compared("IsActive", "eq", value=True)))

    def _countries(self) -> dict[str, str]:
        """The countries of registered offices by customer: the list of customers has no address."""
        rows = self._api.listed(
            "customeraddresses", "CustomerAddressId", compared("RegisteredOffice", "eq", value=True)
        )
        return {str(row.get("CustomerId")): str(row.get("CountryCode") or "") for row in rows}


def _raw(customer: Mapping[str, Any], country: str) -> RawClient:
    place = f"customer {customer.get('CustomerId')}"
    values = {
        name: [_value(place, word, customer.get(word)) for word in words if customer.get(word) not in (None, "", 0)]
        for name, words in _FIELDS.items()
    }
    if country:
        values["country"] = [Raw(f"{place} CountryCode", country)]
    if customer.get("IsCompany") in (1, True):
        values.pop("firstname", None)
    return RawClient(place, {name: found for name, found in values.items() if found})


def _value(place: str, word: str, value: object) -> Raw:
    where = f"{place} {word}"
    if isinstance(value, bool | float | list | dict):
        return Raw(where, fault="is no text")
    return Raw(where, str(value))
