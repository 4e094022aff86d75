"""Templates in one account: version 1 of its own API knows basic ones alone (`portal.md` section 3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agencyfile.portal.apis.account_api import AccountApi
from agencyfile.portal.apis.envelope import is_empty_list
from agencyfile.portal.apis.operations import OPERATIONS
from agencyfile.portal.apis.wire import TemplateRow, rows_of
from agencyfile.portal.http.faults import Declined, Unclear
from agencyfile.portal.http.transport import Answer
from plan.values import Content

LIST: Final = "message_template_list"
ADD: Final = "message_template_add"
EDIT: Final = "message_template_edit"

_EVERY_LIST: Final = "all"


def basic_templates(api: AccountApi) -> tuple[TemplateRow, ...]:
    """The basic templates of an account: one request. What the designer made is not managed here (section 3).

    Raises:
        Fault: there is no clean answer.
    """
    decode = api.decoder(LIST)

    def rows(answer: Answer) -> tuple[TemplateRow, ...]:
        try:
            envelope = decode(answer)
        except Declined as fault:
            if is_empty_list(fault):
                return ()
            raise
        items = [value for key, value in envelope.items() if key.isdecimal()]  # beside the envelope's own words
        if not items and any(isinstance(value, list | Mapping) for value in envelope.values()):
            raise Unclear(f"{LIST}: the answer holds rows of something else", fix="try again later")
        return rows_of(items, TemplateRow, name=LIST)

    return tuple(row for row in api.sending.repeat(api.query(LIST, {"ids": "all"}), rows) if not row.isdesigner)


def add_template(
    api: AccountApi, name: str, html: str, tags: Sequence[str] | None, took_nothing: Callable[[Answer], bool]
) -> None:
    """Add a template, once; again only after a 429 that `took_nothing` believes.

    Raises:
        Fault: there is no clean yes.
    """
    api.sending.once(api.form(ADD, _fields(name, html, tags)), api.write_decoder(OPERATIONS[ADD]), took_nothing)


@dataclass(frozen=True, slots=True)
class Look:
    """What a template is known by: its name, and the digest of its content."""

    name: str
    content: str

    def fits(self, row: TemplateRow) -> bool:
        """Is it this one, name and content?"""
        return row.name == self.name and str(Content(row.content)) == self.content


def find_template(api: AccountApi, before: Look, after: Look) -> str:
    """The id of the template that is to change from `before` to `after`.

    An edit may have happened in a run that ended before it could say so: then the template is as it is to be, and what
    bears its former name by now is somebody else's. Contents tell them apart; where nothing fits, the name alone does.

    Raises:
        Fault: there is no such template, or there are several, or there is no clean answer.
    """
    everything, name = basic_templates(api), before.name
    for look in (before, after):
        alike = [row for row in everything if look.fits(row)]
        if len(alike) == 1:
            return alike[0].id
    rows = [row for row in everything if row.name == name]
    if len(rows) == 1:
        return rows[0].id
    if not rows:
        raise Declined(f"the account has no basic template named {name}", fix="add it there by hand, or rename it back")
    ids = ", ".join(row.id for row in rows)
    raise Declined(f"the account has {len(rows)} templates named {name} (ids {ids})", fix="delete all but one there")


def edit_template(api: AccountApi, template: str, name: str, html: str, tags: Sequence[str] | None) -> None:
    """Set the template of that id.

    Raises:
        Fault: there is no clean yes.
    """
    api.sending.repeat(
        api.form(EDIT, {"id": template, **_fields(name, html, tags)}), api.write_decoder(OPERATIONS[EDIT])
    )


def _fields(name: str, html: str, tags: Sequence[str] | None) -> dict[str, str | Sequence[str]]:
    """A basic template for every list (`template_scope`); tags that are not declared are not sent."""
    fields: dict[str, str | Sequence[str]] = {"name": name, "html": html, "template_scope": _EVERY_LIST}
    return fields if tags is None else {**fields, "tags[]": tuple(tags) or ("",)}
