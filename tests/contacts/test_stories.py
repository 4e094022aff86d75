"""Contacts on the command line: the same plan, comment, page, approval, drift, steps and import as for accounts."""

import json
from pathlib import Path
from typing import Any

import pytest
from rehearsal import Rehearsal, writes_of

HEAD = "E-mail,Name,Phone,Language,Group contact,Status,Customer number,Level,Level id,Subscription,Exported\n"
NOW = "2026-11-28T10:00:00+00:00"
FILE = """version: 1
agency:
  name: northwind
  ledger: file:.agencyfile/ledger.jsonl
  contacts: {export: contacts.csv, service_manager: manager@operator.example}
contacts:
  noc@acme.example: {name: Acme NOC, group: true, language: fr}
  jane@acme.example: {name: Jane Doe, phone: "+32 2 555 01 01"}
customers:
  OCN-100200:
    allowed_domains: [acme.example]
    subscriptions:
      planned-works: [noc@acme.example]
      default-service-notifications: [jane@acme.example, noc@acme.example]
"""


@pytest.fixture
def agency(rehearsal: Rehearsal) -> Rehearsal:
    """An agency with contacts alone, and no key."""
    for name in list(rehearsal.environment):
        if name.endswith("_KEY"):
            del rehearsal.environment[name]
    rehearsal.write(FILE)
    rehearsal.write(HEAD, "contacts.csv")
    return rehearsal


def row(email: str, subscription: str = "", *, status: str = "Verified", name: str = "", more: str = "") -> str:
    """One row of an export."""
    names = {
        "noc@acme.example": ("Acme NOC", "", "fr", "yes"),
        "jane@acme.example": ("Jane Doe", "+32 2 555 01 01", "", "no"),
    }
    words = names.get(email, (name, "", "", "no"))
    state = "Not required" if words[3] == "yes" else status
    number = "OCN-100200" if subscription else ""
    return ",".join((email, *words, state, number, "Account" if number else "", "", subscription, more or NOW)) + "\n"


DONE = (
    HEAD
    + row("jane@acme.example", "Default Service Notifications")
    + row("noc@acme.example", "Default Service Notifications")
    + row("noc@acme.example", "Planned Works")
)


def steps(agency: Rehearsal) -> dict[str, dict[str, Any]]:
    """The manual steps of the plan now."""
    return {step["id"]: step for step in agency.plan()["manual_steps"]}


def test_steps_close_by_the_next_export(agency: Rehearsal) -> None:
    """A domain is proved by an address of it; the age of the export is in the plan; nothing is left to do."""
    assert steps(agency).keys() == {
        "allowed_domain.OCN-100200.acme.example",
        "customer.OCN-100200.contacts",
    }
    agency.write(DONE, "contacts.csv")
    plan = agency.plan()

    assert plan["manual_steps"] == []
    (age,) = plan["diagnostics"]
    assert age["detail"].startswith("contacts.csv is of 2026-11-28 10:00 UTC")
    assert "contacts.csv is of 2026-11-28" in agency.run("plan").out + agency.run("plan").err
    assert agency.run("plan", "--fail-if-pending").code == 0


def test_step_that_the_export_shows_is_closed_by_nobodys_word(agency: Rehearsal) -> None:
    """The domain, which no export shows, closes by evidence; another export brings nothing back."""
    assert agency.run("steps", "done", "customer.OCN-100200.contacts", "--evidence", "did it").code != 0
    done = agency.run("steps", "done", "allowed_domain.OCN-100200.acme.example", "--evidence", "saw it", "--by", "ada")
    assert done.code == 0, done

    assert steps(agency).keys() == {"customer.OCN-100200.contacts"}


def test_pending_contact_is_told_until_the_address_is_verified(agency: Rehearsal) -> None:
    """A group is never pending. Nobody has to do anything: the plan is empty."""
    agency.write(DONE.replace("Verified", "Pending verification"), "contacts.csv")
    plan = agency.plan()

    assert plan["manual_steps"] == []
    assert [found["address"] for found in plan["diagnostics"] if found["rule"] == "contact-pending"] == [
        "contact.jane@acme.example"
    ]


def test_removed_contact_is_a_request_to_the_service_manager(agency: Rehearsal) -> None:
    """Its subscriptions end in the visit to the customer; the mail is ready to send; the next export closes both."""
    old = row("old@acme.example", "Planned Works", name="Old")
    agency.write(DONE + old, "contacts.csv")
    agency.write(f"{FILE}removed:\n  - {{contact: old@acme.example, action: delete, reason: left}}\n")
    found = steps(agency)

    assert found.keys() == {"customer.OCN-100200.contacts", "contact.old@acme.example.deletion"}
    assert (
        "Below `Planned Works` find `old@acme.example` and choose Remove."
        in found["customer.OCN-100200.contacts"]["text"]
    )
    mail = found["contact.old@acme.example.deletion"]["text"]
    assert "To: manager@operator.example\nSubject: Delete the contact old@acme.example\n" in mail
    assert "Reason: left" in mail
    agency.write(DONE, "contacts.csv")
    assert steps(agency) == {}


