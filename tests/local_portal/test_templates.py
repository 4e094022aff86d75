"""The template calls of an account's own API, first version (portal.md section 3)."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import requests
from activecampaign.ActiveCampaign import ActiveCampaign
from local_portal.portal_client import (
    SANDBOX,
    SLOW,
    SNAPSHOTS,
    STARTER_MONTHLY,
    TRIAL,
    Client,
    client_of,
    wait_until,
)

HTML = "<html><head><title>Hi</title></head><body><p>Caf\u00e9 & more</p></body></html>"


def _names(client: Client, account: str = "acme") -> list[str]:
    return [each["name"] for each in client.book("templates")["templates"] if each["account"] == account]


def test_template_is_added_listed_viewed_edited_and_deleted(client: Client) -> None:
    """The whole life of a basic template, each call as the vendor describes it."""
    client.seed({"account": "acme"})
    own = client.own("acme")

    added = own.done("message_template_add", method="POST", name="News", html=HTML, template_scope="all")
    assert set(added) == {"result_code", "result_message", "result_output"}
    found = own.done("message_template_list", ids="all")
    assert {name for name in found if name.isdigit()} == {"0"}
    assert (found["0"]["name"], found["0"]["content"], found["0"]["isdesigner"]) == ("News", HTML, "0")
    number = found["0"]["id"]

    new = HTML.replace("Hi", "Ho")
    edited = own.done(
        "message_template_edit",
        method="POST",
        id=number,
        name="News",
        html=new,
        template_scope="all",
        **{"tags[]": "x"},
    )
    assert (edited["is_fatal"], edited["messages"]) == (False, [])
    viewed = own.done("message_template_view", id=number)
    assert (viewed["id"], viewed["content"], viewed["tags"]) == (number, new, ["x"])
    (kept,) = client.book("templates")["templates"]
    assert (kept["digest"], kept["tags"]) == (hashlib.sha256(new.encode()).hexdigest(), ["x"])

    own.done("message_template_delete", id=number)
    assert own.refused("message_template_list") == "Failed: Nothing is returned"
    assert own.refused("message_template_view", id=number) == "Failed: Nothing is returned"
    assert "does not exist" in own.refused("message_template_delete", id=number)


def test_template_calls_are_written_down_with_their_account(client: Client) -> None:
    """The book tells reads from writes, and which account they went to."""
    client.seed({"account": "acme"})
    own = client.own("acme")

    own.done("message_template_add", method="POST", name="News", html=HTML)
    own.done("message_template_list")
    own.refused("message_template_add", method="POST", html=HTML)

    assert [
        (row["api"], row["action"], row["account"], row["write"], row["committed"]) for row in client.requests()
    ] == [
        ("account_v1", "message_template_add", "acme", True, True),
        ("account_v1", "message_template_list", "acme", False, False),
        ("account_v1", "message_template_add", "acme", True, False),
    ]
    assert client.requests()[0]["parameters"] == {"name": "News", "html": HTML}


def test_long_template_is_whole_in_its_book_and_cut_in_the_book_of_requests(client: Client) -> None:
    """Whoever reads the requests again and again does not read every template again and again."""
    html = "<p>" + "\u00e9" * 200_000 + "</p>"
    client.seed({"account": "acme"})

    client.own("acme").done("message_template_add", method="POST", name="Long", html=html)

    assert client.book("templates")["templates"][0]["content"] == html
    assert client.own("acme").done("message_template_list")["0"]["content"] == html
    assert client.requests()[0]["parameters"]["html"] == html[:1000] + "\u2026"


def test_template_of_a_taken_name_is_a_second_template(client: Client) -> None:
    """Nothing says that names are unique, so that a call that is sent twice adds twice; ids are never given again."""
    client.seed({"account": "acme"}, {"account": "other"})
    own = client.own("acme")

    for _ in range(2):
        own.done("message_template_add", method="POST", name="News", html=HTML)
    own.done("message_template_delete_list", ids="1,2")
    own.done("message_template_add", method="POST", name="News", html=HTML)
    client.own("other").done("message_template_add", method="POST", name="News", html=HTML)

    kept = [(each["account"], each["id"]) for each in client.book("templates")["templates"]]
    assert kept == [("acme", 3), ("other", 1)]


def test_template_edit_leaves_alone_what_it_does_not_mention(client: Client) -> None:
    """Name and scope are needed; HTML, text and tags stay when they are not sent."""
    client.seed({"account": "acme", "templates": [{"name": "News", "html": HTML, "tags": ["a", "b"]}]})
    own = client.own("acme")

    assert "name" in own.refused("message_template_edit", id=1, template_scope="all")
    assert "template_scope" in own.refused("message_template_edit", id=1, name="News")
    assert "id parameter" in own.refused("message_template_edit", name="News", template_scope="all")
    own.done("message_template_edit", id=1, name="Letter", template_scope="all")

    (kept,) = client.book("templates")["templates"]
    assert (kept["name"], kept["content"], kept["tags"]) == ("Letter", HTML, ["a", "b"])


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({"tags[]": ["a", "b"]}, ["a", "b"]),
        ({"tags[0]": "a", "tags[1]": "b"}, ["a", "b"]),
        ({"tags": "a"}, ["a"]),
        ({"tags[]": ""}, []),
    ],
)
def test_template_tags_are_read_as_php_reads_them(client: Client, tags: dict[str, Any], kept: list[str]) -> None:
    """Public clients write a list with numbers or without."""
    client.seed({"account": "acme"})

    client.own("acme").done("message_template_add", method="POST", name="News", **tags)

    assert client.book("templates")["templates"][0]["tags"] == kept


def test_template_for_specific_lists_needs_their_ids(client: Client) -> None:
    """A template for some lists says which ones."""
    client.seed({"account": "acme"})
    own = client.own("acme")

    assert "p parameter" in own.refused("message_template_add", name="News", template_scope="specific")
    assert "one of: all, specific" in own.refused("message_template_add", name="News", template_scope="some")
    own.done("message_template_add", method="POST", name="News", template_scope="specific", **{"p[3]": 3, "p[7]": 7})

    assert client.book("templates")["templates"][0]["lists"] == ["3", "7"]
    assert own.done("message_template_list")["0"]["is_global"] == "0"


def test_designer_template_is_shown_and_never_changed(client: Client) -> None:
    """The API manages basic templates only (portal.md section 3)."""
    client.seed({"account": "acme", "templates": [{"name": "Shiny", "designer": True}]})
    own = client.own("acme")

    assert own.done("message_template_list")["0"]["isdesigner"] == "1"
    assert "Designer" in own.refused("message_template_delete", id=1)
    assert "Designer" in own.refused("message_template_edit", id=1, name="Dull", template_scope="all")
    assert _names(client) == ["Shiny"]


def test_template_list_returns_the_ids_that_are_asked_for(client: Client) -> None:
    """A comma list selects; the keys count from 0 whatever the ids are."""
    client.seed({"account": "acme", "templates": [{"name": name} for name in ("a", "b", "c")]})
    own = client.own("acme")

    assert [own.done("message_template_list", ids="3,1")[key]["name"] for key in ("0", "1")] == ["a", "c"]
    assert own.refused("message_template_list", ids="9") == "Failed: Nothing is returned"


def test_template_list_as_xml_has_a_row_for_each(client: Client) -> None:
    """XML is the default here as well."""
    client.seed({"account": "acme", "templates": [{"name": "a"}, {"name": "b"}]})

    root = ET.fromstring(client.own("acme").raw("message_template_list", output="").content)

    assert [each.findtext("name") for each in root.findall("row")] == ["a", "b"]


def test_own_api_takes_the_key_of_its_account_only(client: Client) -> None:
    """Neither the agency's key nor another account's opens an account, and the key is nowhere in the books."""
    client.seed({"account": "acme"}, {"account": "other"})
    own = client.own("acme")

    for key in ("", "wrong", client.portal.agency_key, client.own("other").key):
        body = own.call({"api_key": key, "api_action": "message_template_list", "api_output": "json"}).json()
        assert (body["result_code"], body["result_message"]) == (0, "You are not authorized to access this file")
    own.done("message_template_add", method="POST", name=own.key)
    client.refused("account_list", planfilter=client.own("other").key)

    text = client.session.get(f"{client.portal.url}/_portal/requests", timeout=600).text
    assert own.key not in text
    assert client.own("other").key not in text
    assert len(own.key) == 72


def test_own_api_takes_user_and_password_digest_unless_it_is_switched_off(client: Client) -> None:
    """The vendor's wrapper sends the MD5 digest; whether that works today is not known, so it is a setting."""
    added = client.done("account_add", method="POST", account="acme", plan=TRIAL)
    own = client.own("acme")
    digest = hashlib.md5(added["password"].encode(), usedforsecurity=False).hexdigest()

    def code(**words: str) -> int:
        found = own.call({"api_action": "user_me", "api_output": "json", **words}).json()
        return int(found["result_code"])

    assert code(api_user="admin", api_pass=digest) == 1
    assert code(api_user="admin", api_pass_h=digest) == 1
    assert code(api_user="admin", api_pass=added["password"]) == 0
    assert code(api_user="root", api_pass=digest) == 0
    assert client.order("settings", {"account_login": False})["account_login"] is False
    assert code(api_user="admin", api_pass=digest) == 0
    assert code(api_key=own.key) == 1
    assert all("api_pass" not in row["parameters"] for row in client.requests())


