"""The agency itself: the settings that decide what an apply may do. No API has them; the ledger records them."""

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from agencyfile.kinds.at_portal import AT_ONCE, AtPortal
from agencyfile.kinds.attributes import attribute_table
from agencyfile.kinds.wording import numbered
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Instructions, Update
from plan.money import Money, Price
from plan.provider import Attribute, Memory, Mutability
from plan.resource import Live, Resource
from plan.values import Attributes, Value

_IN_A_LINE: Final = 2  # members of a list: keys are long, and none of them may be cut off


class AgencyKind:
    """One resource, `agency.NAME`. An apply records its changes first, and makes no call for them."""

    name = "agency"
    is_deliverable = True
    has_credential = False
    memory = Memory.LEDGER
    at_portal = AtPortal(provision=AT_ONCE)

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """Return an attribute for each setting."""
        return _ATTRIBUTES

    def is_manual(self, resource: Resource) -> bool:  # noqa: ARG002 - the port's shape
        """Return False: settings are never manual."""
        return False

    def effect(self, before: Attributes | None, after: Attributes) -> Effect:  # noqa: ARG002 - the port's shape
        """Return the effect of a change of what an apply may do."""
        return Effect.GUARD

    def price(self, before: Attributes | None, after: Attributes) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return no price, because nothing is charged."""
        return None

    def reason(self, resource: Resource) -> str:  # noqa: ARG002 - the port's shape
        """Return the reason for the first record."""
        return "settings that guard every apply, recorded for the first time"

    def instruction(self, resource: Resource, edits: Sequence[Edit]) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return no steps, because an apply records settings."""
        steps = (f"Record the settings:\nagencyfile apply --target {resource.address}",)
        return Instructions(f"Record the settings of {resource.address}", numbered(steps))

    def revival(self, resource: Resource, live: Live) -> Instructions:  # noqa: ARG002 - the port's shape
        """Return the instruction for a change, because no list archives settings."""
        return self.instruction(resource, ())

    def lower(self, change: Create | Update | Delete) -> Sequence[Call]:  # noqa: ARG002 - the port's shape
        """Return no calls."""
        return ()

    def words(self, before: Attributes | None, after: Attributes) -> Sequence[str]:
        """Describe each setting that changes. Without a record, describe each that differs from its default."""
        if before is None:
            return tuple(_first_words(after)) or ("all of them as they are by default",)
        changed = (setting for setting in _SETTINGS if before.get(setting.name) != after.get(setting.name))
        return tuple(words for setting in changed for words in setting.changed(before, after))


def _first_words(after: Attributes) -> Iterator[str]:
    for setting in _SETTINGS:
        value = after.get(setting.name)
        if value != setting.default and value not in (None, (), {}):
            yield from setting.set_first(value)


