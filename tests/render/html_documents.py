"""Plan documents to draw pages from: real agencies planned against the local portal, and one that holds everything."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rehearsal import Rehearsal

from plan import Address, Budget, Money, Plan, Reference
from plan.address import Origin
from plan.budget import Limit
from plan.call import Call, Effect, OperationClass
from plan.change import Closing, Create, Delete, Edit, Instructions, Manual, PlannedChange, Update
from plan.diagnostic import Diagnostic, Severity
from plan.document import encode
from plan.drift import Drift
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.values import Secret, Value

FEW = """\
version: 1
agency:
  name: northwind
  budgets: {per_apply: 500 USD, per_month: 2000 USD}
  credentials: {recipients: [RECIPIENT]}
defaults:
  account:
    notification: ops@northwind.example
    plan: {tier: plus, billing: monthly, contacts: 1000}
accounts:
  acme-gym:
    client: {name: Acme Gym, email: owner@acme.example}
    domain: mail.acme.example
  initech:
    client: {name: Initech, email: bill@initech.example}
    notification: alerts@northwind.example
    plan: {contacts: 2500}
  umbrella-yoga:
    client: {name: Umbrella Yoga Studio, email: om@umbrella.example}
removed:
  - {account: old-client, action: cancel, reason: contract ended 2026-10-31}
"""

MANY = """\
version: 1
agency:
  name: northwind
  budgets: {per_apply: 500 USD, per_month: 150000 USD}
  credentials: {recipients: [RECIPIENT]}
