"""Is it the portal that the ledger belongs to? Found out from the keys, before anything is sent."""

from collections.abc import Mapping
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.lease import holder
from agencyfile.cli.render.safe import one_line
from plan import History, Secret
from plan.ledger import Draft, EntryType, PortalPin

_WORDS: Final = {"agency": "agency API", "hub": "Partners Hub"}


def check_portal(history: History, keys: Mapping[str, Secret]) -> None:
    """Nothing, when the ledger knows the keys, or none of their kind yet.

    Raises:
        CommandExit: a key is another one than those that the ledger knows.
    """
    unknown = strangers(history, keys)
    if unknown:
        names = " and the ".join(unknown)
        raise CommandExit(
            ExitCode.REFUSED,
            f"the key of the {names} is none that this ledger knows: it may open another portal; nothing was sent",
            fix="use the agency's own key; if it is a new one: agencyfile ledger portal --accept --reason TEXT",
        )


def strangers(history: History, keys: Mapping[str, Secret]) -> tuple[str, ...]:
    """Return what the keys open that the ledger does not know, in words."""
    return tuple(_WORDS[name] for name in history.portal.strangers(keys)) if history.portal else ()


def pinned(history: History, keys: Mapping[str, Secret]) -> tuple[Draft, ...]:
    """The entry that lets the ledger know the keys, where it knows none of their kind yet."""
    pin = history.portal or PortalPin.new(by=holder())
    if not pin.is_new(keys):
        return ()
    new = {name: key for name, key in keys.items() if not pin.keys.get(name)}
    return ((EntryType.PORTAL, None, pin.with_keys(new, by=holder(), reason=None).body()),)


def accepted(history: History, keys: Mapping[str, Secret], *, reason: str, is_only: bool) -> Draft:
    """The entry that lets the ledger know the keys of this environment.

    Raises:
        CommandExit: there is no key.
    """
    if not keys:
        raise CommandExit(ExitCode.ERROR, "there is no key to accept", fix="export AGENCYFILE_AGENCY_KEY=…")
    pin = history.portal or PortalPin.new(by=holder())
    return (EntryType.PORTAL, None, pin.with_keys(keys, by=holder(), reason=reason, is_only=is_only).body())


def described(history: History, keys: Mapping[str, Secret]) -> str:
    """Return the known keys of the ledger's portal and of this environment; one line for each name."""
    pin = history.portal
    if pin is None:
        return "the ledger knows no portal yet: the first apply or import tells it"
    unknown = pin.strangers(keys)
    lines = []
    for name, words in _WORDS.items():
        known = len(pin.keys.get(name, ()))
        here = "none here" if name not in keys else "not the one here" if name in unknown else "the one here too"
        lines.append(f"{words:<12}  keys known: {known}; {here if known else 'any is taken'}")
    why = f": {one_line(pin.reason)}" if pin.reason else ""
    return "\n".join([*lines, f"last accepted by {one_line(pin.by)}{why}"])
