"""Servers of the stores, one of each for all tests of a worker, and a place in each of them."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import psycopg
import pytest
from _pytest.mark import ParameterSet
from contract.repositories import isolate, make_clone, make_remote
from stores.gcs import fake_storage
from stores.servers import AZURITE, USER, azurite, postgres, s3
from stores.states import States, state_server

from agencyfile.ledger_stores.postgres import migrations

PLACES = {
    "file": "file:.agencyfile/{}.jsonl",
    "git+branch": "git+branch:{}",
    "postgres": "postgres:{}",
    "s3": "s3:agency-ledgers/{}",
    "gs": "gs:agency-ledgers/{}",
    "http": "http:{}",
    "az": "az:agency-ledgers/{}",
}
NEEDS_NODE = (
    pytest.mark.browser,  # make test-browser
    pytest.mark.skipif(not AZURITE.exists(), reason="make test-browser installs Azurite"),
)


def schemes(*values: str, beside: Sequence[object] = ()) -> ParameterSet:
    """Return a case over these stores."""
    name = "-".join(map(str, (*values, *beside)))
    return pytest.param(*values, *beside, id=name, marks=NEEDS_NODE if "az" in values else ())


SCHEMES = [schemes(scheme) for scheme in PLACES]
PAIRS = [schemes(begin, to) for begin in PLACES for to in PLACES]
_FOREIGN = ("PG", "AWS_", "GOOGLE_", "AZURE_", "STORAGE_", "TF_", "CI_")
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def kept_states() -> Iterator[tuple[dict[str, str], States]]:
    """The environment of somebody who may use the state server, and what it keeps."""
    with state_server() as served:
        yield served


@pytest.fixture(scope="session")
def every_server(kept_states: tuple[dict[str, str], States]) -> Iterator[dict[str, str]]:
    """The environment of somebody who may use all of them."""
    states, _ = kept_states
    with postgres() as database, s3() as aws, fake_storage() as google:
        found = database.environment()
        with psycopg.connect(host=found["PGHOST"], dbname=found["PGDATABASE"], user=USER, autocommit=True) as owner:
            owner.execute(migrations())
        yield {**found, **aws, "STORAGE_EMULATOR_HOST": google, **states}


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of somebody who may use Azure."""
    with azurite(tmp_path_factory.mktemp("azurite")) as environment:
        yield environment


@pytest.fixture
def folder(tmp_path: Path, every_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a repository, in an environment that names every server and nothing else."""
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        monkeypatch.delenv(name)
    for name, value in every_server.items():
        monkeypatch.setenv(name, value)
    isolate(monkeypatch)
    return make_clone(tmp_path / "clone", make_remote(tmp_path / "remote.git"))


@pytest.fixture
def new_place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Return a place that holds no ledger yet."""

    def made(scheme: str) -> str:
        if scheme == "az":
            for name, value in request.getfixturevalue("azure_server").items():
                monkeypatch.setenv(name, value)
        return PLACES[scheme].format(f"ledger-{next(_NUMBERS)}-{os.getpid()}")

    return made


@pytest.fixture
def portal_door(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The place where the portal should be, with keys for it: whoever connects is seen."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for name in ("AGENCYFILE_AGENCY_API", "AGENCYFILE_HUB_API"):
            monkeypatch.setenv(name, url)
        for name in ("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY"):
            monkeypatch.setenv(name, "key-of-a-test")
        yield listening
