"""Which page stands where, and what takes its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agencyfile.local_portal.pages import (
    billing,
    branding_page,
    contact_journeys,
    contact_pages,
    credit_page,
    default_settings,
    default_templates,
    desk,
    edit_account,
    entrance,
    help_pages,
    hosted,
    hosted_login,
    mail_pages,
    new_account,
    renewal,
    resold,
    snapshot_pages,
)
from agencyfile.local_portal.pages.visit import PARTNER, Moved, Result, Visit, url


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One address of the site.

    Attributes:
        shown: What answers GET, and a form that has to be shown again.
        taken: What takes its form; None when it has none.
        is_guarded: Whether somebody has to log in before.
        is_hosted: Whether it is a page of an account, and not of the portal.
    """

    shown: Callable[[Visit], Result]
    taken: Callable[[Visit], Result] | None = None
    is_guarded: bool = True
    is_hosted: bool = False


def _home(visit: Visit) -> Moved:  # noqa: ARG001 - the shape of a page
    return Moved(url("resold"))


ROOMS: Mapping[str, Room] = MappingProxyType(
    {
        "": Room(shown=_home),
        "login": Room(shown=entrance.login, taken=entrance.enter, is_guarded=False),
        "logout": Room(shown=entrance.logged_out, taken=entrance.leave),
        "me": Room(shown=entrance.me, taken=entrance.change_password),
        "resold": Room(shown=resold.resold),
        "accounts/new": Room(shown=new_account.add, taken=new_account.order),
        "accounts/*": Room(shown=resold.details),
        "accounts/*/ready": Room(shown=new_account.ready),
        "accounts/*/edit": Room(shown=edit_account.edit, taken=edit_account.save),
        "accounts/*/cancel": Room(shown=edit_account.cancellation, taken=edit_account.cancel),
        "accounts/*/change": Room(shown=renewal.change, taken=renewal.renew),
        "accounts/*/branding": Room(shown=branding_page.branding, taken=branding_page.save),
        "accounts/*/login": Room(shown=hosted_login.open_account),
        "snapshots": Room(shown=snapshot_pages.snapshots, taken=snapshot_pages.create),
        "snapshots/*/delete": Room(shown=snapshot_pages.deletion, taken=snapshot_pages.delete),
        "defaults": Room(shown=default_settings.settings, taken=default_settings.save),
        "defaults/templates": Room(shown=default_templates.templates, taken=default_templates.remove),
        "defaults/templates/designer": Room(shown=default_templates.designer, taken=default_templates.add_designer),
        "defaults/templates/basic": Room(shown=default_templates.basic, taken=default_templates.add_basic),
        "defaults/templates/old": Room(shown=default_templates.old, taken=default_templates.add_old),
        "credit/*": Room(shown=credit_page.credit, taken=credit_page.take),
        "billing/profile": Room(shown=billing.profile, taken=billing.save),
        "billing/history": Room(shown=billing.history),
        "contacts": Room(shown=contact_pages.management),
        "contacts/export.csv": Room(shown=contact_pages.as_csv),
        "contacts/export.xlsx": Room(shown=contact_pages.as_workbook),
        "contacts/edit/*": Room(shown=contact_pages.edit, taken=contact_pages.save),
        "contacts/customers/*": Room(shown=contact_pages.customer, taken=contact_pages.remove),
        "contacts/customers/*/domains": Room(shown=contact_pages.domains, taken=contact_pages.add_domain),
        "contacts/customers/*/add": Room(shown=contact_pages.customer, taken=contact_journeys.begin_at_customer),
        "contacts/verify/*": Room(shown=contact_pages.verification, taken=contact_pages.verified, is_guarded=False),
        "contacts/set": Room(shown=contact_journeys.set_subscription, taken=contact_journeys.begin),
        "contacts/journeys/*/place": Room(shown=contact_journeys.place, taken=contact_journeys.take_place),
        "contacts/journeys/*/names": Room(shown=contact_journeys.names, taken=contact_journeys.take_names),
        "contacts/journeys/*/numbers": Room(shown=contact_journeys.numbers, taken=contact_journeys.take_numbers),
        "contacts/journeys/*/people": Room(shown=contact_journeys.people, taken=contact_journeys.take_people),
        "contacts/journeys/*/new": Room(shown=contact_journeys.new, taken=contact_journeys.create),
        "contacts/journeys/*/confirm": Room(shown=contact_journeys.confirmation, taken=contact_journeys.confirm),
        "questions": Room(shown=help_pages.questions),
        "api": Room(shown=help_pages.api),
        "commission": Room(shown=help_pages.commission, taken=help_pages.save_commission),
        "support": Room(shown=mail_pages.support, taken=mail_pages.send),
        "mailbox": Room(shown=mail_pages.mailbox),
        "mailbox/*": Room(shown=mail_pages.read_mail),
        "desk": Room(shown=desk.desk),
        "desk/*": Room(shown=desk.request, taken=desk.answer),
    }
)
# What an account's own page is; the name of the account comes first among the variable parts.
HOSTED: Mapping[str, Room] = MappingProxyType(
    {
        "": Room(shown=hosted.overview, is_hosted=True),
        "login": Room(shown=hosted_login.login, taken=hosted_login.enter, is_guarded=False),
        "logout": Room(shown=hosted_login.logged_out, taken=hosted_login.leave, is_hosted=True),
        "main.php": Room(shown=hosted_login.sign_on, is_guarded=False),
        "forgotten": Room(shown=hosted_login.forgotten, taken=hosted_login.send_link, is_guarded=False),
        "reset": Room(shown=hosted_login.reset, taken=hosted_login.set_new, is_guarded=False),
        "settings": Room(shown=hosted.settings, taken=hosted.save_settings, is_hosted=True),
        "campaigns": Room(shown=hosted.campaigns, is_hosted=True),
        "templates": Room(shown=hosted.templates, taken=hosted.change_template, is_hosted=True),
        "templates/new": Room(shown=hosted.new_template, taken=hosted.add_new, is_hosted=True),
        "templates/import": Room(shown=hosted.import_template, taken=hosted.add_imported, is_hosted=True),
    }
)


def find_room(path: str) -> tuple[Room | None, tuple[str, ...]]:
    """Return what stands at a path, and the variable parts of the path."""
    if path.startswith(PARTNER):
        return _match(ROOMS, path.removeprefix(PARTNER).split("/"), ())
    _, _, account, _, *rest = path.split("/")
    return _match(HOSTED, rest, (account,))


def _match(rooms: Mapping[str, Room], parts: list[str], names: tuple[str, ...]) -> tuple[Room | None, tuple[str, ...]]:
    """Return the room whose pattern has the same parts; one without variable parts comes first."""
    exact = rooms.get("/".join(parts))
    if exact is not None and "*" not in parts:
        return exact, names
    for pattern, room in rooms.items():
        wanted = pattern.split("/")
        if len(wanted) == len(parts) and all(want in ("*", part) for want, part in zip(wanted, parts, strict=True)):
            return room, (*names, *(part for want, part in zip(wanted, parts, strict=True) if want == "*"))
    return None, names
