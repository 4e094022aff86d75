"""Keys go only where they may: what the file says of hosts, and what is connected to in the end."""

from itertools import product

import evidence
import pytest
from sampling import thinned
from security.listener import Listener
from security.victim import Victim
from stories import agency

VENDOR = dict.fromkeys(("AGENCYFILE_AGENCY_API", "AGENCYFILE_HUB_API", "AGENCYFILE_ACCOUNT_API"), "")
ACME_KEY = "sentinel-account-key-5c1f22d0"


def with_portal(victim: Victim, settings: str) -> None:
    """A pull request that changes how the portal is reached."""
    text = agency(victim.recipient, acme="")
    victim.write(text.replace("  name: northwind\n", f"  name: northwind\n  portal: {settings}\n"))
    victim.commit()


def with_account(victim: Victim, url: str) -> None:
    """A pull request that changes where the own API of an account is."""
    victim.write(agency(victim.recipient, acme=f"api: {{url: '{url}', key: '${{env:AGENCY_ACME_KEY}}'}}"))
    victim.commit()


def through(proxy: Listener) -> dict[str, str]:
    """A job without a rehearsal, whose every connection to the network would pass here and be seen."""
    evidence.add_secret(ACME_KEY)
    proxies = {"HTTPS_PROXY": proxy.url, "HTTP_PROXY": proxy.url, "NO_PROXY": ""}
    return {**VENDOR, **proxies, "AGENCY_ACME_KEY": ACME_KEY, "ACME_KEY": ACME_KEY}


TWO_READINGS = (
    r"https://evil.example\.activecampaign.com/api.php",
    r"https://evil.example\@www.activecampaign.com/api.php",
    r"https://127.0.0.66\.activecampaign.com/api.php",
    "https://evil.example%2f.activecampaign.com/api.php",
    "https://www.activecampaign.com@evil.example/api.php",
    "https://evil.example\\u3002activecampaign.com/api.php",
    "https://evil.example/.activecampaign.com",
    "https://www.activecampaign.com.evil.example/api.php",
    "https://www.activecampaign.com:8443/api.php",
    "https://WWW.ACTIVECAMPAIGN.COM\\t.evil.example/api.php",
)

PAIRS = tuple(product(("agency_api", "hub_api"), ("plan", "apply")))


@pytest.mark.attack("B1", "key sent to a host that two parsers read differently")
@pytest.mark.parametrize(
    ("word", "url", "command"),
    # The sample has each URL, with one of the two commands and one of the two words.
    thinned(
        (
            (word, url, command)
            for number, url in enumerate(TWO_READINGS)
            for word, command in PAIRS[number % 4 :] + PAIRS[: number % 4]
        ),
        every=4,
    ),
)
def test_key_of_the_agency_leaves_for_no_host_that_two_parsers_read_differently(
    victim: Victim, listener: Listener, word: str, url: str, command: str
) -> None:
    """No connection is made to anywhere; the exit code says whether the file or its address was refused."""
    with_portal(victim, f'{{{word}: "{url}"}}' if "\\u" in url or "\\t" in url else f"{{{word}: '{url}'}}")

    ran = victim.run(command, environment=through(listener))

    assert (ran.code, listener.received, victim.requests()) == (ran.code, [], []), ran
    assert ran.code in {1, 3}, ran


@pytest.mark.attack("B1", "key of an account sent to a host that two parsers read differently")
@pytest.mark.parametrize(
    "url",
    [
        r"https://evil.example\.api-us1.com",
        "https://evil.example%2f.activehosted.com",
        "https://acme.activehosted.com:8443",
        "https://acme.activehosted.com.evil.example",
    ],
)
def test_key_of_an_account_leaves_for_no_host_that_two_parsers_read_differently(
    victim: Victim, listener: Listener, url: str
) -> None:
    """An account's own API is held to the same rule."""
    with_account(victim, url)

    ran = victim.run("plan", environment=through(listener))

    assert (ran.code in {1, 3}, listener.received, victim.requests()) == (True, [], []), ran


@pytest.mark.attack("B1", "token of a forge sent to a host that two parsers read differently, or in clear")
@pytest.mark.parametrize("api", [r"https://evil.example\.github.com", "http://evil.example", "https://a@evil.example"])
def test_token_of_a_forge_leaves_for_no_host_that_two_parsers_read_differently(
    victim: Victim, listener: Listener, api: str
) -> None:
    """The address of a forge is read in the same syntax."""
    token = "sentinel-forge-token-91aa"
    evidence.add_secret(token)
    victim.write("a comment", "body.md")
    environment = {**through(listener), "GITHUB_TOKEN": token, "GITHUB_API_URL": api}
    line = (
        "github",
        "--repository",
        "northwind/portal",
        "--number",
        "1",
        "--agency",
        "northwind",
        "--body",
        str(victim.folder / "body.md"),
    )

    ran = victim.run("comment", *line, environment=environment)

    assert (ran.code, listener.received) == (1, []), ran


@pytest.mark.attack("B8", "file names a listener of another user on the same machine")
@pytest.mark.parametrize(
    ("scheme", "word", "host"),
    thinned(
        product(
            ("http", "https"),
            ("agency_api", "hub_api"),
            ("127.0.0.1", "localhost", "127.0.0.66", "x.localhost", "[::1]"),
        ),
        every=3,  # each host, word and scheme
    ),
)
def test_file_leads_no_key_to_a_listener_of_this_machine(
    victim: Victim, listener: Listener, scheme: str, word: str, host: str
) -> None:
    """The diagnostic names the place in the file, and what the environment may say."""
    with_portal(victim, f"{{{word}: '{scheme}://{host}:{listener.port}/api.php'}}")

    ran = victim.run("plan", environment={**VENDOR, "AGENCYFILE_PORTAL_HOSTS": f"{host}:{listener.port}"})

    assert (ran.code, listener.received) == (1, []), ran
    assert "agency.yaml:4:" in ran.err
    assert "AGENCYFILE_AGENCY_API" in ran.err


@pytest.mark.attack("B8", "file names a listener on the same machine as an account's own API")
@pytest.mark.parametrize("where", ["account", "agency"])
def test_file_leads_no_key_of_an_account_to_a_listener_of_this_machine(
    victim: Victim, listener: Listener, where: str
) -> None:
    """Neither in an account nor for all of them."""
    if where == "account":
        with_account(victim, f"{listener.url}/acme")
    else:
        with_portal(victim, f"{{account_login: true, account_api: '{listener.url}/{{account}}'}}")

    ran = victim.run(
        "apply",
        "-auto-approve",
        "--allow",
        "billed",
        environment={"AGENCYFILE_ACCOUNT_API": "", "AGENCY_ACME_KEY": ACME_KEY},
    )

    assert (ran.code, listener.received, victim.requests()) == (1, [], []), ran


def test_environment_may_name_this_machine(victim: Victim) -> None:
    """A rehearsal against a local portal stays possible: whoever holds the keys says where they go."""
    victim.write(agency(victim.recipient, acme=""))

    assert victim.run("plan").code == 0


def test_environment_may_not_send_keys_over_a_network_in_clear(victim: Victim) -> None:
    """Not even whoever holds the keys may do so by mistake."""
    victim.write(agency(victim.recipient, acme=""))

    ran = victim.run("plan", environment={"AGENCYFILE_AGENCY_API": "http://portal.example/api.php"})

    assert (ran.code, "in clear" in ran.err) == (3, True)