def test_own_api_of_a_seeded_account_without_a_password_takes_no_login(client: Client) -> None:
    """No password is not the empty password."""
    client.seed({"account": "acme"})
    empty = hashlib.md5(b"", usedforsecurity=False).hexdigest()

    for digest in ("", empty):
        words = {"api_user": "admin", "api_pass": digest, "api_action": "user_me", "api_output": "json"}
        assert client.own("acme").call(words).json()["result_code"] == 0


@pytest.mark.parametrize(
    ("seed", "reason"),
    [
        ({"status": "disabled"}, "disabled"),
        ({"status": "cancelled"}, "cancelled"),
        ({"plan": {"tier": "trial"}, "expire": "2024-01-01"}, "expired"),
    ],
)
def test_own_api_of_a_locked_account_refuses_even_the_right_key(
    client: Client, seed: dict[str, Any], reason: str
) -> None:
    """Whoever cannot log in cannot call, and the message says why."""
    client.seed({"account": "acme", **seed})
    own = client.own("acme")

    assert reason in own.refused("message_template_add", name="News")
    answer = own.v3("PUT", "/brandings/1", json={"branding": {"siteName": "Acme"}})

    assert answer.status_code == 403
    assert reason in answer.json()["message"]
    assert (client.book("templates")["templates"], client.book("brandings")["brandings"]) == ([], [])


