"""Words for humans that several kinds share. The menus are from `docs/portal.md` section 2.3."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agencyfile.fields.account_names import login_url
from agencyfile.kinds.support_mail import host_of, support_mail, text
from plan.change import Edit, Instructions
from plan.resource import Live, Resource
from plan.values import Value

_LABELS: Final = {
    "client.name": "client name",
    "client.email": "client email",
    "language": "language",
    "timezone": "time zone",
}
_INSIDE_THE_ACCOUNT: Final = ("language", "timezone")


def find_account(name: str) -> str:
    """Return the beginning of a sentence that leads to an account in the portal."""
    return f"In the partner portal, open the list of accounts, find `{name}`"


def numbered(steps: Iterable[str]) -> str:
    """Return one numbered line per step."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def shown(value: Value) -> str:
    """Return a value as a person types it."""
    return "nothing" if value in (None, "") else f"`{value}`"


def write_once(resource: Resource, edits: Sequence[Edit]) -> Instructions:
    """Tell how to change attributes that the API sets only at creation (`docs/portal.md` 1.2 and rule 28)."""
    name = resource.address.name
    labels = ", ".join(_LABELS.get(edit.attribute, edit.attribute) for edit in edits)
    return Instructions(f"Change the {labels} of {resource.address}", numbered(_write_once_steps(name, edits)))


def new_password(resource: Resource) -> Instructions:
    """Tell how to replace a password that nobody saw (rule 72: the user of a new account is `admin`)."""
    name = resource.address.name
    steps = (
        f"{find_account(name)} and choose Login.",
        "In the account's settings, set a new password for the user `admin` and save.",
        f"Give {login_url(name)}, `admin` and the new password to the client: nobody else does.",
    )
    return Instructions(f"Set a new password for {resource.address}", numbered(steps))


def _write_once_steps(name: str, edits: Sequence[Edit]) -> Iterable[str]:
    outside = [edit for edit in edits if edit.attribute not in _INSIDE_THE_ACCOUNT]
    inside = [edit for edit in edits if edit.attribute in _INSIDE_THE_ACCOUNT]
    if outside:
        yield f"{find_account(name)} and choose Edit."
        yield from map(_replacement, outside)
        yield "Save. Where the portal does not let you edit it, ask the vendor's support to."
    if inside:
        yield f"Log in to {login_url(name)} as `admin` and open the settings."
        yield from map(_replacement, inside)
        yield "Save."


def _replacement(edit: Edit) -> str:
    label = _LABELS.get(edit.attribute, edit.attribute)
    return f"Change the {label} from {shown(edit.before)} to {shown(edit.after)}."


def rename_by_mail(resource: Resource, live: Live) -> Instructions:
    """Tell how support renames an account; its login address changes with the name (`docs/portal.md` 1.5)."""
    old, new = live.address.name, resource.address.name
    domain = text(resource.attributes, "domain")
    steps = (
        "Send the mail below. The next plan goes on with the account once it has its new name.",
        f"Tell whoever logs in that the address is {login_url(new)} then.",
        *((f"Let the CNAME record of `{domain}` point to `{host_of(new)}` then.",) if domain else ()),
    )
    body = (f"please rename the account {host_of(old)}, which is in our partner portal, to {host_of(new)}.",)
    ready = support_mail(f"Rename {host_of(old)} to {host_of(new)}", body, {**live.attributes, **resource.attributes})
    return Instructions(f"Have {old} renamed to {new}", f"{numbered(steps)}\n\n{ready}")


def live_tier(live: Live) -> str:
    """Return the tier of a live object; empty if the portal does not report it."""
    plan = live.attributes.get("plan")
    return str(plan.get("tier", "")) if isinstance(plan, Mapping) else ""
