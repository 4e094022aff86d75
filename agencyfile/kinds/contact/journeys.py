"""The three journeys by which contacts are added, in the words of the operator's pages (`docs/portal.md` section 5).

1. The page of a customer number: *Add a contact* beside one subscription.
2. *Set Subscription*, by subscription: several subscriptions of one level, with all their contacts.
3. *Set Subscription*, by user: one contact, several customer numbers, subscriptions of the whole customer number.

Each searches by e-mail address before it creates, and once more in the window that creates. So a contact is created
once, in whatever order people do the steps.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agencyfile.fields.contact_words import label_of
from agencyfile.kinds.support_mail import one_line
from plan.values import Value

MANAGEMENT: Final = "In the operator's portal, open Contact management"
CONFIRM: Final = "Choose Submit, check the list, and choose Submit again to confirm."
Details = Mapping[str, Value]

_LABELS: Final = {"name": "Name", "phone": "Phone", "language": "Language"}


def open_customer(number: str) -> str:
    """Return the sentence that leads to the page of a customer number."""
    return f"{MANAGEMENT} and choose the customer number `{number}`."


def by_page(number: str, subscription: str, emails: Iterable[str], new: Mapping[str, Details]) -> Iterator[str]:
    """Yield the sentences of the first journey."""
    yield open_customer(number)
    yield f"Beside `{label_of(subscription)}` choose Add a contact."
    yield from _finding(emails, new)
    yield CONFIRM


def by_subscription(
    number: str, level: str, subscriptions: Iterable[str], emails: Iterable[str], new: Mapping[str, Details]
) -> Iterator[str]:
    """Yield the sentences of the second journey. `level` is empty, or a level and the number of its object."""
    word, _, id_ = level.partition(" ")
    place = f", type the id `{id_}`" if id_ else ""
    yield f"{MANAGEMENT}, choose Set Subscription, and choose By subscription."
    of_level = f"the level {(word or 'account').capitalize()}{place}"
    yield f"Choose the customer number `{number}` and {of_level}, and choose Next."
    yield f"Tick {_quoted(subscriptions)}, and choose Next."
    yield from _finding(emails, new)
    yield CONFIRM


def by_user(
    email: str, numbers: Iterable[str], subscriptions: Iterable[str], new: Mapping[str, Details]
) -> Iterator[str]:
    """Yield the sentences of the third journey."""
    yield from _by_user(email, new)
    yield "Choose Next."
    yield f"Tick the customer numbers {_listed(numbers)}, and choose Next."
    yield f"Tick {_quoted(subscriptions)}, and choose Next."
    yield "Check the list, and choose Submit to confirm."


def only_created(email: str, details: Details) -> Iterator[str]:
    """Yield the sentences that create a contact without a subscription: the third journey, ended after the contact."""
    yield from _by_user(email, {email: details})
    yield "Leave the journey there."


def edited(email: str, details: Details) -> Iterator[str]:
    """Yield the sentences that change a contact. Its address cannot change."""
    yield f"{MANAGEMENT}, search for `{email}`, and choose Edit."
    yield f"Set this, leaving the rest as it is:\n\n{_lines(details)}\n"
    yield "Choose Submit."


def removed(number: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the sentences that end subscriptions: pairs of a subscription, its level in front, and an address."""
    yield open_customer(number)
    for subscription, email in pairs:
        level, _, name = subscription.rpartition("/")
        at = f" of the {level.replace(' ', ' `', 1)}`" if level else ""
        yield f"Below `{label_of(name)}`{at} find `{email}` and choose Remove."


def _by_user(email: str, new: Mapping[str, Details]) -> Iterator[str]:
    yield f"{MANAGEMENT}, choose Set Subscription, and choose By user."
    yield from _finding((email,), new)


def _finding(emails: Iterable[str], new: Mapping[str, Details]) -> Iterator[str]:
    for email in emails:
        if email not in new:
            yield f"Search for `{email}` and choose it."
            continue
        yield _creation(email, new[email])
        if not new[email].get("group"):
            yield f"The operator sends a verification mail to `{email}`. Notices are sent before it is answered, too."


def _creation(email: str, details: Details) -> str:
    return (
        f"Search for `{email}`. If it is shown, choose it. If there is no result, choose Add a contact and search once "
        f"more for the same address. If there is no result again, fill in this and choose Submit:\n\n"
        f"{_lines({'email': email, **details})}\n"
    )


def _lines(details: Details) -> str:
    labels = {"email": "E-mail", **_LABELS}
    lines = [f"{labels[word]}: {one_line(details[word])}" for word in labels if details.get(word)]
    if "group" in details:
        lines.append(f"Group contact: {'yes' if details['group'] else 'no'}")
    return "\n".join(f"  {line}" for line in lines)


def _quoted(subscriptions: Iterable[str]) -> str:
    return _listed(map(label_of, subscriptions))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
