"""The default account settings: the look of every account, and the templates of each new one (rules 50, 57, 58).

No API reaches them. They are set by hand, and the ledger records what somebody reported as set.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.branding.fields import WORDS, settings_lines
from agencyfile.kinds.settings.completion import PATHS, TEMPLATES, completed_settings
from agencyfile.kinds.support_mail import one_line
from agencyfile.kinds.wording import numbered
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Value

TO_EXISTING: Final = "apply_to_existing"
BRANDING: Final = "branding."

_ATTRIBUTES: Final = attribute_table(
    {
        **dict.fromkeys((*(f"{BRANDING}{word}" for word in WORDS), TEMPLATES, TO_EXISTING), Mutability.EDITABLE),
        PATHS: Mutability.CREATION,
    }
)
_OPENING: Final = "In the partner portal, open the resold accounts and choose Default account settings on the right."

Template = Mapping[str, Value]


class SettingsKind:
    """The agency's default account settings: one object, `settings.account`."""

    name = "settings"
    attributes: Mapping[str, Attribute] = _ATTRIBUTES
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    at_portal = AtPortal(provision=AT_ONCE, complete=completed_settings)

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return True: settings are always set by hand."""
        return True

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return the effect of a manual step."""
        return Effect.MANUAL

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:  # noqa: ARG002 - the port's shape
        """Return the reason why they are set by hand."""
        return "no API sets the default account settings"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:
        """Tell which settings change, and what the box does and does not do (rules 50, 57, 58)."""
        changed = {edit.attribute: edit for edit in edits}
        words = resource.attributes
        looks = {name.removeprefix(BRANDING): words[name] for name in changed if name in words and BRANDING in name}
        steps = [_OPENING]
        if looks:
            lines = "\n".join(f"  {line}" for line in settings_lines(looks))
            steps.append(f"Set this, leaving the rest as it is:\n\n{lines}\n")
        if looks or TO_EXISTING in changed:
            steps.append(_box(words))
        if TEMPLATES in changed:
            steps += _template_steps(changed[TEMPLATES].before, words)
        return Instructions("Set the default account settings", numbered((*steps, "Save.")))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for new ones, because the portal archives no settings."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:  # noqa: ARG002 - the port's shape
        """Return no calls."""
        return ()


def _box(words: Attributes) -> str:
    """Return the step for the box that updates existing accounts (rule 50)."""
    if words.get(TO_EXISTING):
        return "Tick Update all existing hosted accounts: every resold account looks like this then."
    return "Leave Update all existing hosted accounts unticked: accounts that exist stay as they are."


def _template_steps(before: Value, words: Attributes) -> Iterator[str]:
    """Yield the steps for templates (rules 57 to 59). The box does not reach them (rule 58)."""
    known, wanted = _by_name(before), _by_name(words.get(TEMPLATES))
    paths = words.get(PATHS)
    yield "Under the defaults of new accounts tick Add my templates, and choose Manage templates."
    for name in sorted(known.keys() - wanted.keys()):
        yield f"Take `{name}` out."
    for name, template in wanted.items():
        if template != known.get(name):
            path = paths.get(name) if isinstance(paths, Mapping) else None
            yield ("Take the old one out first. " if name in known else "") + _adding(name, template, one_line(path))
    yield "Every account that is created from now on gets these templates; accounts that exist do not, box or no box."


def _adding(name: str, template: Template, path: str) -> str:
    """Return the step that adds a template. Each of its three types has its own choice (rule 59)."""
    tags = template.get("tags")
    of_tags = f" and the tags {', '.join(map(one_line, tags))}" if isinstance(tags, tuple) and tags else ""
    match template.get("type"):
        case "basic":
            return f"Choose the basic template, type the name `{name}`{of_tags}, paste the whole of `{path}`, and save."
        case "designer":
            link = one_line(template.get("share_link"))
            return f"Choose the new designer template, paste this link for `{name}`: {link}, and save."
        case _:
            source = one_line(template.get("source_account"))
            return f"Choose the old designer template, choose the account `{source}`, continue, and choose `{name}`."


def _by_name(value: Value) -> dict[str, Template]:
    items = value if isinstance(value, tuple) else ()
    return {one_line(item["name"]): item for item in items if isinstance(item, Mapping)}
