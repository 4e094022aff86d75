"""Variables that a file may name: those that are meant for the portal, and no other secret of the job."""

import evidence
import pytest
from sampling import thinned
from security.listener import Listener
from security.victim import Victim
from stories import agency

STOLEN = "sentinel-other-secret-77aa01"

FORBIDDEN = (
    *("GITHUB_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "RUNNER_TOKEN", "GH_TOKEN"),
    *("AGENCYFILE_HUB_KEY", "AGENCYFILE_READ_AGENCY_KEY", "STRIPE_KEY", "AWS_SECRET_ACCESS_KEY", "PATH", "HOME"),
    *("agency_key", "AGENCY", "XAGENCY_KEY"),
)


def with_key(victim: Victim, where: str, name: str) -> None:
    """A pull request that takes a key from another variable."""
    reference = f"${{env:{name}}}"
    if where == "account":
        victim.write(agency(victim.recipient, acme=f"api: {{url: 'https://acme.api-us1.com', key: '{reference}'}}"))
    else:
        text = agency(victim.recipient, acme="")
        victim.write(text.replace("  name: northwind\n", f"  name: northwind\n  portal: {{{where}: '{reference}'}}\n"))
    victim.commit()


@pytest.mark.attack("B7", "file names a variable that holds another secret of the job")
@pytest.mark.parametrize("name", thinned(FORBIDDEN, every=4))
@pytest.mark.parametrize("where", ["agency_key", "hub_key", "account"])
def test_file_takes_no_other_secret_of_the_job(victim: Victim, listener: Listener, where: str, name: str) -> None:
    """Neither with what the environment allows by default, nor where it allows a prefix that looks alike."""
    evidence.add_secret(STOLEN)
    with_key(victim, where, name)
    # Without keys of its own, the job would use those that the file names.
    environment = {
        "AGENCYFILE_AGENCY_KEY": "",
        "AGENCYFILE_HUB_KEY": "",
        "AGENCYFILE_AGENCY_API": f"{listener.url}/api.php",
        "AGENCYFILE_HUB_API": listener.url,
        "AGENCYFILE_ENV_PREFIXES": "GITHUB_,CI_,AGENCYFILE_,ACTIONS_,GITLAB_,RUNNER_,GH_,agency_,",
        **({} if name in ("PATH", "HOME") else {name: STOLEN}),
    }

    ran = victim.run("plan", environment=environment)

    assert (ran.code, listener.received) == (1, []), ran
    assert "environment-name" in ran.err, ran
    assert "agency.yaml:" in ran.err


def test_environment_allows_prefixes_of_its_own(victim: Victim) -> None:
    """Whoever holds the keys may call them after the team."""
    evidence.add_secret(STOLEN)
    with_key(victim, "account", "NORTHWIND_ACME_KEY")
    named = {"NORTHWIND_ACME_KEY": STOLEN}

    refused = victim.run("validate", environment=named)
    allowed = victim.run("validate", environment={**named, "AGENCYFILE_ENV_PREFIXES": "OTHER_, NORTHWIND_"})

    assert (refused.code, allowed.code) == (1, 0), (refused, allowed)
