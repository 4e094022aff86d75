"""AdminPulse: pages, limits, keys, and a log-in through a browser."""

import json
from collections.abc import Callable, Iterator
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import evidence
import pytest
import requests
from clients.test_adminconsult import Clock
from rehearsal import Rehearsal

from agencyfile import local_sources
from agencyfile.clients.adminpulse.login import LogIn
from agencyfile.clients.adminpulse.source import AdminPulse, KeyAccess, TokenAccess
from agencyfile.clients.adminpulse.tokens import Credential, Tokens, TokenServer, dumped, loaded
from agencyfile.clients.records import Found, SourceError
from agencyfile.clients.service import Service
from agencyfile.local_sources.settings import Running
from agencyfile.local_sources.world import World
from plan.values import Secret

KEY = "sentinel-adminpulse-key-2c91"


class Drawer:
    """A keeper of secrets in memory."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text

    def load(self) -> str | None:
        """Return what is kept."""
        return self.text

    def store(self, text: str) -> None:
        """Keep it."""
        self.text = text


class Made:
    """A stand-in, and what reads it."""

    def __init__(self, where: Running, world: World, clock: Clock) -> None:
        self.where, self.world, self.clock = where, world, clock
        self.said: list[str] = []
        self.service = Service(where.url, 100_000, [Secret(KEY)], self.said.append, clock.sleep)
        token_service = Service(where.more["token_url"], 100_000, [], self.said.append, clock.sleep)
        self.tokens = TokenServer(token_service, Credential(where.more["client_id"], None), clock)
        self.drawer = Drawer()
        self.source = AdminPulse(self.service, KeyAccess(Secret(KEY)))

    def logged_in(self) -> AdminPulse:
        """Log in as a person does in a browser, and return the source."""
        access = TokenAccess(self.tokens, self.drawer)
        access.log_in(LogIn(self.where.more["authorize_url"], self.where.more["client_id"]), browse)
        return AdminPulse(self.service, access)


def browse(address: str) -> None:
    """Open the address, log in, and follow the redirect, while the other side waits."""

    def log_in() -> None:
        if "Log in" in requests.get(address, timeout=60).text:
            requests.post(address, timeout=60)

    Thread(target=log_in, daemon=True).start()


@pytest.fixture
def made() -> Iterator[Callable[..., Made]]:
    """Start a stand-in with settings."""
    evidence.add_secret(KEY)
    contexts = []

    def make(**settings: object) -> Made:
        clock = Clock()
        chosen = local_sources.Settings(
            **{"system": "adminpulse", "key": KEY, "clock": clock, "rate_limit": 100_000, **settings}  # type: ignore[arg-type]
        )
        context = local_sources.running(chosen)
        contexts.append(context)
        return Made(*context.__enter__(), clock)

    yield make
    for context in contexts:
        context.__exit__(None, None, None)


def found(source: AdminPulse) -> list[Found]:
    """The clients of a source."""
    return [one for one in source.read() if isinstance(one, Found)]


def test_pages_begin_at_zero_and_hold_at_most_400(made: Callable[..., Made]) -> None:
    """Every relation once."""
    here = made(clients=900)

    assert len({one.key for one in found(here.source)}) == 900
    pages = [parse_qs(urlsplit(call).query) for call in here.world.calls]
    assert [(page["page"], page["pageSize"]) for page in pages[:3]] == [
        (["0"], ["400"]),
        (["1"], ["400"]),
        (["2"], ["400"]),
    ]


def test_first_connection_that_needs_five_minutes_is_waited_for(made: Callable[..., Made]) -> None:
    """The line says how long it has been; then everything comes."""
    here = made(clients=7, wait=300)

    assert len(found(here.source)) == 7
    assert 300 <= sum(here.clock.slept) <= 330
    assert "a first connection takes about five minutes" in here.said[0]


def test_too_many_requests_are_waited_out(made: Callable[..., Made]) -> None:
    """429 without a time to wait: pauses grow, nothing is lost."""
    here = made(clients=95, page_size=10, rate_limit=6)

    assert len(found(here.source)) == 95
    assert any("too many requests" in line for line in here.said)


def test_too_many_requests_without_end_are_an_error(made: Callable[..., Made]) -> None:
    """Another user of the key takes everything: it is said, and nothing is half."""
    here = made(clients=5, rate_limit=1)
    here.service.sleep = lambda _: None
    assert len(found(here.source)) == 5
    with pytest.raises(SourceError, match="kept saying that there are too many requests"):
        found(here.source)


@pytest.mark.parametrize("changes", [1, 2, 5])
def test_page_that_changes_while_it_is_read_is_read_again(made: Callable[..., Made], changes: int) -> None:
    """Relations come and go between pages: what is there in the end is complete."""
    here = made(clients=95, page_size=10, changes=changes)
    keys = [one.key for one in found(here.source)]

    assert keys == [f"AP-{one.number:06}" for one in here.world.people]


def test_list_that_keeps_changing_is_an_error(made: Callable[..., Made]) -> None:
    """Never half of it without a word."""
    here = made(clients=95, page_size=10, changes=10_000)
    with pytest.raises(SourceError, match="relations kept changing while it was read"):
        found(here.source)


def test_log_in_through_a_browser_gives_tokens_that_are_kept(made: Callable[..., Made]) -> None:
    """State, PKCE and the redirect to this machine; the tokens go to the keeper alone."""
    here = made(clients=3)
    source = here.logged_in()

    assert len(found(source)) == 3
    assert loaded(here.drawer.text) is not None
    assert AdminPulse(here.service, TokenAccess(here.tokens, here.drawer)).connect().may_read == ("relations",)


def test_expired_token_is_renewed(made: Callable[..., Made]) -> None:
    """Before it ends by the clock, and once where the server refuses it earlier; the new one is kept."""
    here = made(clients=3, lifetime=600)
    source = here.logged_in()
    before = here.drawer.text
    here.clock.now += 599
    assert len(found(source)) == 3
    assert here.drawer.text != before
    here.world.end_tokens()

    assert len(found(source)) == 3


def test_log_in_that_has_ended_says_what_to_do(made: Callable[..., Made]) -> None:
    """A refresh token that the server does not know any more."""
    here = made(clients=3)
    here.drawer.text = dumped(Tokens(Secret("old"), Secret("older"), None))
    source = AdminPulse(here.service, TokenAccess(here.tokens, here.drawer))
    with pytest.raises(SourceError) as caught:
        found(source)

    assert caught.value.fix == "log in again: agencyfile clients connect adminpulse"


def test_redirect_with_another_state_is_not_taken(made: Callable[..., Made]) -> None:
    """A page in the browser that guesses the port brings no code of its own."""
    here = made(clients=1)
    codes = []

    def attack(address: str) -> None:
        redirect = parse_qs(urlsplit(address).query)["redirect_uri"][0]

        def send() -> None:
            codes.append(requests.get(f"{redirect}?code=evil&state=guessed", timeout=60).status_code)
            codes.append(requests.get(redirect.replace("/callback", "/"), timeout=60).status_code)
            requests.post(address, timeout=60)

        Thread(target=send, daemon=True).start()

    tokens = LogIn(here.where.more["authorize_url"], here.where.more["client_id"]).run(here.tokens, attack)

    assert codes == [404, 404]
    assert tokens.refresh is not None


def test_log_in_without_pkce_is_refused_by_a_server_that_wants_it(made: Callable[..., Made]) -> None:
    """The refusal comes back through the browser."""
    here = made(clients=1)
    log_in = LogIn(here.where.more["authorize_url"], here.where.more["client_id"], has_pkce=False)
    with pytest.raises(SourceError, match="AdminPulse refused the log-in"):
        log_in.run(here.tokens, browse)


def test_log_in_without_pkce_works_where_the_server_knows_none(made: Callable[..., Made]) -> None:
    """A setting, since nobody outside knows."""
    here = made(clients=1, takes_pkce=False)
    log_in = LogIn(here.where.more["authorize_url"], here.where.more["client_id"], has_pkce=False)

    assert log_in.run(here.tokens, browse).ends_at is not None


def test_nobody_logs_in_is_an_error(made: Callable[..., Made]) -> None:
    """After the time that there is for it."""
    here = made(clients=1)
    log_in = LogIn(here.where.more["authorize_url"], here.where.more["client_id"], seconds=0.05)
    with pytest.raises(SourceError, match="nobody logged in in time"):
        log_in.run(here.tokens, lambda _: None)


def test_keys_over_plain_http_to_another_machine_are_not_sent() -> None:
    """The address is refused before anything is sent."""
    with pytest.raises(SourceError, match="not https"):
        Service("http://api.adminpulse.example", 480, [], print)


def test_import_from_adminpulse_over_the_command_line(rehearsal: Rehearsal) -> None:
    """With a key of the environment; a wrong one is said, and shown nowhere."""
    rehearsal.write("version: 1\nagency: {name: northwind}\ninclude: [clients/*.yaml]\n")
    settings = local_sources.Settings("adminpulse", clients=12, key=KEY)
    with local_sources.running(settings) as (where, _):
        environment = {"AGENCYFILE_ADMINPULSE_URL": where.url, "AGENCYFILE_ADMINPULSE_KEY": KEY}
        arguments = ("import", "adminpulse", "-f", str(rehearsal.file), "--json")
        first = rehearsal.run("clients", *arguments, environment=environment)
        wrong = rehearsal.run(
            "clients", *arguments, environment={**environment, "AGENCYFILE_ADMINPULSE_KEY": "wrong-key-77"}
        )

    assert json.loads(first.out)["summary"]["new"] == 12
    assert wrong.code == 1
    assert "does not accept the key" in wrong.err
    assert "wrong-key-77" not in wrong.err
