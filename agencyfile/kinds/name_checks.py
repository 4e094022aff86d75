"""Checks of the names of new accounts and sandboxes against the names that the portal lists.

Which characters a name may have is not known: hyphens in one reading, underscores in the other (`docs/portal.md`
section 8, R5). What the portal refuses, nobody is charged for, so that this is a warning.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import held
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Resource
from plan.rule import Rule

NAME_CHARACTERS: Final = Rule(
    "name-characters",
    "the portal may refuse the name of a new account",
    "choose a name of letters and digits alone, which every reading allows",
    "portal.md section 8",
    Severity.WARNING,
)
_WORDS: Final[Mapping[str, str]] = {"-": "a hyphen", "_": "an underscore"}
_OTHER: Final[Mapping[str, str]] = {"-": "_", "_": "-"}


def name_checks(resources: Iterable[Resource], view: PortalView, live: LiveObjects) -> Iterator[Diagnostic]:
    """Report the first new name with each character that no listed name shows the portal to take."""
    listed = view.once(_characters)
    told: set[str] = set()
    for resource in resources:
        for character in _doubtful(resource.address.name, listed) - told:
            if resource.adopt or held(resource, live) is not None:
                continue
            told.add(character)
            yield _doubt(resource, character, listed)


def _characters(view: PortalView) -> frozenset[str]:
    """Return the characters besides letters and digits that names of the list have."""
    return frozenset(character for row in view.accounts.rows for character in account_label(row.account)) & set(_WORDS)


def _doubtful(name: str, listed: frozenset[str]) -> set[str]:
    """Return the characters of a name that the list gives a reason to doubt.

    Hyphens are what agencyfile took from the beginning: underscores in the list, and no hyphen, speak against them.
    """
    found_here = {character for character in _WORDS if character in name and character not in listed}
    return found_here - ({"-"} if "_" not in listed else set())


def _doubt(resource: Resource, character: str, listed: frozenset[str]) -> Diagnostic:
    other = _OTHER[character]
    shown = f", and some have {_WORDS[other]}" if other in listed else ""
    return found(
        NAME_CHARACTERS,
        f"`{resource.address.name}` is new and has {_WORDS[character]}. No account of the portal has one{shown}: the "
        "portal may refuse the name.",
        origin=resource.origin,
        address=resource.address,
    )