def test_own_api_waits_for_its_account() -> None:
    """An account that is being created lets nobody in yet."""
    with client_of(provisioning=SLOW) as slow:
        slow.done("account_add", method="POST", account="acme", plan=TRIAL)
        own = slow.own("acme")

        assert "still being created" in own.refused("message_template_add", name="News")
        wait_until(lambda: slow.done("account_status", account="acme")["status"] == "active")
        own.done("message_template_add", method="POST", name="News")


def test_own_api_without_its_account_is_not_found(client: Client) -> None:
    """No account, no host."""
    url = client.portal.account_api.format(account="nobody")

    assert requests.get(f"{url}/admin/api.php", timeout=600).status_code == 404
    assert requests.get(f"{url}/api/3/brandings", headers={"Api-Token": "x"}, timeout=600).status_code == 404


@pytest.mark.parametrize(("kind", "names"), [("drop_after_commit", ["News"]), ("drop_before_commit", [])])
def test_template_call_can_lose_its_answer(client: Client, kind: str, names: list[str]) -> None:
    """The faults of the portal hit the accounts' own API like every other."""
    client.seed({"account": "acme"})
    client.fault("message_template_add", kind)

    with pytest.raises(requests.ConnectionError):
        client.own("acme").raw("message_template_add", method="POST", name="News")

    assert _names(client) == names
    assert client.requests()[0]["fault"] == kind


def test_template_call_can_be_carried_out_late(client: Client) -> None:
    """The template appears later, in the account that was called."""
    client.seed({"account": "other"}, {"account": "acme"})
    client.fault("message_template_add", "late_commit", seconds=0.3, answer="5xx")

    assert client.own("acme").raw("message_template_add", method="POST", name="News").status_code == 504

    assert _names(client) == []
    wait_until(lambda: _names(client) == ["News"])


