"""Where keys go: to the vendor, or to a host that somebody allowed where the keys are set."""

import pytest
from rehearsal import Rehearsal
from stories import agency, live_account

KEYS = {"AGENCY_ACME_KEY": "an-account-key-0123", "AGENCY_BETA_KEY": "an-account-key-4567"}


@pytest.fixture(autouse=True)
def _no_rehearsal(rehearsal: Rehearsal) -> None:
    """The accounts' own APIs are where the file says."""
    del rehearsal.environment["AGENCYFILE_ACCOUNT_API"]


def with_apis(rehearsal: Rehearsal, acme: str, beta: str = "https://beta.api-us1.com") -> None:
    """Two accounts that declare their own API."""
    rehearsal.write(
        agency(
            rehearsal.recipient,
            acme=f"api: {{url: '{acme}', key: '${{env:AGENCY_ACME_KEY}}'}}",
            beta=f"api: {{url: '{beta}', key: '${{env:AGENCY_BETA_KEY}}'}}",
        )
    )


def with_pattern(rehearsal: Rehearsal, pattern: str) -> None:
    """An agency that says where the accounts' own APIs are."""
    text = agency(rehearsal.recipient, acme="")
    rehearsal.write(text.replace("name: northwind\n", f"name: northwind\n  portal: {{account_api: '{pattern}'}}\n"))


@pytest.mark.parametrize(
    "url",
    ["https://acme.api-us1.com", "https://acme.activehosted.com"],
)
def test_key_of_an_account_goes_to_the_vendor(rehearsal: Rehearsal, url: str) -> None:
    """What the vendor's own hosts are called."""
    with_apis(rehearsal, url)

    assert rehearsal.run("plan", environment=KEYS).code == 0


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "activehosted.com.evil.example",
        "evilactivehosted.com",
        "api-us1.com.evil.example",
        "acme.activecampaign.evil.example",
        "127.0.0.1.evil.example",
    ],
)
def test_key_of_an_account_goes_to_no_host_that_only_the_file_names(rehearsal: Rehearsal, host: str) -> None:
    """Who edits the file in a pull request does not choose where the pipeline's keys go; no request is made."""
    with_apis(rehearsal, f"https://{host}/x")

    for command in ("plan", "apply", "drift"):
        ran = rehearsal.run(command, environment=KEYS)
        assert ran.code == 3
        assert f"the key of account.acme to {host}" in ran.err
        assert f"AGENCYFILE_PORTAL_HOSTS={host}" in ran.err
        assert KEYS["AGENCY_ACME_KEY"] not in ran.err
    assert rehearsal.book("requests") == []


def test_keys_of_several_accounts_that_would_go_astray_are_all_named(rehearsal: Rehearsal) -> None:
    """One message, and one variable that would allow all of it."""
    with_apis(rehearsal, "https://one.example", "https://two.example")

    ran = rehearsal.run("plan", environment=KEYS)
    allowed = rehearsal.run("plan", environment={**KEYS, "AGENCYFILE_PORTAL_HOSTS": "one.example,two.example"})

    assert ran.code == 3
    assert "the key of account.acme to one.example, the key of account.beta to two.example" in ran.err
    assert "AGENCYFILE_PORTAL_HOSTS=one.example,two.example" in ran.err
    assert allowed.code == 0


@pytest.mark.parametrize(
    ("pattern", "environment", "code"),
    [
        ("https://{account}.activehosted.com", {}, 0),
        ("https://{account}.evil.example", {}, 3),
        ("https://evil.example/{account}", {}, 3),
        ("https://evil.example/{account}", {"AGENCYFILE_PORTAL_HOSTS": "evil.example"}, 0),
        ("https://evil.example/{account}", {"AGENCYFILE_ACCOUNT_API": "http://127.0.0.1:1/{account}"}, 0),
        ("https://{account}.activehosted.com", {"AGENCYFILE_ACCOUNT_API": "http://127.0.0.1:1"}, 64),
    ],
)
def test_pattern_of_accounts_apis_is_the_vendors_or_that_of_the_environment(
    rehearsal: Rehearsal, pattern: str, environment: dict[str, str], code: int
) -> None:
    """The environment has the last word; what it says must have a place for the account's name."""
    with_pattern(rehearsal, pattern)

    ran = rehearsal.run("plan", environment=environment)

    assert ran.code == code, ran.err
    assert "bug" not in ran.err


def test_rehearsal_of_the_agency_alone_sends_no_key_of_an_account_to_the_vendor(rehearsal: Rehearsal) -> None:
    """Whoever applies to a local portal does not mean to write into real accounts; nothing is sent."""
    with_apis(rehearsal, "https://acme.api-us1.com")
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed", environment=KEYS)

    assert (ran.code, "AGENCYFILE_ACCOUNT_API" in ran.err, rehearsal.book("requests")) == (3, True, [])


@pytest.mark.parametrize("account_api", [None, ""], ids=["not-set", "empty"])
def test_rehearsal_of_the_agency_alone_sends_no_login_to_the_vendor(
    rehearsal: Rehearsal, account_api: str | None
) -> None:
    """Nor does the login of an account that only the local portal has go to the vendor's account of that name."""
    text = agency(rehearsal.recipient, acme="")
    rehearsal.write(text.replace("name: northwind\n", "name: northwind\n  portal: {account_login: true}\n"))
    environment = {} if account_api is None else {"AGENCYFILE_ACCOUNT_API": account_api}
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "billed", environment=environment)

    assert (ran.code, "the logins of new accounts" in ran.err, rehearsal.book("requests")) == (3, True, [])


def test_rehearsal_reaches_every_account_where_the_environment_says(rehearsal: Rehearsal) -> None:
    """The address that the file declares for an account is not used in a rehearsal."""
    rehearsal.environment["AGENCYFILE_ACCOUNT_API"] = rehearsal.portal.account_api
    rehearsal.write(
        agency(
            rehearsal.recipient,
            "templates:\n  news: {type: basic, html: news.html}\n",
            acme="api: {url: 'https://acme.api-us1.com', key: '${env:AGENCY_ACME_KEY}'}, templates: [news]",
        )
    )
    rehearsal.write("<p>news</p>", "news.html")
    rehearsal.seed(accounts=[live_account("acme", api_key=KEYS["AGENCY_ACME_KEY"])])
    rehearsal.environment.update(KEYS)
    rehearsal.apply()

    assert rehearsal.writes() == [("message_template_add", "acme")]
