"""Calls to accounts' own APIs: what has to be looked up first is looked up in the same send (`portal.md` section 3)."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from agencyfile.portal.apis.account_api import AccountApi, AccountApis
from agencyfile.portal.apis.account_brandings import branding_id, edit_branding
from agencyfile.portal.apis.account_templates import (
    Look,
    add_template,
    basic_templates,
    edit_template,
    find_template,
)
from agencyfile.portal.http.faults import Fault, NotSent, Unclear
from agencyfile.portal.http.transport import Answer
from plan.call import Call, Confirmed, Outcome
from plan.values import Content, Value

T = TypeVar("T")

APIS: Final = ("account_v1", "account_v3")


class AccountWriter:
    """Sends calls to accounts' own APIs."""

    def __init__(self, apis: AccountApis) -> None:
        self._apis = apis

    def send(self, call: Call, took_nothing: Callable[[Answer], bool]) -> Outcome:
        """Send one call; one that must not repeat again only after a 429 that `took_nothing` believes.

        Raises:
            Fault: there is no clean yes.
        """
        url = call.parameters.get("api")
        api = self._apis.of(_text(call, "account"), url if isinstance(url, str) else None)
        match call.operation:
            case "message_template_add":
                add_template(api, _text(call, "name"), _text(call, "html"), _tags(call), took_nothing)
                self._tell_of_twins(api, call)
            case "message_template_edit":
                _edit_template(api, call)
            case "branding_edit":
                _edit_branding(api, call)
            case _:
                raise NotSent(f"this provider knows no {call.api} {call.operation}: this is a bug in agencyfile")
        return Confirmed()

    def _tell_of_twins(self, api: AccountApi, call: Call) -> None:
        """Say it where the account has the template more than once: a proxy may have sent the call twice.

        The call itself had its yes; a list that cannot be read changes nothing.
        """
        look = Look(_text(call, "name"), str(Content(_text(call, "html"))))
        with contextlib.suppress(Fault):
            count = sum(map(look.fits, basic_templates(api)))
            if count > 1:
                self._apis.tell(f"{call.address}: the account has {count} templates `{look.name}`: delete all but one")


def _edit_template(api: AccountApi, call: Call) -> None:
    name, html = _text(call, "name"), _text(call, "html")
    before = Look(_text(call, "known_as"), str(call.parameters.get("replaces", "")))
    template = _beforehand(lambda: find_template(api, before, Look(name, str(Content(html)))))
    edit_template(api, template, name, html, _tags(call))


def _edit_branding(api: AccountApi, call: Call) -> None:
    fields = call.parameters.get("branding")
    if not isinstance(fields, Mapping):
        raise NotSent(f"the branding of {call.address} is not known: this is a bug in agencyfile")
    branding = _beforehand(lambda: branding_id(api))
    edit_branding(api, branding, fields)


def _beforehand(look: Callable[[], T]) -> T:
    """What is looked up before anything is changed: without an answer nothing has happened."""
    try:
        return look()
    except Unclear as fault:
        raise NotSent(str(fault), fix=fault.fix) from None


def _text(call: Call, name: str) -> str:
    value = call.parameters.get(name)
    if isinstance(value, Content):
        return value.text
    if not isinstance(value, str):
        raise NotSent(f"{name} of {call.address} is not known", fix="plan again")
    return value


def _tags(call: Call) -> tuple[str, ...] | None:
    tags: Value = call.parameters.get("tags")
    return tuple(map(str, tags)) if isinstance(tags, tuple) else None
