"""What becomes of the words that are about more than one account: templates, addons, branding, names, keys."""

import hashlib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language.casebook import CASES, loaded

from agencyfile.language import AgencyFile, Review, load
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, plain

HEAD = "version: 1\nagency: {name: northwind}\n"
CLIENT = "client: {name: Acme, email: owner@acme.example}"


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> AgencyFile:
    """The case that uses every word."""
    found = loaded("everything", monkeypatch).agency_file
    assert found is not None
    return found


def resource(file: AgencyFile, address: str) -> Resource:
    """The resource at an address."""
    return next(one for one in file.resources if one.address == Address.parse(address))


def names(resource: Resource) -> list[str] | None:
    """The templates of an account; None when it has no such attribute."""
    found = resource.attributes.get("templates")
    return None if found is None else [one.address.name for one in found if isinstance(one, Reference)]  # type: ignore[union-attr]


def test_account_gets_every_template_but_those_that_the_portal_gives(everything: AgencyFile) -> None:
    """By name; and they are not kept, so that an account which exists is not asked for them."""
    account = resource(everything, "account.no")

    assert names(account) == ["newsletter", "welcome"]
    assert "keeps_templates" not in account.attributes


def test_account_with_a_list_keeps_its_templates_in_that_order(everything: AgencyFile) -> None:
    """An empty list is kept too, and is no attribute."""
    assert names(resource(everything, "account.acme-gym")) == ["welcome", "promo"]
    assert names(resource(everything, "account.acme-pilates")) is None
    for name in ("acme-gym", "acme-pilates"):
        assert resource(everything, f"account.{name}").attributes["keeps_templates"] is True


def test_accounts_share_the_list_of_their_templates(everything: AgencyFile) -> None:
    """Ten thousand accounts do not hold ten thousand lists."""
    one, other = (resource(everything, f"account.{name}").attributes["templates"] for name in ("no", "moved-in"))

    assert one is other


def test_templates_have_the_words_of_their_type(everything: AgencyFile) -> None:
    """A designer template is known by its link, a legacy one by the account that holds it."""
    assert resource(everything, "template.welcome").attributes == {
        "type": "designer",
        "share_link": "http://tplshare.com/XXXX$",
    }
    assert resource(everything, "template.promo").attributes == {"type": "legacy", "source_account": "northwind"}


def test_content_of_a_template_is_known_by_its_digest(everything: AgencyFile) -> None:
    """What is shown and kept of it names the bytes of the file, and where it is declared."""
    template = resource(everything, "template.newsletter")

    raw = (CASES / "everything/templates/newsletter.html").read_bytes()

    assert plain(template.attributes["content"]) == f"sha256:{hashlib.sha256(raw).hexdigest()} ({len(raw)} bytes)"
    assert template.origin_of("content") == template.origin_of("html") == Origin("agency.yaml", 55, 35)


@pytest.mark.parametrize(
    ("address", "attributes"),
    [
        ("addon.acme-gym.scoring", {"addon": "scoring", "status": "active"}),
        ("addon.acme-gym.conversations", {"addon": "conversations", "status": "trial", "seats": 2}),
        ("addon.acme-pilates.scoring", {"addon": "scoring", "status": "inactive"}),
        ("addon.acme-pilates.conversations", {"addon": "conversations", "status": "cancel"}),
        ("addon.no.conversations", {"addon": "conversations", "status": "paid", "seats": 5}),
    ],
)
def test_addons_are_resources_of_their_own(everything: AgencyFile, address: str, attributes: dict[str, object]) -> None:
    """Each belongs to its account and has the portal's word for what it should be."""
    account = Reference(Address("account", address.split(".")[1]))

    assert resource(everything, address).attributes == {"account": account, **attributes}


def test_addon_knows_the_place_of_its_words(everything: AgencyFile) -> None:
    """Of an inherited one that of the defaults."""
    own, inherited = resource(everything, "addon.acme-gym.conversations"), resource(everything, "addon.no.scoring")

    assert (own.origin, own.origin_of("seats")) == (Origin("agency.yaml", 68, 14), Origin("agency.yaml", 68, 37))
    assert (inherited.origin, inherited.origin_of("status")) == (
        Origin("agency.yaml", 39, 14),
        Origin("agency.yaml", 39, 23),
    )


def test_branding_is_a_resource_with_the_words_of_account_and_defaults(everything: AgencyFile) -> None:
    """Word by word; with the account's own API, where it has one, by which it is set."""
    branding = resource(everything, "branding.acme-gym")

    assert branding.attributes == {
        "account": Reference(Address("account", "acme-gym")),
        "help": False,
        "site_name": "Acme Mail",
        "site_logo": "https://acme.example/logo.png?v=2",
        "api": "https://acme.api-us1.com",
    }
    assert branding.origin_of("help") == Origin("agency.yaml", 40, 22)
    assert branding.origin_of("api") == Origin("agency.yaml", 70, 16)
    assert "api" not in resource(everything, "branding.no").attributes


def test_default_account_settings_are_one_resource(everything: AgencyFile) -> None:
    """Its branding is dotted, its templates are names: the portal's own settings refer to nothing."""
    settings = resource(everything, "settings.account")

    assert settings.attributes == {
        "branding.site_name": "Northwind Mail",
        "branding.links": False,
        "templates": ("promo",),
        "apply_to_existing": False,
    }
    assert settings.references() == ()
    assert settings.origin_of("branding.links") == Origin("agency.yaml", 28, 50)


