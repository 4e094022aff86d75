"""What is compared: every missing subscription is in one step, and a contact is shown as created once (property)."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agencyfile.contacts.comparison import Comparison
from agencyfile.contacts.export import Export, Person
from agencyfile.kinds import KINDS
from plan import History, make_plan
from plan.address import Address, Origin
from plan.plan import Plan
from plan.resource import Reading, Resource
from plan.values import Value

ORIGIN = Origin("agency.yaml", 1, 1)
EMAILS = [f"p{number}@acme.example" for number in range(4)]
NUMBERS = ["OCN-1", "OCN-2", "OCN-3"]
NAMES = ["planned-works", "product-communications", "service SVC-1/reactive-service"]
Subscribed = dict[str, dict[str, set[str]]]  # by customer number and subscription
SUBSCRIBED = st.dictionaries(
    st.sampled_from(NUMBERS), st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(EMAILS)))
)


def planned(declared: Subscribed, export: Export) -> Plan:
    """The plan of an agency that declares every address."""
    contacts = [
        Resource(Address("contact", email), {"record": {"name": email, "group": False}}, ORIGIN) for email in EMAILS
    ]
    customers = [_customer(number, names) for number, names in declared.items()]
    compared = Comparison((*contacts, *customers), export)
    reading = Reading(tuple(compared.live()), compared.completed())
    return make_plan(agency="northwind", kinds=KINDS, declared=reading.desired, reading=reading, history=History())


def _customer(number: str, names: dict[str, set[str]]) -> Resource:
    wanted: dict[str, Value] = {name: dict.fromkeys(sorted(emails), "subscribed") for name, emails in names.items()}
    return Resource(Address("customer", number), {"contacts": wanted}, ORIGIN)


def exported(there: Subscribed) -> Export:
    """An export whose contacts are those that get notices."""
    emails = {email for names in there.values() for found in names.values() for email in found}
    people = {email: Person(email, {"name": email}) for email in emails}
    columns = frozenset({"name", "phone", "language", "group"})
    return Export(Path("contacts.csv"), datetime.now(UTC), columns, people, there)


def changes(plan: Plan) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]], Counter[str]]:
    """What the steps add, take out and create."""
    added: Counter[tuple[str, str, str]] = Counter()
    gone: Counter[tuple[str, str, str]] = Counter()
    created: Counter[str] = Counter()
    for step in plan.manual_steps:
        for edit in step.edits:
            owner, rest = step.address.name, edit.attribute.partition(".")[2]
            if step.address.kind == "contact":
                if rest == "name":
                    created[owner] += 1
                elif rest.startswith("at ") and isinstance(edit.after, dict):
                    added.update((rest.removeprefix("at "), name, owner) for name in edit.after)
            elif rest.startswith("new contacts."):
                created[rest.removeprefix("new contacts.").removesuffix(".name")] += rest.endswith(".name")
            else:
                name = next(name for name in NAMES if rest.startswith(f"{name}."))
                (gone if edit.after is None else added)[owner, name, rest.removeprefix(f"{name}.")] += 1
    return added, gone, created


@given(SUBSCRIBED, SUBSCRIBED)
def test_every_change_is_in_one_step_and_then_nothing_is_left(declared: Subscribed, there: Subscribed) -> None:
    """Carrying the edits out leads to an empty plan; a subscription that is not declared is left alone."""
    export = exported(there)
    added, gone, created = changes(planned(declared, export))

    wanted = {
        (number, name, email) for number, names in declared.items() for name, mails in names.items() for email in mails
    }
    held = {
        (number, name, email) for number, names in there.items() for name, mails in names.items() for email in mails
    }
    managed = {(number, name) for number, names in declared.items() for name in names}
    assert added == Counter(wanted - held)
    assert gone == Counter(each for each in held - wanted if each[:2] in managed)
    assert created == Counter(set(EMAILS) - export.people.keys())

    after = exported(_after(there, set(added), set(gone)))
    after.people = {email: Person(email, {"name": email}) for email in EMAILS}
    assert planned(declared, after).manual_steps == ()


def _after(there: Subscribed, added: set[tuple[str, str, str]], gone: set[tuple[str, str, str]]) -> Subscribed:
    found: Subscribed = {
        number: {name: set(emails) for name, emails in names.items()} for number, names in there.items()
    }
    for number, name, email in added:
        found.setdefault(number, {}).setdefault(name, set()).add(email)
    for number, name, email in gone:
        found[number][name].discard(email)
    return found
