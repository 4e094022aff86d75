"""The balance that an account's own API tells (portal.md section 3), where the portal is set to tell it."""

from local_portal.portal_client import Client


def test_account_view_tells_what_is_left_after_emails_sent(client: Client) -> None:
    """Credits minus emails; in no list, and not to the agency's key."""
    client.order("settings", {"readings": {"account-view": "balances"}})
    client.seed({"account": "acme", "email_credits": 1200, "compatibility_credits": 50, "emails_sent": 200})
    client.done("account_credits_apply", account="acme", credits="5000")

    shown = client.own("acme").done("account_view")
    assert (shown["account"], shown["credits"]) == ("acme.activehosted.com", "6000")
    assert "credits" not in client.done("account_list")["accounts"][0]
    assert client.refused("account_view", account="acme")
    client.order("settings", {"readings": {"account-view": "unknown"}})  # a reset keeps settings


def test_account_view_is_unknown_where_the_switch_is_off(client: Client) -> None:
    """As sources differ: this is how the portal starts."""
    client.seed({"account": "acme"})
    assert client.own("acme").refused("account_view") == "The api_action is not known."
