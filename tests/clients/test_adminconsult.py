"""Admin Consult: a client that is read as its sources say, against a stand-in of the same facts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import evidence
import pytest
from cli.har import entries_of
from rehearsal import Rehearsal

from agencyfile import local_sources
from agencyfile.clients.adminconsult import filters
from agencyfile.clients.adminconsult.api import Api
from agencyfile.clients.adminconsult.source import AdminConsult
from agencyfile.clients.records import Found, SourceError
from agencyfile.clients.service import Service
from agencyfile.clients.waiting import Patience
from agencyfile.local_sources.people import person
from agencyfile.local_sources.world import World
from plan.values import Secret

KEY = "sentinel/admin consult+key-5f0a"


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.now += seconds


Made = tuple[AdminConsult, Service, World, list[str], Clock]


@pytest.fixture
def made() -> Iterator[Callable[..., Made]]:
    """Start a stand-in with settings, and return a source that reads it."""
    evidence.add_secret(KEY)
    open_: list[object] = []

    def make(**settings: object) -> Made:
        clock = Clock()
        key = Secret(str(settings.pop("sent", KEY)))
        settings = {"system": "adminconsult", "key": KEY, "clock": clock, "rate_limit": 100_000, **settings}
        chosen = local_sources.Settings(**settings)  # type: ignore[arg-type]
        context = local_sources.running(chosen)
        where, world = context.__enter__()
        said: list[str] = []
        service = Service(where.url, 100_000, [Secret(KEY)], said.append, clock.sleep)
        open_.extend((context, service))
        source = AdminConsult(service, key, Patience(360))
        source._api._clock = clock
        return source, service, world, said, clock

    yield make
    for one in reversed(open_):
        if isinstance(one, Service):
            one.close()
        else:
            one.__exit__(None, None, None)  # type: ignore[attr-defined]


def test_active_customers_come_with_the_country_of_their_office(made: Callable[..., Made]) -> None:
    """All pages, every eleventh customer left out because it is not active, no register number."""
    source, _, _, _, _ = made(clients=450)
    found = [one for one in source.read() if isinstance(one, Found)]

    assert len(found) == 450 - 450 // 11
    assert {one.words["country"] for one in found} == {"BE", "NL", "FR"}
    assert {one.words.get("language") for one in found} == {"nl", "fr", "en", "de"}
    assert found[0].key == "1001"
    numbers = {person(number).register_number for number in range(1, 451)} - {""}
    assert not [one for one in found if any(number in str(one) for number in numbers)]


def test_last_page_has_no_link(made: Callable[..., Made]) -> None:
    """Also where its number of records is exactly that of a page."""
    source, _, world, _, _ = made(clients=100, page_size=91 // 7)

    assert len([one for one in source.read() if isinstance(one, Found)]) == 91
    assert len([call for call in world.calls if call == "customers"]) == 14  # seven pages, read twice


def test_empty_list_is_no_error(made: Callable[..., Made]) -> None:
    """404 with `nothing found`; first the source waits for a connection that is being made."""
    source, _, _, said, clock = made(clients=0)

    assert list(source.read()) == []
    assert sum(clock.slept) == 360
    assert "has no clients yet" in said[0]


def test_first_connection_that_needs_five_minutes_is_waited_for(made: Callable[..., Made]) -> None:
    """With a line that says so."""
    source, _, _, said, clock = made(clients=5, wait=300)

    assert len(list(source.read())) == 5
    assert 300 <= sum(clock.slept) <= 330
    assert said


def test_token_is_renewed_before_it_ends(made: Callable[..., Made]) -> None:
    """Between two pages of a list, too."""
    source, service, world, _, clock = made(clients=90, page_size=10, lifetime=100)
    pages = source._api.pages("customers")
    for _ in pages:
        clock.now += 40

    assert world.calls.count("token") >= 4
    assert service.origin.is_loopback


def test_token_that_is_refused_is_renewed_once(made: Callable[..., Made]) -> None:
    """A server that forgot its tokens is asked for a new one."""
    source, _, world, _, _ = made(clients=3)
    list(source.read())
    world.end_tokens()

    assert len(list(source.read())) == 3


def test_throttling_is_waited_out(made: Callable[..., Made]) -> None:
    """403 with its message is no refusal of rights."""
    source, _, world, said, _ = made(clients=90, page_size=10, rate_limit=7)
    source._service.slow_down = lambda per_minute: None  # type: ignore[method-assign]  # its clock is the real one

    assert len([one for one in source.read() if isinstance(one, Found)]) == 90 - 8
    assert any("too many requests" in line for line in said)
    assert world.calls


def test_wrong_key_is_refused_and_stands_in_no_message(made: Callable[..., Made]) -> None:
    """The key is a part of the path."""
    source, _, _, said, _ = made(sent="wrong-key-93ab")
    with pytest.raises(SourceError, match="the API key is not accepted") as caught:
        list(source.read())

    assert "wrong-key" not in f"{caught.value}{caught.value.fix}{said}"


def test_key_of_unusual_characters_is_sent_as_it_is(made: Callable[..., Made]) -> None:
    """Escaped in the path, and in no line."""
    source, _, _, said, _ = made(clients=1)

    assert len(list(source.read())) == 1
    assert KEY not in "".join(said)


def test_list_that_keeps_changing_is_an_error(made: Callable[..., Made]) -> None:
    """A customer goes and another one comes with each page: never half of it without a word."""
    source, _, _, _, _ = made(clients=90, page_size=10, changes=10_000)
    with pytest.raises(SourceError, match="kept changing while it was read"):
        list(source.read())


def test_list_that_changes_once_is_read_again(made: Callable[..., Made]) -> None:
    """All that is there in the end."""
    source, _, world, _, _ = made(clients=90, page_size=10, changes=3)
    found = [one for one in source.read() if isinstance(one, Found)]

    active = [one for one in world.people if one.number % 11]
    assert [one.key for one in found] == [str(1000 + one.number) for one in active]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (filters.compared("IsActive", "eq", value=True), 37),
        (filters.compared("CustomerId", "in", value=[1001, 1002, 9999]), 2),
        (filters.joined(filters.is_null("Firstname"), filters.compared("IsActive", "eq", value=True)), 25),
        (filters.matching("StartsWith", "Name", "Fitness"), 3),
        (filters.matching("Contains", "Name", "O'Fictie"), 5),
        (filters.compared("CreationDate", "ge", value=datetime(2019, 1, 1, tzinfo=UTC)), 40),
        (filters.compared("CustomerId", "lt", value=1011), 10),
    ],
)
def test_filters_mean_what_the_grammar_says(made: Callable[..., Made], condition: str, count: int) -> None:
    """Operators, texts with quotes, lists, dates."""
    source, service, _, _, clock = made(clients=40)
    api = Api(service, Secret(KEY), clock)

    assert source.name == "adminconsult"
    assert sum(len(page) for page in api.pages("customers", condition)) == count


def test_import_from_admin_consult_is_one_of_files(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The whole way over the command line; a second one changes nothing."""
    rehearsal.write("version: 1\nagency: {name: northwind}\ninclude: [clients/*.yaml]\n")
    with local_sources.running(local_sources.Settings("adminconsult", clients=30, key=KEY)) as (where, _):
        environment = {
            "AGENCYFILE_ADMINCONSULT_URL": where.url,
            "AGENCYFILE_ADMINCONSULT_KEY": KEY,
            "AGENCYFILE_TRACE": str(tmp_path / "trace.har"),
            "AGENCYFILE_LOG": "debug",
        }
        arguments = ("import", "adminconsult", "-f", str(rehearsal.file), "--json")
        connected = rehearsal.run("clients", "connect", "adminconsult", environment=environment)
        first = rehearsal.run("clients", *arguments, environment=environment)
        second = rehearsal.run("clients", *arguments, environment=environment)

    assert "connected: Admin IS | Consult" in connected.out
    assert '"new": 28' in first.out
    assert '"new": 0' in second.out
    assert '"both": 28' in second.out
    text = (tmp_path / "trace.har").read_text("utf-8")
    assert len(entries_of(tmp_path / "trace.har")) == second.err.count("debug http: ") > 1
    assert "/token/(sensitive)" in text  # the key stands in the path of the request for a token
    assert KEY not in text
    assert quote(KEY, safe="") not in text + second.err


def test_key_in_the_path_stands_in_no_log(made: Callable[..., Made], caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP libraries log the addresses that they ask for; each form of the key is taken out."""
    caplog.set_level("DEBUG")
    source, _, _, _, _ = made(clients=2)
    list(source.read())

    assert "/api/v1/token/" in caplog.text
    assert KEY not in caplog.text
    assert quote(KEY, safe="") not in caplog.text
