"""Deliveries: one template in one account (`docs/portal.md` rules 58 to 63 and section 3)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.fields.account_names import login_url
from agencyfile.kinds.account.owner import account_by_first_name
from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.delivery.operations import ADD, EDIT, OPERATIONS, TEMPLATES
from agencyfile.kinds.support_mail import one_line
from agencyfile.kinds.wording import find_account, numbered
from plan.address import Address
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Reference, Value

BASIC: Final = "basic"
DESIGNER: Final = "designer"

_ATTRIBUTES: Final = attribute_table(
    {
        "account": Mutability.CREATION,
        "template": Mutability.EDITABLE,  # another reference is another name: the block was renamed
        "type": Mutability.EDITABLE,
        "content": Mutability.EDITABLE,
        "tags": Mutability.EDITABLE,
        "share_link": Mutability.EDITABLE,
        "source_account": Mutability.EDITABLE,
        "html": Mutability.CREATION,  # where the content stands: moving the file changes nothing
        "api": Mutability.CREATION,
        "key": Mutability.CREATION,
        "login": Mutability.CREATION,
    }
)


def _seed(_: Address, sent: Attributes) -> Mapping[str, object]:
    """Return the template as an edit looks for it: by its name. Its HTML is not kept."""
    if sent.get("type") != BASIC:
        return {}
    return {"templates": {"name": _template(sent), "html": "<p>(the rehearsal has no HTML of it)</p>"}}


class DeliveryKind:
    """A template in an account, named `ACCOUNT.TEMPLATE`. No list shows it, so the ledger records what was sent."""

    name = "delivery"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    at_portal = AtPortal(
        provision=AT_ONCE, operations=OPERATIONS, own_lists=(TEMPLATES,), owner=account_by_first_name, seed=_seed
    )
    needs_open_owner = True

    def is_manual(self, resource: Resource) -> bool:
        """Return whether a person adds it. An API takes only basic templates (section 3, rules 60, 61)."""
        words = resource.attributes
        return words.get("type") != BASIC or not ("api" in words or "key" in words or words.get("login"))

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return the effect of a change that can be undone by deleting the template in the account."""
        return Effect.REVERSIBLE

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def source(self, address: Address) -> Address:
        """Return the template."""
        return Address("template", address.name.partition(".")[2])

    def reason(self, resource: Resource) -> str:
        """Return the template and the account in words."""
        return f"template `{_template(resource.attributes)}` for `{_account(resource.address)}`"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell how to log in and add the template, or replace the old one."""
        former = _former(resource, edits)
        steps = tuple(_replacing(resource, former) if former else _adding(resource))
        verb = "Replace" if former else "Add"
        title = f"{verb} template {_template(resource.attributes)} in {_account(resource.address)}"
        return Instructions(title, numbered(steps))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a new one, because the portal archives no deliveries."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:
        """Return one call that adds or edits it. A basic template is added beside a former designer template."""
        if isinstance(change, Delete) or change.attributes.get("type") != BASIC:
            return ()
        if isinstance(change, Create) or change.before.get("type") != BASIC:
            return (_addition(change),)
        return (_edition(change),)


def _addition(change: Create | Update) -> Call:
    """Return the call that adds the template. The same call twice makes two templates."""
    return ADD.call(change.address, _parameters(change), change.effect)


def _edition(change: Update) -> Call:
    """Return the call that edits the template, found by its previous name and, among several, its old content."""
    known_as = change.before.get("template")
    more: dict[str, Value] = {
        "known_as": known_as.address.name if isinstance(known_as, Reference) else _template(change.attributes),
        "replaces": one_line(change.before.get("content")),
    }
    return EDIT.call(change.address, {**_parameters(change), **more}, change.effect)


def _parameters(change: Create | Update) -> dict[str, Value]:
    words = change.attributes
    parameters: dict[str, Value] = {"account": _account(change.address)}
    if "api" in words:
        parameters["api"] = words["api"]
    parameters |= {"name": _template(words), "html": words.get("content")}
    return {**parameters, "tags": words["tags"]} if "tags" in words else parameters


def _adding(resource: Resource) -> Iterator[str]:
    """Yield the steps that add the template, after the vendor's guide for existing accounts (rule 60)."""
    yield from _opening(resource)
    yield from _putting_in(resource)


def _replacing(resource: Resource, former: str) -> Iterator[str]:
    yield from _opening(resource)
    yield f"Delete `{former}`, or give it another name, and add it anew:"
    yield from _putting_in(resource)


def _opening(resource: Resource) -> Iterator[str]:
    words = resource.attributes
    if words.get("type") not in (BASIC, DESIGNER):
        source = one_line(words.get("source_account"))
        yield f"Log in to {login_url(source)} and make a share link of its template `{_template(words)}`."
    yield f"{find_account(_account(resource.address))} and choose Login."
    yield "On the overview of the campaigns choose Manage templates."


def _putting_in(resource: Resource) -> Iterator[str]:
    words, name = resource.attributes, _template(resource.attributes)
    tags = words.get("tags")
    of_tags = f", add the tags {', '.join(map(one_line, tags))}" if isinstance(tags, tuple) and tags else ""
    if words.get("type") == BASIC:
        yield f"Choose Add template, name it `{name}`{of_tags}, and choose to write HTML."
        yield f"Paste the whole of `{one_line(words.get('html'))}` and save."
        return
    link = one_line(words.get("share_link"))
    yield "Choose Add template, then Or import a template, and paste " + (f"this link: {link}" if link else "the link.")
    yield f"Name it `{name}` and save."


def _former(resource: Resource, edits: Sequence[Edit]) -> str:
    """Return the name under which the account already has the template; empty if it has none."""
    known = {edit.attribute: edit.before for edit in edits if edit.before is not None}
    if not known:
        return ""
    template = known.get("template")
    return template.address.name if isinstance(template, Reference) else _template(resource.attributes)


def _account(address: Address) -> str:
    return address.name.partition(".")[0]


def _template(attributes: Attributes) -> str:
    template = attributes.get("template")
    return template.address.name if isinstance(template, Reference) else ""