def test_template_list_can_be_stale(client: Client) -> None:
    """A list as it was before an edit, an addition and a deletion."""
    client.seed({"account": "acme", "templates": [{"name": "old"}, {"name": "gone"}]})
    own = client.own("acme")
    own.done("message_template_edit", id=1, name="new", template_scope="all")
    own.done("message_template_add", name="added")
    own.done("message_template_delete", id=2)

    client.fault("message_template_list", "stale_list", writes=3, times=None)
    stale = own.done("message_template_list")
    client.order("faults", [])
    fresh = own.done("message_template_list")

    assert [stale[key]["name"] for key in stale if key.isdigit()] == ["old", "gone"]
    assert [fresh[key]["name"] for key in fresh if key.isdigit()] == ["new", "added"]


def test_fault_can_be_kept_to_one_account(client: Client) -> None:
    """One account's API is broken, the others are not."""
    client.seed({"account": "acme"}, {"account": "other"})
    client.fault("message_template_add", "error_before_commit", account="acme", times=None)

    assert client.own("acme").raw("message_template_add", method="POST", name="News").status_code == 503
    client.own("other").done("message_template_add", method="POST", name="News")
    assert (_names(client), _names(client, "other")) == ([], ["News"])


def test_own_api_has_a_rate_limit_for_each_account() -> None:
    """Beyond the rate of one account the others go on; both versions count together (portal.md 6)."""
    with client_of(account_rate_limit=2) as limited:
        limited.seed({"account": "acme"}, {"account": "other"})
        own = limited.own("acme")
        own.raw("user_me")
        assert own.v3("GET", "/brandings").status_code == 200

        answers = [own.raw("user_me"), own.v3("GET", "/brandings")]

        assert [(each.status_code, each.headers["retry-after"]) for each in answers] == [(429, "1"), (429, "1")]
        assert (answers[1].headers["ratelimit-limit"], answers[1].headers["ratelimit-remaining"]) == ("2", "0")
        limited.own("other").done("user_me")
        assert limited.order("settings", {"account_rate_limit": None})["account_rate_limit"] is None
        own.done("user_me")


def test_templates_of_a_sandbox_are_copied_with_its_snapshot(client: Client) -> None:
    """As they were when the snapshot was taken, without the sandbox's images (portal.md rules 14, 18 and 21)."""
    client.seed(
        {
            "account": "base",
            "planid": str(SANDBOX),
            "contents": {"images": ["logo.png"], "tags": ["vip"]},
            "templates": [{"name": "News", "html": HTML, "tags": ["x"]}, {"name": "Old"}],
        }
    )
    client.own("base").done("message_template_delete", id=2)
    client.hub("POST", SNAPSHOTS, json={"account_id": client.account("base")["id"], "name": "v1"})
    client.own("base").done("message_template_edit", id=1, name="Later", template_scope="all")
    (snapshot,) = client.book("snapshots")["snapshots"]

    client.done("account_add", method="POST", account="acme", plan=STARTER_MONTHLY, snapshot=snapshot["id"])

    wait_until(lambda: client.account("acme")["status"] == "active")
    copied = [each for each in client.book("templates")["templates"] if each["account"] == "acme"]
    assert [(each["id"], each["name"], each["content"], each["tags"]) for each in copied] == [(1, "News", HTML, ["x"])]
    assert client.account("acme")["contents"] == {"tags": ["vip"]}
    assert snapshot["templates"] == ["News"]


def test_public_client_manages_templates(client: Client) -> None:
    """The client sends every write as GET with a form body, which the portal merges (portal.md section 3)."""
    client.seed({"account": "acme"})
    own = client.own("acme")
    public = ActiveCampaign(own.base, own.key)

    def call(path: str, **body: Any) -> dict[str, Any]:
        found: dict[str, Any] = public.api(path, body).json()
        assert found["result_code"] == 1, found
        return found

    assert public.credentials_test() is True
    call("message/template_add", name="News", html=HTML, template_scope="all", **{"tags[]": "Holiday", "p[1]": 1})
    assert call("message/template_list?ids=all")["0"]["content"] == HTML
    call("message/template_edit", id=1, name="Letter", html=HTML, template_scope="all")
    assert call("message/template_view?id=1")["tags"] == ["Holiday"]
    assert [(row["method"], row["action"], row["account"]) for row in client.requests() if row["write"]] == [
        ("GET", "message_template_add", "acme"),
        ("GET", "message_template_edit", "acme"),
    ]
    call("message/template_delete?id=1")
    assert client.book("templates") == {"templates": []}
