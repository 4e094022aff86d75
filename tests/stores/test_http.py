"""The ledger on a server of Terraform's HTTP protocol: the contract on one like GitLab's, and its faults."""

import os
from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest
import requests
from contract.ledger_store_contract import LedgerStoreContract, Opener, chain, compaction
from stores.states import PASSWORD, USER, States, state_server

from agencyfile.ledger_stores.http import FULL, open_store
from plan import LedgerConflict, LedgerCorrupt, LedgerError

_NUMBERS = count(1)
Server = tuple[dict[str, str], States]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The server."""
    with state_server() as found:
        yield found


@pytest.fixture
def states(server: Server, monkeypatch: pytest.MonkeyPatch) -> States:
    """What the server keeps; the environment names it."""
    for name in [name for name in os.environ if name.startswith(("TF_", "CI_"))]:
        monkeypatch.delenv(name)
    for name, value in server[0].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("agencyfile.ledger_stores.append_log.READ_BACK", (0.0,))
    return server[1]


@pytest.fixture
def name(states: States) -> str:
    """A ledger that no other test uses."""
    return f"ledger-{next(_NUMBERS)}"


class TestHttpStore(LedgerStoreContract):
    """The contract."""

    @pytest.fixture
    def openers(self, name: str) -> tuple[Opener, Opener]:
        """The same states, by two clients."""
        return partial(open_store, name), partial(open_store, name)


def test_http_long_ledger_is_kept_in_small_segments(states: States, name: str) -> None:
    """The server keeps each version whole: no state grows beyond what one version may cost."""
    entries = chain(2 * FULL + 10)
    store = open_store(name)
    for entry in entries:
        store.append([entry], expected=entry.serial - 1)

    assert sorted(found for found in states.versions if found.startswith(name)) == [
        f"{name}-000001",
        f"{name}-000002",
        f"{name}-000003",
        f"{name}-probe",
    ]
    assert list(open_store(name).read(0)) == entries
    compacted = compaction(entries[-1])
    store.replace([compacted], expected=len(entries))
    assert list(open_store(name).read(0)) == list(store.read(0)) == [compacted]


def test_http_two_writers_at_the_end_of_a_segment(name: str) -> None:
    """Both begin the next segment; one of them is told."""
    entries = chain(FULL)
    one, other = open_store(name), open_store(name)
    one.append(entries, expected=0)
    other.read(0)
    following = chain(1, after=entries[-1])
    one.append(following, expected=FULL)

    with pytest.raises(LedgerConflict):
        other.append(following, expected=FULL)
    assert len(other.read(0)) == FULL + 1


def test_http_server_that_takes_a_serial_twice_is_refused(states: States, name: str) -> None:
    """A plain server of the protocol has no condition: two runs would overwrite each other."""
    states.is_blind = True
    try:
        for _ in range(2):
            with pytest.raises(LedgerError, match="took the same serial of a state twice"):
                open_store(name).append(chain(1), expected=0)
    finally:
        states.is_blind = False
    assert [found for found in states.versions if found.startswith(name)] == [f"{name}-probe"]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 0])
def test_http_answer_lost_after_the_commit_is_our_own_append(states: States, name: str, status: int) -> None:
    """The append is read back by its id, so that no one takes it for somebody else's."""
    store = open_store(name)
    store.append(chain(1), expected=0)
    states.fail_after_commit = [status]

    assert store.append(chain(1, after=chain(1)[0]), expected=1) == 2
    assert len(open_store(name).read(0)) == 2


def test_http_answer_lost_before_the_commit_is_an_error(states: States, name: str) -> None:
    """The place is free: whoever appended must not go on, and may try again."""
    store = open_store(name)
    store.append(chain(1), expected=0)
    states.fail_before_commit = [503]

    with pytest.raises(LedgerError, match="may or may not have been written: the server answered 503"):
        store.append(chain(1, after=chain(1)[0]), expected=1)
    assert store.append(chain(1, after=chain(1)[0]), expected=1) == 2


