"""Calls to accounts' own APIs, over real HTTP (portal.md section 3)."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from agencyfile.portal import Endpoint, open_provider
from agencyfile.portal.connection import Connection
from agencyfile.portal.writer import PortalWriter
from plan.address import Address
from plan.call import Call, Confirmed, Effect, OperationClass, Outcome, Refused, Unknown
from plan.values import Content, Secret, Value

KEY = "sentinel account key"
HTML = "<h1>Hello</h1>\n<p>é &amp; %UNSUBSCRIBELINK%</p>  "


def _add(url: str | None, **words: Value) -> Call:
    return _template_call("message_template_add", OperationClass.CREATE, url, words)


def _edit(url: str | None, **words: Value) -> Call:
    known: dict[str, Value] = {"known_as": "newsletter", **words}
    return _template_call("message_template_edit", OperationClass.ABSOLUTE, url, known)


def _template_call(operation: str, of_class: OperationClass, url: str | None, words: dict[str, Value]) -> Call:
    known: dict[str, Value] = {"account": "acme", "name": "newsletter", "html": Content(HTML), **words}
    parameters = {**known, "api": url} if url else known
    return Call(Address("delivery", "acme.newsletter"), "account_v1", operation, "POST", parameters, of_class)


def _brand(url: str | None, **fields: Value) -> Call:
    parameters: dict[str, Value] = {"account": "acme", "branding": fields, **({"api": url} if url else {})}
    address = Address("branding", "acme")
    return Call(address, "account_v3", "branding_edit", "PUT", parameters, OperationClass.ABSOLUTE)


def _send(portal: Any, *calls: Call, **settings: Any) -> list[Outcome]:
    known = {"account_keys": {"acme": Secret(KEY)}, **settings}
    with open_provider(portal.endpoint(**known)) as provider:
        return [provider.send(call) for call in calls]


def _new_account(name: str = "acme") -> Call:
    parameters: dict[str, Value] = {"account": name, "plan": "1", "notification": "ops@agency.example"}
    address = Address("account", name)
    return Call(address, "agency", "account_add", "POST", parameters, OperationClass.CREATE, Effect.REVERSIBLE)


@pytest.fixture
def acme(portal: Any, paid: Any) -> str:
    """The base URL of the API of an account with a known key."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])
    return str(portal.url_of("acme"))


def test_template_is_added_as_it_stands_in_the_file(portal: Any, acme: str) -> None:
    """Content, tags and name arrive whole; the key travels in the body, and in no URL."""
    (outcome,) = _send(portal, _add(acme, tags=("fitness", "spring & summer")))

    (template,) = portal.book("templates")
    assert outcome == Confirmed()
    assert (template["name"], template["tags"], template["scope"]) == (
        "newsletter",
        ["fitness", "spring & summer"],
        "all",
    )
    assert template["content"] == HTML
    assert portal.writes() == [("message_template_add", "acme")]
    request, _ = portal.requests()  # after it, a look whether the template is there once
    assert request["path"] == "/accounts/acme/admin/api.php"


def test_template_is_edited_where_it_is_found_by_name(portal: Any, paid: Any) -> None:
    """The id is looked up in the same send; tags that are not declared stay, an empty list clears them."""
    templates = [{"name": "other", "html": "x"}, {"name": "newsletter", "html": "old", "tags": ["a"]}]
    portal.seed(accounts=[paid("acme", api_key=KEY, templates=templates)])
    url = portal.url_of("acme")

    assert _send(portal, _edit(url, name="news")) == [Confirmed()]
    other, news = portal.book("templates")
    assert (other["name"], news["name"], news["content"], news["tags"]) == ("other", "news", HTML, ["a"])

    assert _send(portal, _edit(url, known_as="news", tags=())) == [Confirmed()]
    assert portal.book("templates")[1]["tags"] == []
    assert portal.writes() == [("message_template_edit", "acme")] * 2


def test_template_among_several_is_the_one_that_holds_what_was_sent_last(portal: Any, paid: Any) -> None:
    """A snapshot may bring a template of the same name; only the digest of ours tells them apart."""
    templates = [{"name": "newsletter", "html": "cloned"}, {"name": "newsletter", "html": "ours"}]
    portal.seed(accounts=[paid("acme", api_key=KEY, templates=templates)])
    url = portal.url_of("acme")

    (refused,) = _send(portal, _edit(url))
    assert refused == Refused(
        "the account has 2 templates named newsletter (ids 1, 2) (delete all but one there)",
    )
    assert _send(portal, _edit(url, replaces=str(Content("ours")))) == [Confirmed()]
    assert [template["content"] for template in portal.book("templates")] == ["cloned", HTML]


