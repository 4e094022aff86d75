"""Manual steps for client accounts, beside the calls of the API (`docs/portal.md` sections 2.2 to 2.4)."""

from collections.abc import Iterator, Sequence
from typing import Final

from agencyfile.fields.account_names import login_url
from agencyfile.kinds.support_mail import SUPPORT, client_of, host_of, mail, one_line, support_mail, text
from agencyfile.kinds.wording import find_account, numbered
from plan.call import Effect
from plan.change import Closing, Instructions, Manual
from plan.provider import ResourceStatus
from plan.resource import Live, Removal, Resource
from plan.values import Reference

_COPIED: Final = (
    "campaigns, templates, automations, forms, custom fields, tags, segments, scoring rules, pipelines, and whatever "
    "else the sandbox held"
)
_NOT_COPIED: Final = "custom objects, deal tasks and email (was sent, was opened, has clicked and the like)"


def account_steps(resource: Resource, status: ResourceStatus) -> Sequence[Manual]:
    """Yield every step of an account, with or without evidence, in the order in which they are due."""
    if resource.adopt and status.live is None and not status.is_ours:
        return (_move_in(resource),)
    return tuple(step for find in (_clone, _dns, _handover, _trial) for step in find(resource, status))


def ending_words(removal: Removal) -> tuple[str, ...]:
    """Return what becomes of the data of a cancelled account (rules 37 to 41)."""
    if removal.attributes.get("retain_data", True):
        return ("The portal keeps its data; for a year the account can be renewed, for a charge.",)
    return ("The portal deletes its data: nothing brings it back.",)


def transfer(removal: Removal, live: Live) -> Manual:
    """Return the step that transfers an account: a mail to support. The agency's branding stays behind (rule 35)."""
    name, client = live.address.name, text(live.attributes, "client.name")
    steps = (
        f"{find_account(name)} and choose Edit.",
        "Take your branding out of it and save.",
        "Put the client's address into Cc, which the portal does not tell, and send the mail below.",
        "When the account has left the portal's list, take the entry out of `removed`.",
    )
    body = (
        "please move this account out of our partner portal, into a stand-alone account",
        "that the client owns and pays for:",
        "",
        f"Account: {host_of(name)}",
        *((f"Client: {client}",) if client else ()),
        "Address of the client: the one in copy",
        f"Reason: {one_line(removal.attributes.get('reason'))}",
    )
    words = support_mail(f"Move {host_of(name)} out of our partner portal", body, live.attributes)
    return Manual(
        address=removal.address,
        edits=(),
        instruction=Instructions(f"Have {name} moved out of the partner portal", f"{numbered(steps)}\n\n{words}"),
        reason=one_line(removal.attributes.get("reason")) or "the client takes over",
        origin=removal.origin,
        topic="transfer",
        closes=Closing.PORTAL,
    )


def _move_in(resource: Resource) -> Manual:
    """Yield the step that moves an account in: a mail from the client, with the agency in copy (rule 34)."""
    name, words = resource.address.name, resource.attributes
    client, agency = text(words, "client.email"), text(words, "notification")
    steps = (
        f"Ask {client_of(resource)} to send the mail below, with you in copy.",
        "Wait for the vendor's mail that says it is done. The next plan finds the account then.",
    )
    body = (
        "Hello,",
        "",
        f"please move our account {host_of(name)} into the partner portal of our agency, which is in copy.",
        "",
        f"Account: {host_of(name)}",
        f"Address of the account's administrator: {client or 'the one that this mail is sent from'}",
        f"Address of the agency: {agency or 'the one in copy'}",
        "",
        "We agree to this move.",
    )
    ready = mail(sender=client, to=SUPPORT, cc=agency, subject=f"Move {host_of(name)} to our agency", body=body)
    return Manual(
        address=resource.address,
        edits=(),
        instruction=Instructions(f"Have {name} moved into the partner portal", f"{numbered(steps)}\n\n{ready}"),
        reason="`adopt`, and the portal does not have it yet",
        origin=resource.origin_of("adopt"),
        topic="move-in",
        closes=Closing.PORTAL,
    )


