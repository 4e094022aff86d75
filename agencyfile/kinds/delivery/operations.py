"""The operations on basic templates in accounts: version 1 of their own APIs (`docs/portal.md` section 3)."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.explanation import Explanation, word
from agencyfile.kinds.faults import Declined, Fault
from agencyfile.kinds.notes import Notes
from agencyfile.kinds.operation import UNSEEN, Api, Message, Operation, Seen, own_url, text_parameter
from agencyfile.kinds.questions import Questions
from agencyfile.kinds.readings import TEMPLATE_ID
from agencyfile.kinds.rows import EMPTY, OwnList, Verbatim
from plan.call import Call, Effect, OperationClass
from plan.ledger.facts import OpenIntent
from plan.signals import Signals
from plan.values import Attributes, Content


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One template of an account."""

    id: str
    name: str = ""
    content: Verbatim = EMPTY
    isdesigner: bool = False


TEMPLATES: Final = OwnList("message_template_list", TemplateRow, parameters={"ids": "all"})

_EVERY_LIST: Final = "all"


@dataclass(frozen=True, slots=True)
class _Look:
    """The identity of a template: its name, and the digest of its content."""

    name: str
    content: str

    def fits(self, row: TemplateRow) -> bool:
        """Return whether the row has this name and content."""
        return row.name == self.name and str(Content(row.content)) == self.content


def _basic_templates(questions: Questions, label: str, parameters: Attributes) -> Sequence[TemplateRow]:
    """Return the basic templates of an account: one request. Designer templates are not managed here (section 3)."""
    return [row for row in questions.own(TEMPLATES, label, own_url(parameters)) if not row.isdesigner]


def _adding(call: Call, _: Questions) -> Message:
    return Message(_fields(call))


def _editing(call: Call, questions: Questions) -> Message:
    """Build the edit. The id of the template is looked up first, by its previous name and content."""
    before = _Look(text_parameter(call, "known_as"), str(call.parameters.get("replaces", "")))
    after = _Look(text_parameter(call, "name"), str(Content(text_parameter(call, "html"))))
    rows = _basic_templates(questions, text_parameter(call, "account"), call.parameters)
    return Message({"id": _find(rows, before, after), **_fields(call)})


def _find(rows: Sequence[TemplateRow], before: _Look, after: _Look) -> str:
    """Return the id of the template that is to change from `before` to `after`.

    An earlier run may have made the edit and ended before it recorded that. Then the template is already as declared,
    and one with its previous name is another template. Contents tell them apart; if none fits, the name alone decides.

    Raises:
        Declined: there is no such template, or there are several.
    """
    for look in (before, after):
        alike = [row for row in rows if look.fits(row)]
        if len(alike) == 1:
            return alike[0].id
    named = [row for row in rows if row.name == before.name]
    if len(named) == 1:
        return named[0].id
    if not named:
        raise Declined(
            f"the account has no basic template named {before.name}", fix="add it there by hand, or rename it back"
        )
    ids = ", ".join(row.id for row in named)
    raise Declined(
        f"the account has {len(named)} templates named {before.name} (ids {ids})", fix="delete all but one there"
    )


def _fields(call: Call) -> Mapping[str, object]:
    """Return the fields of a basic template for every list (`template_scope`). Undeclared tags are not sent."""
    fields: dict[str, object] = {
        "name": text_parameter(call, "name"),
        "html": text_parameter(call, "html"),
        "template_scope": _EVERY_LIST,
    }
    tags = call.parameters.get("tags")
    return {**fields, "tags[]": tuple(map(str, tags)) or ("",)} if isinstance(tags, tuple) else fields


def _twins(call: Call, _: tuple[str, ...], questions: Questions) -> str:
    """Return a warning if the account has the template more than once: a proxy may have sent the call twice.

    The call itself is confirmed, so an unreadable list is no failure.
    """
    look = _Look(text_parameter(call, "name"), str(Content(text_parameter(call, "html"))))
    with contextlib.suppress(Fault):
        rows = _basic_templates(questions, text_parameter(call, "account"), call.parameters)
        count = sum(map(look.fits, rows))
        if count > 1:
            return f"{call.address}: the account has {count} templates `{look.name}`: delete all but one"
    return ""


def _see_new(intent: OpenIntent, questions: Questions) -> Signals:
    """Look for a template with that name and content. One with another content may be older than the call.

    A login that added a template ends with the run. After that, an account without a key cannot be asked.
    """
    notes, words = Notes(), intent.parameters
    if "api" not in words:
        return UNSEEN
    name, html = str(words.get("name", "")), str(words.get("html", ""))
    label = account_label(str(words.get("account", "")))
    with notes.doubting(TEMPLATES.name):
        named = [row for row in _basic_templates(questions, label, words) if row.name == name]
        for row in named:
            if str(Content(row.content)) == html:
                notes.match(None, f"{TEMPLATES.name} shows `{name}` (id {row.id}) with this content")
        if named and not notes.matches:
            notes.doubts.append(f"{TEMPLATES.name} shows `{name}` with another content: look which one it is")
    return notes.signals()


def _explain_new(intent: OpenIntent, _: Attributes) -> Explanation:
    account, name = word(intent, "account"), word(intent, "name")
    return Explanation(
        f"the template `{name}` was added to the account `{account}`",
        f'log in to `{account}`, campaigns, templates: search for "{name}"',
        "a template of that name; two of them where something between agencyfile and the portal sent it twice",
        is_shown="api" in intent.parameters,
    )


ADD: Final = Operation(
    name="message_template_add",
    api=Api.ACCOUNT_V1,
    method="POST",
    operation_class=OperationClass.CREATE,
    again="a second template",
    seen=Seen(("templates of that name and content there, where the account's key is declared",), _see_new),
    build=_adding,
    documented=("id",),
    after=_twins,
    shown=lambda answer: ((TEMPLATE_ID, "answered" if "id" in answer else "absent"),),
    explain=_explain_new,
)
EDIT: Final = Operation(
    name="message_template_edit",
    api=Api.ACCOUNT_V1,
    method="POST",
    operation_class=OperationClass.ABSOLUTE,
    effect=Effect.REVERSIBLE,
    again="nothing",
    build=_editing,
    documented=("messages", "is_fatal", "oldwidths", "reparse", "instanceid"),
)

OPERATIONS: Final = (ADD, EDIT)
