"""Mails to the vendor's support, ready to send, for changes that only support can make (`docs/portal.md` 2.3)."""

from collections.abc import Iterable
from typing import Final

from agencyfile.fields.account_names import HOST_SUFFIX
from plan.resource import Resource
from plan.values import Attributes, Value

SUPPORT: Final = "help@activecampaign.com"


def mail(*, to: str, subject: str, body: Iterable[str], sender: str = "", cc: str = "") -> str:
    """Return the whole mail as text, headers first. Headers without a value are left out."""
    headers = (("From", sender), ("To", to), ("Cc", cc), ("Subject", subject))
    lines = [f"{name}: {one_line(value)}" for name, value in headers if value]
    return "\n".join((*lines, "", *body))


def support_mail(subject: str, body: Iterable[str], attributes: Attributes, cc: str = "") -> str:
    """Return a mail from the agency to the vendor's support. It ends with the address for the answer."""
    answer = text(attributes, "notification")
    ending = ("", f"Please write to {answer} when it is done.") if answer else ()
    return mail(to=SUPPORT, cc=cc, subject=subject, body=("Hello,", "", *body, *ending))


def host_of(name: str) -> str:
    """Return the host of an account, by which support identifies it."""
    return f"{name}{HOST_SUFFIX}"


def text(attributes: Attributes, name: str) -> str:
    """Return an attribute as one line; empty if it is not declared."""
    return one_line(attributes.get(name))


def one_line(value: Value) -> str:
    """Return a value without line breaks, so that it cannot begin a header or a step."""
    return " ".join(str(value).split()) if value is not None else ""


def client_of(resource: Resource) -> str:
    """Return the client in words: by name, or by the account."""
    return text(resource.attributes, "client.name") or f"the client of `{resource.address.name}`"
