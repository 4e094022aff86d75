"""Names, addresses and free plans of accounts in each reading (docs/portal.md section 8: R3, R5, R10, R18)."""

import pytest
from dialects.agencies import declare, dialect, rows, rules
from rehearsal import Rehearsal

CLIENT = "client: {name: Client, email: Owner@Client.Example}"


def seed(rehearsal: Rehearsal, *names: str, **words: object) -> None:
    """Accounts as a block with `CLIENT` declares them."""
    known = {"client_name": "Client", "client_email": "owner@client.example", "notification": "ops@agency.example"}
    rehearsal.seed(accounts=[{"account": name, "planid": "221", **known, **words} for name in names])


@pytest.mark.parametrize("first_page", ["auto", "1"])
def test_list_with_a_count_is_read_whole(rehearsal: Rehearsal, first_page: str) -> None:
    """R3: 20 rows a page until the portal has told how many there are; then all of them on one."""
    dialect(rehearsal, {"list-pages": "count"})
    names = [f"client{number:03}" for number in range(110)]
    seed(rehearsal, *names)
    declare(rehearsal, "accounts:\n" + "".join(f"  {name}: {{{CLIENT}}}\n" for name in names))
    text = rehearsal.file.read_text("utf-8")
    rehearsal.write(text.replace("name: northwind,", f"name: northwind, portal: {{first_page: {first_page}}},"))

    document = rehearsal.plan()

    assert [each["kind"] for each in document["resource_changes"]] == []
    assert document["managed"] == {"account": 110}
    assert document["reads"]["account_list"] <= 4


def test_import_writes_the_email_of_a_client_where_the_portal_tells_it(rehearsal: Rehearsal) -> None:
    """R10: it is in the block as every other word is, or the reason why not; the plan is empty in both readings."""
    seed(rehearsal, "acme", client_email="Owner@Client.Example")
    seed(rehearsal, "odd", client_email="nobody")
    top = rehearsal.folder
    for reading, words in (("absent", "{name: Client}"), ("listed", "{name: Client, email: Owner@Client.Example}")):
        dialect(rehearsal, {"client-email": reading})
        rehearsal.folder = top / reading
        assert rehearsal.run("import", "--all", "--out", str(rehearsal.folder), "--name", "northwind").code == 0

        assert words in (rehearsal.folder / "clients" / "acme.yaml").read_text("utf-8")
        document = rehearsal.plan()
        assert (document["resource_changes"], document["manual_steps"]) == ([], [])
    odd = (rehearsal.folder / "clients" / "odd.yaml").read_text("utf-8")
    assert "# client.email: not here, it is not an e-mail address" in odd


def test_client_email_that_was_changed_by_hand_is_seen(rehearsal: Rehearsal) -> None:
    """R10: where the list has it, it is compared; upper and lower case are the same address."""
    seed(rehearsal, "acme")
    rehearsal.seed(accounts=[{"account": "gamma", "client_name": "Client", "client_email": "new@client.example"}])
    gamma = f"  gamma: {{{CLIENT}, plan: {{id: 121}}, notification: a@b.example}}\n"
    declare(rehearsal, f"accounts:\n  acme: {{{CLIENT}}}\n{gamma}")
    assert rehearsal.plan()["manual_steps"] == []

    dialect(rehearsal, {"client-email": "listed"})

    (step,) = rehearsal.plan()["manual_steps"]
    assert step["address"] == "account.gamma"
    assert [(edit["attribute"], edit["before"], edit["after"]) for edit in step["edits"]] == [
        ("client.email", "new@client.example", "Owner@Client.Example")
    ]


def test_name_with_an_underscore_is_made_where_the_portal_takes_it(rehearsal: Rehearsal) -> None:
    """R5: nothing is said where the list shows that it does."""
    dialect(rehearsal, {"name-characters": "underscore"})
    seed(rehearsal, "other_one", client_name="Other", client_email="other@client.example")
    declare(rehearsal, f"accounts:\n  acme_gym: {{{CLIENT}}}\n")

    assert rules(rehearsal.plan()) == []
    rehearsal.apply()

    assert "acme_gym" in rows(rehearsal)


@pytest.mark.parametrize(("listed", "name"), [("other-one", "acme_gym"), ("other_one", "acme-gym")])
def test_name_that_no_listed_name_is_like_is_doubted(rehearsal: Rehearsal, listed: str, name: str) -> None:
    """R5: a warning, since the portal may refuse it; refused, it is charged for by nobody."""
    dialect(rehearsal, {"name-characters": "underscore" if "_" in listed else "hostname"})
    seed(rehearsal, listed, client_name="Other", client_email="other@client.example")
    declare(rehearsal, f"accounts:\n  {name}: {{{CLIENT}}}\n")

    assert rules(rehearsal.plan()) == ["name-characters"]
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard")

    assert ran.code == 1
    assert "not a valid account name" in ran.out + ran.err
    assert rehearsal.book("charges") == []


def test_account_that_is_free_for_ever(rehearsal: Rehearsal) -> None:
    """R18: plan 0 charges nothing; nobody asks for approval of a charge, and a second one needs no warning."""
    dialect(rehearsal, {"free-plan": "accepted"})
    declare(rehearsal, f"accounts:\n  acme: {{{CLIENT}, plan: {{id: 0}}}}\n")

    document = rehearsal.plan()
    assert (rules(document), document["summary"]["charges_now"]) == (["free-plan"], [])
    rehearsal.apply("-auto-approve", "--allow", "guard")
    assert (rows(rehearsal)["acme"]["forever_free"], rehearsal.book("charges")) == (True, [])

    declare(rehearsal, f"accounts:\n  acme: {{{CLIENT}, plan: {{id: 0}}}}\n  beta: {{{CLIENT}, plan: {{id: 0}}}}\n")
    assert rules(rehearsal.plan()) == []


def test_free_account_that_the_portal_refuses(rehearsal: Rehearsal) -> None:
    """R18, the other reading: the warning says so beforehand, and nothing is created."""
    declare(rehearsal, f"accounts:\n  acme: {{{CLIENT}, plan: {{id: 0}}}}\n")

    assert rules(rehearsal.plan()) == ["free-plan"]
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "guard")

    assert (ran.code, rows(rehearsal)) == (1, {})
