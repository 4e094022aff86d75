"""Mails that are ready to send: what only the vendor's support can do is asked for by mail (`portal.md` 2.3)."""

from collections.abc import Iterable
from typing import Final

from agencyfile.fields.account_names import HOST_SUFFIX
from plan.resource import Resource
from plan.values import Attributes, Value

SUPPORT: Final = "help@activecampaign.com"


def mail(*, to: str, subject: str, body: Iterable[str], sender: str = "", cc: str = "") -> str:
    """The whole mail as text, headers first; headers without a value are left out."""
    headers = (("From", sender), ("To", to), ("Cc", cc), ("Subject", subject))
    lines = [f"{name}: {one_line(value)}" for name, value in headers if value]
    return "\n".join((*lines, "", *body))


def support_mail(subject: str, body: Iterable[str], attributes: Attributes, cc: str = "") -> str:
    """A mail of the agency to the vendor's support, which ends with where the answer goes."""
    answer = text(attributes, "notification")
    ending = ("", f"Please write to {answer} when it is done.") if answer else ()
    return mail(to=SUPPORT, cc=cc, subject=subject, body=("Hello,", "", *body, *ending))


def host_of(name: str) -> str:
    """The host of an account, by which support knows it."""
    return f"{name}{HOST_SUFFIX}"


def text(attributes: Attributes, name: str) -> str:
    """An attribute as one line, empty where it is not declared."""
    return one_line(attributes.get(name))


def one_line(value: Value) -> str:
    """A value without line breaks: it cannot begin a header or a step of its own."""
    return " ".join(str(value).split()) if value is not None else ""


def client_of(resource: Resource) -> str:
    """The client in words: by name, or by the account."""
    return text(resource.attributes, "client.name") or f"the client of `{resource.address.name}`"