@pytest.mark.parametrize("templates", [[], [{"name": "newsletter", "html": "x", "designer": True}]])
def test_template_that_is_not_there_is_not_edited(portal: Any, paid: Any, templates: list[Any]) -> None:
    """Nothing is sent for what is gone, nor for a designer template, which the API does not manage."""
    portal.seed(accounts=[paid("acme", api_key=KEY, templates=templates)])

    (outcome,) = _send(portal, _edit(portal.url_of("acme")))

    assert isinstance(outcome, Refused)
    assert "no basic template named newsletter" in outcome.message
    assert not portal.writes()


def test_branding_is_set_in_the_fields_that_are_sent(portal: Any, acme: str) -> None:
    """The id is looked up in the same send; what is not sent stays as it is."""
    fields = {"siteName": "Acme Mail", "siteLogo": "https://acme.example/logo.png", "copyright": "0"}

    assert _send(portal, _brand(acme, **fields)) == [Confirmed()]

    (branding,) = portal.book("brandings")
    assert {name: branding[name] for name in fields} == fields
    assert (branding["version"], branding["links"]) == ("1", "0")
    assert [request["action"] for request in portal.requests()] == ["branding_list", "branding_edit"]
    assert portal.writes() == [("branding_edit", "acme")]


def test_branding_that_the_account_turns_away_says_which_field(portal: Any, acme: str) -> None:
    """422 with all that is wrong, each with what it points at."""
    (outcome,) = _send(portal, _brand(acme, siteName="Acme", bogus="x", help="perhaps"))

    assert isinstance(outcome, Refused)
    assert "bogus: This field was not expected." in outcome.message
    assert "help: This value should be of type bool." in outcome.message
    assert not portal.book("brandings")


def test_account_that_shows_no_branding_is_not_changed(scripted: Any) -> None:
    """There is nothing to set, and no call that makes one."""
    scripted.answer(200, {"brandings": [], "meta": {"total": "0"}})

    (outcome,) = _send(scripted, _brand(scripted.url, siteName="Acme"))

    assert isinstance(outcome, Refused)
    assert "shows no branding" in outcome.message
    assert [method for method, _, _ in scripted.asked] == ["GET"]


@pytest.mark.parametrize(("make", "action"), [(_edit, "message_template_list"), (_brand, "branding_list")])
@pytest.mark.parametrize("kind", ["error_before_commit", "garbage", "drop_before_commit"])
def test_look_up_without_an_answer_leaves_everything_as_it_is(
    portal: Any, acme: str, make: Any, action: str, kind: str
) -> None:
    """What is asked before a write is no write: its outcome is not unknown."""
    portal.fault(kind, action, times=None)

    (outcome,) = _send(portal, make(acme))

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent: ")
    assert not portal.writes()


def test_addition_whose_answer_is_lost_is_sent_once_and_is_unknown(portal: Any, acme: str) -> None:
    """A second template of one name would be another template."""
    portal.fault("drop_after_commit", "message_template_add")

    (outcome,) = _send(portal, _add(acme))

    assert isinstance(outcome, Unknown)
    assert portal.writes() == [("message_template_add", "acme")]


@pytest.mark.parametrize(("make", "action"), [(_edit, "message_template_edit"), (_brand, "branding_edit")])
def test_level_whose_answer_is_lost_is_set_again(portal: Any, paid: Any, make: Any, action: str) -> None:
    """The same again changes nothing."""
    portal.seed(accounts=[paid("acme", api_key=KEY, templates=[{"name": "newsletter", "html": "old"}])])
    portal.fault("drop_after_commit", action)

    assert _send(portal, make(portal.url_of("acme"))) == [Confirmed()]
    assert portal.writes() == [(action, "acme")] * 2


@pytest.mark.parametrize("make", [_add, _edit, _brand])
def test_wrong_key_names_the_word_in_the_file_and_not_the_key(portal: Any, paid: Any, make: Any) -> None:
    """What to check, in the file's words."""
    portal.seed(accounts=[paid("acme", api_key="another key")])

    (outcome,) = _send(portal, make(portal.url_of("acme")))

    assert isinstance(outcome, Refused)
    assert "check the account's api.key" in outcome.message
    assert KEY not in outcome.message


@pytest.mark.parametrize("make", [_add, _edit, _brand])
def test_account_without_a_key_and_without_a_login_is_not_asked(portal: Any, acme: str, make: Any) -> None:
    """Neither its own API nor a guess at where it is."""
    outcomes = _send(portal, make(acme), make(None), account_keys={})

    assert all(isinstance(outcome, Refused) and "nothing opens" in outcome.message for outcome in outcomes)
    assert not portal.requests()


def test_key_is_sent_to_no_address_that_is_not_declared_with_it(portal: Any, acme: str) -> None:
    """Without its `api` in the call the account's key is not used."""
    (outcome,) = _send(portal, _add(None))

    assert acme
    assert isinstance(outcome, Refused)
    assert not portal.requests()