class _Setting(NamedTuple):
    """A setting: its name, label and default, and the function that formats its value."""

    name: str
    label: str
    default: Value
    tell: Callable[[Value], str] = str
    verb: str = ""

    def set_first(self, value: Value) -> Iterable[str]:
        if isinstance(value, Mapping):
            return [f"{self.label} {key}: {self.tell(item)}" for key, item in value.items()]
        if not isinstance(value, tuple):
            return [f"{self.label}: {self.tell(value)}"]
        items = [self.tell(item) for item in value]
        return [f"{self.label}: {item}" for item in (items if len(items) > _IN_A_LINE else [", ".join(items)])]

    def changed(self, before: Attributes, after: Attributes) -> Iterable[str]:
        old, new = before.get(self.name), after.get(self.name)
        if isinstance(self.default, tuple):
            return [f"{self.label}: {members}" for members in _members(old, new, self.tell)]
        if isinstance(self.default, Mapping):
            return list(self._entries(_mapping(old), _mapping(new)))
        label = self.verb or self.label
        return [f"{label}: {self.tell(old)} → {self.tell(new)}"]

    def _entries(self, old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield f"{self.label} {key}: {self.tell(old.get(key))} → {self.tell(new.get(key))}"


def _members(old: Value, new: Value, tell: Callable[[Value], str]) -> list[str]:
    """Return added and removed members, added ones first: a few on one line, or many on a line each."""
    before, after = _items(old), _items(new)
    joins = [f"+ {tell(item)}" for item in after if item not in before]
    leaves = [f"- {tell(item)}" for item in before if item not in after]
    moved = [*joins, *leaves]
    return moved if len(moved) > _IN_A_LINE else ["; ".join(moved)]


def _items(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _or(nothing: str) -> Callable[[Value], str]:
    return lambda value: nothing if value is None else str(value)


def _budget(value: Value) -> str:
    if value is None:
        return "no limit"
    try:
        money = Money.parse(str(value))
    except ValueError:  # the ledger's own record of it was written by somebody else
        return str(value)
    return f"{money.amount:,.2f} {money.currency}"


def _share(value: Value) -> str:
    return f"{value:.0%}" if isinstance(value, int | float) else "all"


def _rate(value: Value) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _resend(value: Value) -> str:
    return "once the settle time is over" if value else "never"


def _yes(value: Value) -> str:
    return "yes" if value else "no"


def _seconds(value: Value) -> str:
    """Format `600.0` as `10m`, and `2.5` as `2.5s`."""
    if not isinstance(value, int | float):
        return "not set"
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if value >= length and value % length == 0:
            return f"{value / length:g}{unit}"
    return f"{value:g}s"


def fingerprint(value: Value) -> str:
    """Return a public key in the form that people compare: the fingerprint of an ssh key, as in `ssh-keygen -l`."""
    words = str(value).split()
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):  # noqa: PLR2004 - a type and a key
        return str(value)
    with contextlib.suppress(ValueError):
        raw = base64.b64decode(words[1], validate=True)
        digest = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
        return " ".join([words[0], f"SHA256:{digest}", *words[2:]])
    return str(value)


def _signer(value: Value) -> str:
    """Return the name of a signer, and the fingerprint of the key."""
    name, _, key = str(value).partition(" ")
    return f"{name} {fingerprint(key)}"


def _key(value: Value) -> str:
    """Return the variable of an account's key, and the address that the key is sent to."""
    found = _mapping(value)
    return f"from {found.get('key')} to {found.get('url')}" if found else "none"


_VARIABLE: Final = _or("AGENCYFILE_… of the environment")

# In the order in which a reviewer wants to know: who reads passwords, where keys go, what may be spent, the rest.
_SETTINGS: Final = (
    _Setting("credentials.recipients", "can read passwords of new accounts", (), fingerprint),
    _Setting("signers", "may approve, by signature", (), _signer),
    _Setting("portal.agency_api", "the agency key is sent to", "https://www.activecampaign.com/api.php"),
    _Setting(
        "portal.hub_api", "the hub key is sent to", "https://agency-partner-hub-web.global-aws-use1-p.app-us1.com"
    ),
    _Setting("portal.account_api", "logins of accounts are sent to", "https://{account}.activehosted.com"),
    _Setting("portal.agency_key", "the agency key comes from", None, _VARIABLE),
    _Setting("portal.hub_key", "the hub key comes from", None, _VARIABLE),
    _Setting("account_keys", "key of account", {}, _key),
    _Setting("portal.account_login", "logins of new accounts are used to push templates", default=False, tell=_yes),
    _Setting(
        "portal.fetch_account_keys", "keys of new accounts are fetched, sealed and used", default=False, tell=_yes
    ),
    _Setting("ledger", "ledger", "file:.agencyfile/ledger.jsonl", verb="the ledger moves"),
    _Setting("contacts.export", "contacts are compared with the export", None, _or("none")),
    _Setting("contacts.service_manager", "contacts are deleted by", None, _or("nobody")),
    _Setting("notify.url", "messages about runs are sent to", None, _or("nobody")),
    _Setting("notify.form", "form of those messages", None, _or("none")),
    _Setting("notify.events", "told of", ()),
    _Setting("budgets.per_apply", "budget per apply", None, _budget),
    _Setting("budgets.per_month", "budget per month", None, _budget),
    _Setting("budgets.max_monthly", "all accounts may cost per month", None, _budget),
    _Setting("review.approval", "applied from a reviewed plan alone", ()),
    _Setting("review.max_changed_share", "share of a kind that one plan may change", 0.3, _share),
    _Setting("review.max_vanished_share", "share of the known objects that may be gone", 0.2, _share),
    _Setting("reconcile.resend", "a call whose object is absent is sent again", default=False, tell=_resend),
    _Setting("reconcile.settle", "time until an object counts as absent", 600.0, _seconds),
    _Setting("ignore", "not looked at", ()),
    _Setting("ignore_reasons", "why nothing looks at", {}, _or("no reason given")),
    _Setting("lease.duration", "duration of the ledger's lease", 120.0, _seconds),
    _Setting("portal.plan_ids", "id of plan", {}, _or("none")),
    _Setting("portal.plan_tier_field", "field of the plan's tier", "type"),
    _Setting("portal.first_page", "first page of the lists", "auto"),
    _Setting("portal.branding_flags", "a 1 in a branding", None, _or("shows (assumed)")),
    _Setting("portal.rate_limit", "requests per second", 5.0, _rate),
    _Setting("portal.wait.first", "first wait for the portal", 2.0, _seconds),
    _Setting("portal.wait.most", "longest wait for the portal", 60.0, _seconds),
    _Setting("portal.wait.timeout", "the portal is given up after", 1800.0, _seconds),
)
_ATTRIBUTES: Final = attribute_table({setting.name: Mutability.EDITABLE for setting in _SETTINGS})
