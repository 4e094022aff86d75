"""The document of `contacts list` and `contacts import`, as JSON and for renderers."""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class ContactRecord(TypedDict):
    """One contact of the export."""

    email: str
    words: Mapping[str, str]
    """Name, phone and language, as far as the export has them."""
    group: bool
    pending: bool
    """Does the operator still wait for the verification of the address?"""
    subscriptions: int
    """Number of subscriptions that it has."""
    declared: bool
    """Does the agency file declare it?"""


class CustomerRecord(TypedDict):
    """One customer number of the export."""

    number: str
    subscriptions: Mapping[str, Sequence[str]]
    """Addresses by subscription; one of a service or a billing account has that in front."""
    declared: bool
    """Does the agency file declare it?"""


class ContactsSummary(TypedDict):
    """Numbers of contacts and customer numbers."""

    contacts: int
    customers: int
    new_contacts: int
    """Contacts that the file does not declare."""
    new_customers: int
    """Customer numbers that the file does not declare."""


class ContactsDocument(TypedDict):
    """The contacts of an export beside the agency file."""

    agency: str
    export: str
    made: str
    """When the export was made, ISO 8601."""
    summary: ContactsSummary
    contacts: list[ContactRecord]
    customers: list[CustomerRecord]
    remarks: list[str]
    """Rows and values that cannot be used, and why."""
    file: str | None
    """The file that the import writes; null where it writes none."""
    dry_run: bool