include: [clients/*.yaml]
defaults:
  sandbox: {notification: ops@northwind.example}
  account:
    notification: ops@northwind.example
    language: french
    timezone: Europe/Paris
    snapshot: fitness-2026-11
    plan: {tier: plus, billing: monthly, contacts: 1000}
sandboxes:
  fitness-lab: {client: {name: Northwind Lab, email: lab@northwind.example}}
snapshots:
  fitness-2026-11: {sandbox: fitness-lab}
"""

_LIVE_PLAN = {"tier": "plus", "billing": "monthly", "contacts": 1000}


def few_changes(rehearsal: Rehearsal) -> Any:
    """One account to create, one to change, one to end, and one step by hand."""
    umbrella = {**_live("umbrella-yoga", "Umbrella Yoga"), "notification": "ops@northwind.example"}
    rehearsal.seed(accounts=[_live("initech", "Initech"), umbrella, _live("old-client")])
    rehearsal.write(FEW.replace("RECIPIENT", rehearsal.recipient))
    return rehearsal.plan()


def many_changes(rehearsal: Rehearsal, number: int = 2000) -> Any:
    """`number` changes: half of the accounts are new, the others live and declared anew; some others nobody names."""
    live = [_live(_name(index), f"Client {index}") for index in range(number // 2 - 1)]
    rehearsal.seed(accounts=[*live, *(_live(f"legacy-{index}") for index in range(150))])
    rehearsal.write(MANY.replace("RECIPIENT", rehearsal.recipient))
    blocks = map(_block, range(number - 2))
    rehearsal.write("accounts:\n" + "".join(blocks), "clients/studios.yaml")
    return _in_its_folder(rehearsal.plan(), rehearsal)


def _in_its_folder(document: Any, rehearsal: Rehearsal) -> Any:
    """The places as whoever works in the agency's folder sees them: the same size of page on every machine."""
    named: Any = json.loads(json.dumps(document).replace(f"{rehearsal.folder}/", ""))
    return named


def _name(index: int) -> str:
    return f"{('harbour', 'granite', 'evergreen', 'cadence', 'atlas')[index % 5]}-studio-{index:04}"


def _live(name: str, client: str = "") -> Any:
    return {"account": name, "client_name": client, "notification": "old@northwind.example", "plan": _LIVE_PLAN}


def _block(index: int) -> str:
    client = f"{{name: Client {index}, email: owner@client-{index}.example}}"
    domain = f"    domain: mail.client-{index}.example\n" if index % 3 else ""
    plan = "    plan: {contacts: 2500}\n" if index % 4 == 0 else ""
    return f"  {_name(index)}:\n    client: {client}\n{domain}{plan}"


LONG_BEFORE = "Welcome to the studio.\nWe open at 7.\n" + "Bring a towel, water and good humour. " * 6
LONG_AFTER = LONG_BEFORE.replace("at 7", "at 6:30 on weekdays").replace("good humour", "a friend", 1)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`&\u202e\u2028\n☠"
ORIGIN = Origin("clients/acme.yaml", 3, 3)


def every_word() -> Any:
    """A document in which everything occurs that a page can show, with the names of an attacker."""
    plan = Plan(
        agency=HOSTILE,
        desired_digest="d" * 64,
        steps=tuple(_steps()),
        manual_steps=tuple(_manual_steps()),
        diagnostics=tuple(_diagnostics()),
        blocked=(OpenIntent(7, Address("account", "lost"), "account_add", "2026-11-20T09:30:00Z", HOSTILE),),
        unmanaged=tuple(Address("account", f"legacy-{index}") for index in range(40)),
        remote_ids={Address("account", "initech"): "4711", Address("snapshot", "old"): "88"},
        provisioning=(Address("snapshot", "old"),),
        reads={"account_list": 3, "account_plans": 1},
        budget=Budget((_limit("per apply", 100), _limit("per month", 2000, spent=1500))),
        drift=tuple(_drift()),
        left_out=12,
    )
    return encode(plan)


def _limit(name: str, most: int, spent: int = 0) -> Limit:
    return Limit(name, Money("USD", Decimal(most)), Decimal(spent))


def _price(now: int | None) -> Price:
    return Price(Money("USD", Decimal(now)) if now else None, Money("USD", Decimal(now)) if now else None)


def _call(address: Address, operation: str, effect: Effect, price: Price | None = None) -> Call:
    kind = OperationClass.CREATE if operation == "account_add" else OperationClass.ABSOLUTE
    return Call(address, "agency", operation, "POST", {"account": address.name}, kind, effect, price)


def _steps() -> Iterator[PlannedChange]:
    yield _created("acme-gym", {"snapshot": Reference(Address("snapshot", "old"))}, _price(49))
    yield _created("untold", {"plan": {"tier": "enterprise", "id": "9"}}, _price(None))
    yield _created("hostile", {HOSTILE: HOSTILE, "tags": (HOSTILE, "two"), "none": None, "on": True, "map": {}}, None)
    yield _created(HOSTILE, {"key": Secret("never shown"), "text": LONG_BEFORE}, None)
    yield _updated("initech", (Edit("notification", "a@northwind.example", "b@northwind.example"),), Effect.REVERSIBLE)
    yield _updated("dearer", (Edit("plan.contacts", 1000, 2500, ORIGIN), Edit("plan.id", "1", "2")), Effect.BILLED)
    yield _updated("once", (Edit("trial.extended", "once", "again", ORIGIN),), Effect.ONE_SHOT)
    yield _updated("wordy", (Edit("branding.footer_text", LONG_BEFORE, LONG_AFTER, ORIGIN),), Effect.REVERSIBLE)
    credit = Address("credit", "acme-gym.email")
    call = _call(credit, "account_credits_apply", Effect.PERMANENT)
    total: dict[str, Value] = {"account": Reference(Address("account", "acme-gym")), "total": 5000}
    change = Create(credit, total, Effect.PERMANENT, "new total 5000 email credits", ORIGIN, baseline=("12", HOSTILE))
    yield PlannedChange(change, (call,), "absent", (Address("account", "acme-gym"),))
    old = Address("account", "old-client")
    words: dict[str, Value] = {"reason": HOSTILE, "retain_data": True}
    ended = Delete(old, "cancel", words, Effect.PERMANENT, "contract ended 2026-10-31", ORIGIN)
    yield PlannedChange(ended, (_call(old, "account_cancel", Effect.PERMANENT),), "basis")
    sold = Address("account", "sold")
    forgets = (sold, Address("credit", "sold.email"))
    yield PlannedChange(Delete(sold, "forget", {}, Effect.REVERSIBLE, "sold", ORIGIN, forgets, "4712"), (), "basis")


def _created(name: str, attributes: dict[str, Value], price: Price | None) -> PlannedChange:
    address = Address("account", name)
    effect = Effect.BILLED if price else Effect.REVERSIBLE
    after = tuple(value.address for value in attributes.values() if isinstance(value, Reference))
    change = Create(address, attributes, effect, f"new block, named `{HOSTILE}`", ORIGIN, price)
    return PlannedChange(change, (_call(address, "account_add", effect, price),), "absent", after)


def _updated(name: str, edits: tuple[Edit, ...], effect: Effect) -> PlannedChange:
    address = Address("account", name)
    before = {edit.attribute: edit.before for edit in edits}
    after = {edit.attribute: edit.after for edit in edits}
    price = _price(80) if effect is Effect.BILLED else None
    reason = ", ".join(before)
    change = Update(address, "4711", edits, before, after, effect, reason, ORIGIN, price)
    return PlannedChange(change, (_call(address, "account_edit", effect, price),), "basis")


def _manual_steps() -> Iterator[Manual]:
    steps = f"1. Open the accounts and find `{HOSTILE}`.\n2. Choose Edit.\nThat is all.\nagencyfile ledger baseline x=1"
    edits = (Edit("client.name", "Umbrella", "Umbrella Yoga Studio", ORIGIN),)
    name = Address("account", "umbrella-yoga")
    rename = Instructions(f"Change the name of `{HOSTILE}`", steps)
    yield Manual(name, edits, rename, "the API cannot change it", ORIGIN, closes=Closing.PORTAL)
    words = Instructions(
        "Ask for the extension", f"1. Send this:\nTo: help@vendor.example\nSubject: {HOSTILE}\n\nPlease."
    )
    after = (Address("account", "acme-gym"),)
    yield Manual(Address("account", HOSTILE), (), words, HOSTILE, ORIGIN, "trial", after, effect=Effect.ONE_SHOT)


def many_steps(number: int = 60) -> Any:
    """The document in which everything occurs, with one long step for each of `number` new accounts."""
    document = every_word()
    words = "Open the account and look.\n" * 80
    clone = {**document["manual_steps"][0], "topic": "clone", "closes": "evidence", "text": words, "edits": []}
    for index in range(number):
        named = {"id": f"account.{HOSTILE}-{index}.clone", "title": f"Check what was cloned into `{HOSTILE}-{index}`"}
        document["manual_steps"].append({**clone, **named, "origin": {**clone["origin"], "line": 1000 + index}})
    return with_steps_counted(document)


def with_steps_counted(document: Any) -> Any:
    """The document with the totals of its manual steps."""
    steps = document["manual_steps"]
    document["summary"]["manual"] = len(steps)
    document["totals"]["manual_topics"] = Counter(step["topic"] or step["address"].partition(".")[0] for step in steps)
    document["totals"]["manual_one_shot"] = sum(step["effect"] == "one-shot" for step in steps)
    return document


def _diagnostics() -> Iterator[Diagnostic]:
    fix = "declare it as it is at the portal"
    yield Diagnostic("trial-ends", "a trial ends soon", f"The trial of {HOSTILE} ends.", fix, severity=Severity.WARNING)
    detail = f"language of account.initech is `{HOSTILE}` at the portal and `french` in the file."
    yield Diagnostic("attribute-fixed", "this can never change", detail, fix, ORIGIN, Address("account", "initech"))


def _drift() -> Iterator[Drift]:
    yield Drift(Address("account", "initech"), "notification", "a@x.example", HOSTILE)
    yield Drift(Address("account", "initech"), "domain", "mail.initech.example", "")
    yield Drift(Address("account", "other"), HOSTILE, None, ("one", "two"))