def test_login_of_a_new_account_opens_its_api_in_the_same_run(portal: Any) -> None:
    """Where the settings allow it; the password is shown once, and used once more."""
    created, added = _send(portal, _new_account(), _add(None), account_login=True)

    assert isinstance(created, Confirmed)
    assert created.credential is not None
    assert added == Confirmed()
    assert [template["name"] for template in portal.book("templates")] == ["newsletter"]


def test_login_of_a_new_account_is_not_used_unless_the_settings_say_so(portal: Any) -> None:
    """Whether it works is not known: by default nobody tries."""
    _, added = _send(portal, _new_account(), _add(None))

    assert isinstance(added, Refused)
    assert portal.writes() == [("account_add", "acme")]


def test_login_that_the_portal_does_not_take_is_a_clean_no(portal: Any) -> None:
    """The template becomes a manual step with the next plan."""
    portal.set(account_login=False)

    _, added = _send(portal, _new_account(), _add(None), account_login=True)

    assert isinstance(added, Refused)
    assert "not authorized" in added.message
    assert not portal.book("templates")


def test_login_does_not_open_the_third_version(portal: Any) -> None:
    """It wants a key in a header."""
    _, branded = _send(portal, _new_account(), _brand(None), account_login=True)

    assert isinstance(branded, Refused)
    assert "needs the key" in branded.message


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at every level, formatted."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("kind", [None, "drop_after_commit", "garbage", "truncated", "error_before_commit"])
def test_keys_and_logins_of_accounts_stand_in_no_message_and_no_log(
    portal: Any, paid: Any, log: io.StringIO, kind: Any
) -> None:
    """Law 7: the key of an account, its password and the digest that stands for it."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])
    connection = Connection(portal.endpoint(account_keys={"acme": Secret(KEY)}, account_login=True))
    writer = PortalWriter(connection)
    created = writer.send(_new_account("fresh"))
    assert isinstance(created, Confirmed)
    assert created.credential
    if kind:
        portal.fault(kind, times=None)
    url = portal.url_of("acme")
    fresh = Call(
        Address("delivery", "fresh.newsletter"),
        "account_v1",
        "message_template_edit",
        "POST",
        {"account": "fresh", "name": "n", "html": Content(HTML), "known_as": "n"},
        OperationClass.ABSOLUTE,
    )
    calls = (_add(url), _edit(url), _brand(url), fresh)
    everything = "\n".join([*(repr(writer.send(call)) for call in calls), repr(connection.accounts), log.getvalue()])
    login = connection.accounts.of("fresh", None)
    connection.close()

    password = created.credential.password.reveal()
    digest = login.form("x", {}).form or {}
    assert len(str(digest["api_pass"])) == 32
    for secret in (KEY, KEY.replace(" ", "+"), KEY.replace(" ", "%20"), password, str(digest["api_pass"])):
        assert secret not in everything
    assert password not in repr(login)


def test_each_account_has_a_rate_limit_of_its_own(portal: Any) -> None:
    """portal.md section 6: a pause that one account asks for holds up no other."""
    connection = Connection(portal.endpoint(account_keys={"acme": Secret(KEY), "other": Secret(KEY)}))
    acme, again = (connection.accounts.of("acme", "https://acme.example") for _ in range(2))
    other = connection.accounts.of("other", "https://other.example")
    connection.close()

    assert acme.sending is again.sending
    assert acme.sending is not other.sending
    assert connection.sending is not other.sending


def test_busy_account_is_asked_again_after_its_pause(portal: Any, acme: str) -> None:
    """429 says that nothing was taken, also for what must not be sent twice."""
    portal.fault("rate_limited", "message_template_add", retry_after=0)

    assert _send(portal, _add(acme)) == [Confirmed()]
    assert len(portal.book("templates")) == 1


@pytest.mark.parametrize("api", ["account_v1", "account_v3"])
def test_operation_that_is_not_known_is_not_sent(portal: Any, acme: str, api: str) -> None:
    """A bug says that it is one."""
    call = Call(Address("x", "y"), api, "explode", "POST", {"account": "acme", "api": acme}, OperationClass.ABSOLUTE)

    (outcome,) = _send(portal, call)

    assert isinstance(outcome, Refused)
    assert "bug in agencyfile" in outcome.message


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"account_api": "https://example.com"}, "account_api"),
        ({"account_rate_limit": 0}, "account_rate_limit"),
    ],
)
def test_endpoint_that_cannot_be_used_says_why(settings: dict[str, Any], words: str) -> None:
    """A pattern without a place for the name would ask one account for all."""
    with pytest.raises(ValueError, match=words):
        Endpoint("https://a.example/api.php", "https://h.example", Secret("k"), **settings)