def test_trial_is_extended_only_where_it_is_said(everything: AgencyFile) -> None:
    """One attribute, and only where it is true."""
    extended = {str(one.address) for one in everything.resources if "trial.extended" in one.attributes}

    assert extended == {"account.acme-pilates"}
    assert resource(everything, "account.acme-pilates").attributes["trial.extended"] is True


def test_adopted_blocks_hold_what_is_declared(everything: AgencyFile) -> None:
    """They need neither client nor sandbox; what they inherit is managed."""
    adopted = {str(one.address): one for one in everything.resources if one.adopt}

    assert set(adopted) == {"sandbox.old-lab", "snapshot.found", "account.moved-in"}
    assert adopted["snapshot.found"].attributes == {}
    assert "client.name" not in adopted["account.moved-in"].attributes
    assert adopted["account.moved-in"].attributes["notification"] == "ops@northwind.example"


def test_adopted_account_inherits_no_half_plan(tmp_path: Path) -> None:
    """What the defaults say of plans is a part only: nobody meant it for an account that is there already."""
    defaults = "defaults: {account: {plan: {billing: monthly}, currency: EUR}}\n"
    (tmp_path / "agency.yaml").write_text(f"{HEAD}{defaults}accounts: {{moved-in: {{adopt: true}}}}\n")
    result = load(tmp_path / "agency.yaml", {})
    assert result.agency_file is not None

    assert result.diagnostics == ()
    assert "plan" not in resource(result.agency_file, "account.moved-in").attributes


def test_earlier_names_stand_at_their_resources(everything: AgencyFile) -> None:
    """Of every kind that can be renamed."""
    assert {str(one.address): one.previously for one in everything.resources if one.previously} == {
        "sandbox.fitness-lab": "lab",
        "snapshot.found": "Found",
        "template.promo": "offers",
        "account.moved-in": "moved",
    }


def test_keys_of_accounts_are_in_no_attribute(everything: AgencyFile) -> None:
    """They come from the environment, by account, and nothing shows or digests them."""
    assert {name: key.reveal() for name, key in everything.account_keys.items()} == {"acme-gym": "acme-key-of-a-test"}
    assert "of-a-test" not in repr(everything)
    assert all("of-a-test" not in str(plain(one.attributes)) for one in everything.resources)


def test_settings_say_how_accounts_are_reached_and_what_a_review_lets_pass(everything: AgencyFile) -> None:
    """The base of an account's API has no slash at its end; a share is a number up to 1."""
    assert everything.settings.portal.account_api == "https://portal.example/accounts/{account}"
    assert everything.settings.portal.account_login is True
    assert everything.settings.review == Review(max_changed_share=0.125, approval=("one-shot",))
    assert everything.ignore == ("account.legacy-*", "*.?-test")


def test_settings_of_a_minimal_file_have_a_review_and_no_keys(tmp_path: Path) -> None:
    """The defaults."""
    (tmp_path / "agency.yaml").write_text(HEAD)
    found = load(tmp_path / "agency.yaml", {}).agency_file
    assert found is not None

    assert found.settings.review == Review(max_changed_share=0.3)
    assert found.settings.portal.account_api == "https://{account}.activehosted.com"
    assert found.settings.portal.account_login is False
    assert (found.ignore, found.account_keys, found.resources) == ((), {}, ())


WORDS = st.dictionaries(st.sampled_from(["links", "help", "version"]), st.booleans())


@given(own=WORDS, below=WORDS)
def test_branding_is_that_of_the_account_over_the_defaults(
    tmp_path_factory: pytest.TempPathFactory, own: dict[str, bool], below: dict[str, bool]
) -> None:
    """Word by word; where neither says anything there is no resource."""
    path = tmp_path_factory.mktemp("branding") / "agency.yaml"
    defaults = f"{{notification: ops@northwind.example, plan: {{tier: trial}}, branding: {flow(below)}}}"
    path.write_text(
        f"{HEAD}defaults: {{account: {defaults}}}\naccounts: {{acme: {{{CLIENT}, branding: {flow(own)}}}}}\n"
    )
    found = load(path, {}).agency_file
    assert found is not None
    words = [dict(one.attributes) for one in found.resources if one.address.kind == "branding"]
    expected = {**below, **own}

    assert words == ([{"account": Reference(Address("account", "acme")), **expected}] if expected else [])


def flow(words: dict[str, bool]) -> str:
    """A mapping as YAML on one line."""
    return "{" + ", ".join(f"{word}: {str(value).lower()}" for word, value in words.items()) + "}"


PIECES = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "-", "[!a]", "["]), min_size=1, max_size=5)


@given(kind=st.sampled_from(["account", "sandbox", "snapshot", "*"]), pieces=PIECES)
def test_pattern_that_matches_what_is_declared_is_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, pieces: list[str]
) -> None:
    """Whoever filters by `fnmatch` leaves out nothing that the file declares."""
    path = tmp_path_factory.mktemp("ignore") / "agency.yaml"
    pattern = f"{kind}.{''.join(pieces)}"
    blocks = "sandboxes: {b: {adopt: true}}\nsnapshots: {ab: {adopt: true}}\naccounts: {a-a: {adopt: true}}\n"
    path.write_text(f"{HEAD}ignore: ['{pattern}']\n{blocks}")
    result = load(path, {})
    is_matching = any(fnmatchcase(address, pattern) for address in ("sandbox.b", "snapshot.ab", "account.a-a"))

    assert [one.rule for one in result.diagnostics] == (["declared-ignored"] if is_matching else [])