def test_drift_names_what_somebody_changed(agency: Rehearsal) -> None:
    """A contact that was renamed on the pages, and one that was unsubscribed."""
    agency.write(
        DONE.replace("Jane Doe", "J. Doe").replace(row("noc@acme.example", "Planned Works"), ""), "contacts.csv"
    )
    ran = agency.run("drift", "--json")
    drift = {(each["address"], each["attribute"]) for each in json.loads(ran.out)["drift"]}

    assert ran.code == 2
    assert drift == {("contact.jane@acme.example", "record.name"), ("customer.OCN-100200", "contacts.planned-works")}
    agency.write(DONE, "contacts.csv")
    assert agency.run("drift").code == 0


@pytest.mark.parametrize("form", ["markdown", "html", "github", "outputs", "gitlab-terraform"])
def test_every_form_of_a_plan_shows_the_steps(agency: Rehearsal, form: str) -> None:
    """Comment and page name the customer number; the others count."""
    ran = agency.run("plan", "--format", form)

    assert ran.code == 0, ran
    if form in ("markdown", "html"):
        assert "customer.OCN-100200.contacts" in ran.out
        assert "OCN-100200" in ran.out


def test_saved_plan_is_shown_again(agency: Rehearsal, tmp_path: Path) -> None:
    """The document knows the kinds of contacts."""
    path = tmp_path / "plan.json"
    assert agency.run("plan", "--out", str(path)).code == 0
    ran = agency.run("show", str(path))

    assert ran.code == 0, ran
    assert "Set 3 subscriptions of OCN-100200" in ran.out


def test_apply_without_a_key_has_nothing_to_send(agency: Rehearsal) -> None:
    """People do everything: an apply says so, with exit code 8 where it is asked to."""
    assert agency.run("apply", "--auto-approve").code == 0
    assert agency.run("apply", "--auto-approve", "--fail-if-pending").code == 8


def test_accounts_and_contacts_are_one_plan_and_one_approval(rehearsal: Rehearsal) -> None:
    """Two providers, one digest: a reviewed plan with both is applied, and its steps stay until an export."""
    account = (
        "accounts:\n  acme:\n    client: {name: Acme, email: owner@acme.example}\n"
        "    notification: ops@northwind.example\n    plan: {tier: plus, billing: monthly, contacts: 1000}\n"
    )
    credentials = f"  credentials: {{recipients: [{rehearsal.recipient}]}}\n"
    rehearsal.write(
        FILE.replace("contacts:\n  noc", f"{account}contacts:\n  noc").replace(
            "  contacts: {", f"{credentials}  contacts: {{"
        )
    )
    rehearsal.write(HEAD, "contacts.csv")
    plan = rehearsal.plan()
    assert writes_of(plan) == [("account_add", "acme")]
    assert rehearsal.run("approve", plan["digest"], "--by", "ada").code == 0
    ran = rehearsal.run("apply", "--approved", plan["digest"])

    assert ran.code == 0, ran
    assert "customer.OCN-100200.contacts" in steps(rehearsal)
    rehearsal.write(DONE, "contacts.csv")
    assert not [step for step in steps(rehearsal) if step.startswith(("customer", "contact", "allowed"))]


def test_import_writes_what_is_not_declared_and_the_next_plan_is_empty(agency: Rehearsal) -> None:
    """A second import has nothing to write; a value that no file may hold is left out and named."""
    agency.write(DONE + row("old@acme.example", "Planned Works", name="Old: {x}"), "contacts.csv")
    agency.write("version: 1\nagency: {name: northwind, contacts: {export: contacts.csv}}\ninclude: [contacts.yaml]\n")
    agency.write("contacts: {}\n", "contacts.yaml")
    (agency.folder / "contacts.yaml").unlink()
    agency.write("version: 1\nagency: {name: northwind, contacts: {export: contacts.csv}}\n")
    first = agency.run("contacts", "import", "--json", "-f", str(agency.file))
    assert first.code == 0, first
    agency.write("version: 1\nagency: {name: northwind, contacts: {export: contacts.csv}}\ninclude: [contacts.yaml]\n")
    plan = agency.plan()
    again = json.loads(agency.run("contacts", "import", "--json", "-f", str(agency.file)).out)

    assert (plan["manual_steps"], plan["unmanaged"]) == ([], [])
    assert again["file"] is None
    assert all(each["declared"] for each in (*again["contacts"], *again["customers"]))
    listed = agency.run("contacts", "list", "-f", str(agency.file))
    assert "old@acme.example" in listed.out


def test_contacts_without_an_export_stop_the_plan(agency: Rehearsal) -> None:
    """With what to do: nothing is planned on nothing."""
    agency.write(FILE.replace("  contacts: {export: contacts.csv, service_manager: manager@operator.example}\n", ""))
    ran = agency.run("plan")
    assert ran.code == 1
    assert "agency.contacts.export" in ran.err

    agency.write(FILE)
    (agency.folder / "contacts.csv").unlink()
    assert "cannot be read" in agency.run("plan").err