def test_http_lost_answer_of_somebody_else_is_a_conflict(states: States, name: str) -> None:
    """The same bytes from another writer are not ours."""
    one, other = open_store(name), open_store(name)
    other.append(chain(1), expected=0)
    one.append(chain(1, after=chain(1)[0]), expected=1)
    states.fail_before_commit = [502]

    with pytest.raises(LedgerConflict):
        other.append(chain(1, after=chain(1)[0]), expected=1)


def test_http_read_that_fails_in_passing_is_tried_again(
    states: States, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that restarts behind its load balancer ends no run; one that stays away does."""
    monkeypatch.setattr("agencyfile.ledger_stores.http.READ_AGAIN", (0.0, 0.0))
    open_store(name).append(chain(1), expected=0)
    states.fail_reads = [503, 502]
    assert list(open_store(name).read(0)) == chain(1)
    states.fail_reads = [503, 429, 500]
    with pytest.raises(LedgerError, match="cannot be read: the server answered 500"):
        open_store(name).read(0)
    assert states.fail_reads == []


def test_http_lock_of_somebody_is_named(server: Server, states: States, name: str) -> None:
    """Its locks never expire, so agencyfile locks nothing; it names who does."""
    store = open_store(name)
    store.append(chain(1), expected=0)
    lock = {"ID": "4711", "Who": "ann@desk", "Operation": "apply"}
    address = f"{server[0]['TF_HTTP_ADDRESS']}/{name}-000001"
    requests.request("LOCK", address, json=lock, auth=(USER, PASSWORD), timeout=10).raise_for_status()

    with pytest.raises(LedgerError, match=r"locked by ann@desk \(4711\)"):
        store.append(chain(1, after=chain(1)[0]), expected=1)
    requests.request("UNLOCK", address, json=lock, auth=(USER, PASSWORD), timeout=10).raise_for_status()
    assert store.append(chain(1, after=chain(1)[0]), expected=1) == 2


def test_http_state_too_large_and_token_wrong_are_said(
    states: States, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the token in any of the messages."""
    store = open_store(name)
    store.append(chain(1), expected=0)
    monkeypatch.setattr(states, "largest", 10)
    with pytest.raises(LedgerError, match=r"answered 413 \(the state is too large for it\)"):
        store.append(chain(1, after=chain(1)[0]), expected=1)
    monkeypatch.setenv("TF_HTTP_PASSWORD", "sentinel-of-another-token")
    with pytest.raises(LedgerError, match=r"answered 401") as caught:
        open_store(name).read(0)
    assert "sentinel" not in f"{caught.value} {caught.value.fix}"


def test_http_state_of_terraform_is_no_ledger(states: States, name: str) -> None:
    """A state of another program is left alone."""
    states.versions[f"{name}-000001"] = {3: b'{"version":4,"serial":3,"resources":[]}'}

    with pytest.raises(LedgerCorrupt, match="this state is no segment of a ledger"):
        open_store(name).append(chain(1), expected=0)
    assert list(states.versions[f"{name}-000001"]) == [3]


@pytest.mark.usefixtures("states")
def test_http_server_is_named_by_the_environment(server: Server, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform's variables, or those of a job of GitLab; never without TLS to another machine."""
    address = server[0]["TF_HTTP_ADDRESS"]
    open_store(name).append(chain(1), expected=0)
    monkeypatch.setenv("TF_HTTP_ADDRESS", "http://127.0.0.1.agency.example/state")
    with pytest.raises(LedgerError, match="unencrypted"):
        open_store(name)
    for variable in ("ADDRESS", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"TF_HTTP_{variable}")
    with pytest.raises(LedgerError, match="does not name"):
        open_store(name)
    monkeypatch.setenv("CI_API_V4_URL", address.partition("/projects/")[0])
    monkeypatch.setenv("CI_PROJECT_ID", "1")
    monkeypatch.setenv("CI_JOB_TOKEN", PASSWORD)
    assert list(open_store(name).read(0)) == chain(1)