def _clone(resource: Resource, status: ResourceStatus) -> Iterator[Manual]:
    """Yield the step for content that a snapshot lacks, or has too much of (rules 18 to 21)."""
    words = status.sent if status.is_ours and not status.is_planned else resource.attributes
    snapshot = words.get("snapshot")
    if not ((status.is_planned or status.is_ours) and isinstance(snapshot, Reference)):
        return
    steps = (
        f"{find_account(resource.address.name)} and choose Login.",
        "Add the images of every template, campaign and automation mail: a snapshot has none.",
        "Open every segment and check its conditions: that they were copied is not guaranteed.",
        'Where a segment shows the red error "unable to retrieve segment data", write its conditions anew.',
        f"Those on {_NOT_COPIED} are never copied.",
        f"Copied were {_COPIED}. Delete those of its contacts, deals and reports that are not the client's.",
    )
    name = snapshot.address.name
    words_for = Instructions(f"Finish {resource.address}, made from snapshot {name}", numbered(steps))
    yield _step(resource, "clone", words_for, f"created from snapshot `{name}`", about="snapshot")


def _dns(resource: Resource, status: ResourceStatus) -> Iterator[Manual]:
    """Yield the step for the DNS record of a domain that agencyfile has set (rule 54)."""
    domain, target = text(resource.attributes, "domain"), host_of(resource.address.name)
    is_ours = status.is_planned or "domain" in status.edited or status.sent.get("domain") == domain
    if not (domain and is_ours):
        return
    lines = (
        f"1. At the DNS provider of `{domain}`, add a record of type CNAME to `{target}`. In a zone file:",
        "",
        f"  {domain}. IN CNAME {target}.",
        "",
        "2. Take every other record of that name out: a CNAME stands alone.",
    )
    words = Instructions(f"Point {domain} to {target}", "\n".join(lines))
    yield _step(resource, "dns", words, "a domain needs its DNS record", about="domain")


def _handover(resource: Resource, status: ResourceStatus) -> Iterator[Manual]:
    """Yield the step that gives the login to the client, because the vendor never emails clients (rule 27).

    For a password that nobody saw, the engine has a step that sets a new one.
    """
    is_shown = status.is_planned and "country" not in resource.attributes  # the Partners Hub shows none
    if not (is_shown or status.has_login):
        return
    name, to = resource.address.name, text(resource.attributes, "client.email")
    title = f"Give the login of {name} to {client_of(resource)}"
    words = Instructions(title, _handover_words(name, to))
    yield _step(resource, "handover", words, "the vendor never emails clients")


def _handover_words(name: str, to: str) -> str:
    shown = f"Show the password, where nobody else looks:\nagencyfile credentials reveal {name}"
    if not to:
        return numbered((shown, f"Give {login_url(name)}, the user `admin` and the password to the client."))
    body = (
        "Hello,",
        "",
        "your account is ready.",
        "",
        f"Address: {login_url(name)}",
        "User: admin",
        "",
        "The password reaches you by another way. Please change it in the account's settings once you have logged in.",
    )
    ready = mail(to=to, subject=f"Your login: {host_of(name)}", body=body)
    return f"{numbered((shown, 'Send the mail below, and the password by another way.'))}\n\n{ready}"


def _trial(resource: Resource, status: ResourceStatus) -> Iterator[Manual]:
    """Yield the step that extends a trial: support does it once (rule 43)."""
    is_there = status.is_planned or status.live is not None
    if not (resource.attributes.get("trial.extended") and is_there):
        return
    name, client = resource.address.name, text(resource.attributes, "client.name")
    of_client = f" of our client {client}" if client else ""
    body = (
        f"please extend the trial {host_of(name)}{of_client}, which is in our partner portal.",
        "It has not been extended before.",
    )
    ready = support_mail(f"Extend the trial {host_of(name)}", body, resource.attributes)
    words = Instructions(
        f"Have the trial {name} extended", f"1. Send the mail below. A trial can be extended once only.\n\n{ready}"
    )
    yield _step(
        resource, "trial", words, "support extends a trial, and once only", about="trial.extended", is_one_shot=True
    )


def _step(
    resource: Resource,
    topic: str,
    instruction: Instructions,
    reason: str,
    *,
    about: str = "",
    is_one_shot: bool = False,
) -> Manual:
    return Manual(
        address=resource.address,
        edits=(),
        instruction=instruction,
        reason=reason,
        origin=resource.origin_of(about),
        topic=topic,
        after=(resource.address,),
        effect=Effect.ONE_SHOT if is_one_shot else Effect.MANUAL,
    )
