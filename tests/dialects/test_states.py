"""States of accounts as words or as numbers (docs/portal.md section 8, R1): what is declared is what comes to be."""

import pytest
from dialects.agencies import declare, dialect, rows, rules
from rehearsal import Rehearsal

NUMBERS = {"status-words": "numbers"}
DISABLED = """accounts:
  acme:
    client: {name: Client, email: acme@client.example}
    status: disabled
"""


def seed(rehearsal: Rehearsal, **states: str) -> None:
    """Accounts as `ACCOUNT` declares them, each in a state."""
    rehearsal.seed(
        accounts=[
            {
                "account": name,
                "client_name": "Client",
                "client_email": f"{name}@client.example",
                "notification": "ops@agency.example",
                "planid": "221",
                "status": state,
            }
            for name, state in states.items()
        ]
    )


@pytest.mark.parametrize("others", [{}, {"other": "active"}, {"other": "disabled"}, {"zzz": "cancelled"}])
def test_disabled_is_one_change_made_and_the_next_plan_empty(rehearsal: Rehearsal, others: dict[str, str]) -> None:
    """A list with only one of the numbers says nothing by itself: the state of one account says what they mean."""
    dialect(rehearsal, NUMBERS)
    seed(rehearsal, acme="active", **others)
    declare(rehearsal, DISABLED)

    document = rehearsal.plan()
    (change,) = [each for each in document["resource_changes"] if each["kind"] == "account"]
    assert [(edit["attribute"], edit["before"], edit["after"]) for edit in change["edits"]] == [
        ("status", "active", "disabled")
    ]
    assert document["reads"]["account_status"] == 1
    rehearsal.apply()

    assert rows(rehearsal)["acme"]["status"] == "disabled"


def test_account_that_is_disabled_already_needs_nothing(rehearsal: Rehearsal) -> None:
    """Only `1` is in the list, and it means disabled: no change, and the warning that it is billed."""
    dialect(rehearsal, NUMBERS)
    seed(rehearsal, acme="disabled")
    declare(rehearsal, DISABLED)

    document = rehearsal.plan()

    assert document["resource_changes"] == []
    assert rules(document) == ["disabled-billed"]


def test_new_account_is_disabled_once_it_is_there(rehearsal: Rehearsal) -> None:
    """No number says that an account is still being created: a lock that came too early would be refused."""
    dialect(rehearsal, NUMBERS)
    declare(rehearsal, DISABLED)

    rehearsal.apply()

    assert rows(rehearsal)["acme"]["status"] == "disabled"
