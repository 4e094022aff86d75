"""The brandings of an account's own API, third version (portal.md section 3 and rule 51)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from local_portal.portal_client import Client

FIELDS = {
    "groupid", "id", "siteName", "siteLogo", "siteLogoSmall", "headerTextValue", "headerHtmlValue", "footerTextValue",
    "footerHtmlValue", "copyright", "version", "license", "links", "help", "adminTemplateHtm", "adminTemplateCss",
    "publicTemplateHtm", "publicTemplateCss", "favicon",
}  # fmt: skip


def _edit(client: Client, **fields: Any) -> requests.Response:
    return client.own("acme").v3("PUT", "/brandings/1", json={"branding": fields})


def test_branding_of_a_fresh_account_has_every_field(client: Client) -> None:
    """One branding, always for group 3, ids and booleans as texts."""
    client.seed({"account": "acme"})
    own = client.own("acme")

    listed = own.v3("GET", "/brandings").json()
    assert listed["meta"] == {"total": "1"}
    (branding,) = listed["brandings"]
    assert set(branding) == FIELDS
    assert (branding["id"], branding["groupid"], branding["copyright"], branding["links"]) == ("1", "3", "1", "0")

    assert own.v3("GET", "/brandings/1").json() == {"branding": branding}


def test_branding_is_changed_in_part(client: Client) -> None:
    """What is sent changes, the rest stays; booleans come back as texts."""
    client.seed({"account": "acme"})

    _edit(client, siteName="Acme Mail", copyright=False)
    answer = _edit(client, siteLogo="https://acme.example/logo.png", help=0, version="1")

    assert answer.status_code == 200
    branding = answer.json()["branding"]
    shown = [branding[name] for name in ("siteName", "siteLogo", "copyright", "help", "version", "license")]
    assert shown == ["Acme Mail", "https://acme.example/logo.png", "0", "0", "1", "1"]
    (kept,) = client.book("brandings")["brandings"]
    assert (kept["account"], kept["siteName"], kept["help"]) == ("acme", "Acme Mail", "0")
    assert [(row["action"], row["write"], row["account"], row["status"]) for row in client.requests()] == [
        ("branding_edit", True, "acme", 200),
        ("branding_edit", True, "acme", 200),
    ]


@pytest.mark.parametrize("value", [True, False, 0, "", "no"])
def test_branding_links_turn_on_with_any_value(client: Client, value: Any) -> None:
    """`links` disables the vendor's branding when it is present at all (portal.md section 3, trap)."""
    client.seed({"account": "acme"})

    assert _edit(client, links=value).json()["branding"]["links"] == "1"


def test_branding_with_wrong_fields_is_refused_as_a_whole(client: Client) -> None:
    """All problems at once, and nothing is changed."""
    client.seed({"account": "acme"})

    answer = _edit(client, siteName="Acme", siteLogo=7, help="yes", colour="red", copyright=[1])

    assert answer.status_code == 422
    pointers = {each["source"]["pointer"].rpartition("/")[2] for each in answer.json()["errors"]}
    assert pointers == {"siteLogo", "help", "colour", "copyright"}
    assert client.book("brandings") == {"brandings": []}


def test_branding_call_tells_by_status_what_is_wrong(client: Client) -> None:
    """401 without a key, 403 with a wrong one, 404 for what does not exist, 400 for what is no JSON."""
    client.seed({"account": "acme"})
    own = client.own("acme")

    def status(method: str, path: str, **more: Any) -> int:
        return own.v3(method, path, **more).status_code

    assert requests.get(f"{own.base}/api/3/brandings", timeout=600).status_code == 401
    wrong = requests.get(f"{own.base}/api/3/brandings", headers={"Api-Token": client.portal.agency_key}, timeout=600)
    assert wrong.status_code == 403
    assert client.portal.agency_key not in wrong.text
    assert own.v3("GET", "/brandings/2").json() == {"message": "No Result found for Branding with id 2"}
    assert [status("GET", path) for path in ("/brandings/2", "/brandings/x", "/contacts", "/brandings/1/x")] == [
        404
    ] * 4
    assert status("DELETE", "/brandings/1") == 404
    assert status("PUT", "/brandings/1", data="{") == 400
    assert status("PUT", "/brandings/1", json=[]) == 400
    assert status("PUT", "/brandings/1", json={"siteName": "Acme"}) == 422
    assert status("PUT", "/brandings/2", json={"branding": {}}) == 404


def test_branding_call_can_fail_after_the_commit(client: Client) -> None:
    """The faults of the portal hit this API too, in its own words."""
    client.seed({"account": "acme"})
    client.fault("branding_edit", "error_after_commit", status=502)

    answer = _edit(client, siteName="Acme")

    assert (answer.status_code, answer.json()) == (502, {"message": "Bad Gateway"})
    assert client.book("brandings")["brandings"][0]["siteName"] == "Acme"


def test_branding_can_be_stale(client: Client) -> None:
    """A branding as it was before the last write."""
    client.seed({"account": "acme"})
    _edit(client, siteName="First")
    _edit(client, siteName="Second")

    client.fault("branding_list", "stale_list")

    names = [client.own("acme").v3("GET", "/brandings").json()["brandings"][0]["siteName"] for _ in range(2)]
    assert names == ["First", "Second"]
