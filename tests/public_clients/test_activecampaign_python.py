"""PyPI's `activecampaign-python`, unchanged, at the third version of an account's own API (portal.md section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from public_clients.running import python

if TYPE_CHECKING:
    from local_portal.portal_client import Client


def test_public_client_reads_and_changes_the_branding_of_an_account(speaking: Client) -> None:
    """All that it can ask of brandings works, in every dialect."""
    speaking.seed({"account": "acme"})
    own = speaking.own("acme")
    calls = [
        ("list_all_brandings",),
        ("update_a_branding", {"branding": {"siteName": "Acme Mail"}}, 1),
        ("retrieve_a_branding", 1),
        ("retrieve_a_branding", 9),
    ]
    listed, changed, kept, absent = python("activecampaign-python", url=own.base, key=own.key, calls=calls)

    assert [each["id"] for each in listed["brandings"]] == ["1"]
    assert changed["branding"]["siteName"] == kept["branding"]["siteName"] == "Acme Mail"
    assert absent == {"message": "No Result found for Branding with id 9"}
    (book,) = speaking.book("brandings")["brandings"]
    assert book["siteName"] == "Acme Mail"


def test_public_client_with_a_wrong_key_is_told_so(client: Client) -> None:
    """It reads the message of the error as it would read an answer."""
    client.seed({"account": "acme"})
    (answer,) = python(
        "activecampaign-python", url=client.own("acme").base, key="nope", calls=[("list_all_brandings",)]
    )

    assert "not valid" in answer["message"]
