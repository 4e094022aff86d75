"""The server as a process and as a thread: how it starts, what it keeps, how it stops."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from local_portal.portal_client import SLOW, SNAPSHOTS, TRIAL, Client, client_of, wait_until

from agencyfile.local_portal import LocalPortalError, RunningPortal, Settings, running
from agencyfile.local_portal.schema import STEPS

PROGRAM = """
import json, sys
from pathlib import Path
from agencyfile.local_portal import Settings, serve
serve(Settings(data=Path(sys.argv[1]), provisioning=0), ready=lambda line: print(json.dumps(dict(line)), flush=True))
"""


def _start(folder: Path) -> tuple[subprocess.Popen[str], Client]:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    url = line["hub_api"]
    return process, Client(RunningPortal(url, **line))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_that_is_told_to_stop_exits_with_zero_and_says_nothing(tmp_path: Path, number: int) -> None:
    """A clean stop: exit code 0, and nothing on the error output, least of all a key."""
    process, client = _start(tmp_path)
    client.done("account_add", account="acme", plan=TRIAL)
    client.close()

    process.send_signal(number)
    _, errors = process.communicate(timeout=600)

    assert (process.returncode, errors) == (0, "")


def test_server_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """What was answered is kept, and so are the keys: a restart goes on where the other one was killed."""
    process, before = _start(tmp_path)
    added = before.done("account_add", account="base", plan=2)
    process.kill()
    process.communicate(timeout=600)
    before.close()

    process, after = _start(tmp_path)
    assert (after.portal.agency_key, after.portal.hub_key) == (before.portal.agency_key, before.portal.hub_key)
    assert after.order("login", added) == {"ok": True}
    assert [row["serial"] for row in after.requests()] == [1]
    after.close()
    process.terminate()
    process.communicate(timeout=600)


def test_restart_keeps_everything_and_the_clock_goes_on(tmp_path: Path) -> None:
    """Accounts, snapshots, charges, credits and the book; what was due while nobody ran is done."""
    with client_of(data=tmp_path, provisioning=SLOW, snapshot_time=SLOW) as before:
        before.seed({"account": "base", "plan": {"tier": "sandbox"}}, credits={"email": 50})
        before.hub("POST", SNAPSHOTS, json={"account_id": before.account("base")["id"], "name": "v1"})
        before.done("account_add", account="acme", plan=121)
        before.done("account_credits_apply", account="base", credits=20)
        books = [before.book(name) for name in ("charges", "credits", "requests")]
        assert before.account("acme")["status"] == "creating"

    time.sleep(SLOW)
    with client_of(data=tmp_path) as after:
        assert [after.book(name) for name in ("charges", "credits", "requests")] == books
        assert after.account("acme")["status"] == "active"
        assert after.hub("GET", SNAPSHOTS).json()["snapshots"][0]["status"] == "success"


def test_folder_of_the_release_before_goes_on(tmp_path: Path) -> None:
    """Accounts that were there get a key, a branding and templates like every other; late calls are still due."""
    with sqlite3.connect(tmp_path / "portal.sqlite3") as old:
        old.executescript(f"{STEPS[0]} PRAGMA user_version = 1;")
        columns = "account, planid, status, created_at, updated_at"
        old.execute(f"INSERT INTO accounts ({columns}) VALUES ('acme', 121, 'active', 1, 1)")
        late = json.dumps({"account": "late", "plan": "1"})
        old.execute("INSERT INTO late_calls VALUES (1, 1, 'agency', 'account_add', ?)", (late,))
    old.close()

    for _ in range(2):
        with client_of(data=tmp_path) as now:
            assert now.names() == ["acme", "late"]
            now.own("acme").raw("message_template_add", name="News")
            assert now.own("acme").v3("GET", "/brandings").status_code == 200
            keys = now.order("keys")["keys"]
    assert len(set(keys.values())) == 2


def test_folder_of_a_later_release_is_refused(tmp_path: Path) -> None:
    """What this release does not know it does not touch."""
    with sqlite3.connect(tmp_path / "portal.sqlite3") as later:
        later.execute("PRAGMA user_version = 99")
    later.close()

    with pytest.raises(LocalPortalError, match="version 99"), client_of(data=tmp_path):
        pass


def test_keys_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    """Nobody else can read the keys; without a wish they are random."""
    with running(Settings(data=tmp_path / "portal")) as portal:
        assert len(portal.agency_key) == len(portal.hub_key) == 64
        assert portal.agency_key not in repr(portal)

    assert (tmp_path / "portal" / "keys.json").stat().st_mode & 0o777 == 0o600
    with running(Settings(data=tmp_path / "portal")) as again:
        assert (again.agency_key, again.hub_key) == (portal.agency_key, portal.hub_key)


def test_second_portal_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """One server owns the data."""
    with (
        client_of(data=tmp_path),
        pytest.raises(LocalPortalError, match="another portal"),
        running(Settings(data=tmp_path)),
    ):
        pass


def test_port_that_is_taken_is_refused() -> None:
    """A port that cannot be had is said so before anything is ready."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(port=taken.getsockname()[1])
        with pytest.raises(LocalPortalError, match="cannot listen"), running(settings):
            pass


@pytest.mark.parametrize("text", ["{", "[7]", '[{"kind": "explode"}]', None])
def test_faults_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str | None) -> None:
    """A portal that was to misbehave and does not would prove nothing."""
    path = tmp_path / "faults.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with pytest.raises(LocalPortalError, match="faults"), running(Settings(faults=path)):
        pass


def test_faults_file_is_what_the_portal_starts_with(tmp_path: Path) -> None:
    """The file holds the JSON of the control API."""
    path = tmp_path / "faults.json"
    path.write_text('[{"action": "account_list", "kind": "error_before_commit"}]', encoding="utf-8")

    with client_of(faults=path) as client:
        assert [client.raw("account_list").status_code for _ in range(2)] == [503, 200]


def test_latency_delays_every_call() -> None:
    """Latency is for the APIs; the control API is not slowed down."""
    with client_of(latency=0.2) as slow:
        begin = time.monotonic()
        slow.done("account_list")

        assert time.monotonic() - begin >= 0.2


def test_client_that_hangs_up_does_no_harm(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """Half a request, or a request without a reader, is nothing to complain about."""
    address = client.portal.url.removeprefix("http://").split(":")
    for text in ("POST /api.php HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf", "GET /api.php HTTP/1.1\r\n"):
        with socket.create_connection((address[0], int(address[1]))) as half:
            half.sendall(text.encode())
    time.sleep(0.1)

    assert client.listed() == []
    assert capfd.readouterr().err == ""


def test_portal_in_a_thread_starts_and_stops() -> None:
    """Every test can have its own."""
    with running(Settings()) as portal:
        assert requests.get(f"{portal.url}/_portal/", timeout=600).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{portal.url}/_portal/", timeout=600)


def test_portal_that_holds_an_answer_back_stops_quietly_without_sending_it(capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that a fault keeps waiting does not keep the server."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        with client_of() as client:
            client.fault("account_add", "late_answer", seconds=None)
            lost = pool.submit(client.raw, "account_add", account="acme", plan=TRIAL, timeout=600)
            wait_until(lambda: bool(client.requests()))

        assert isinstance(lost.exception(timeout=600), requests.ConnectionError)
    assert capfd.readouterr().err == ""


def test_package_imports_without_the_server() -> None:
    """Importing the package must not cost an offline command anything."""
    program = "import sys, agencyfile.local_portal; print({'uvicorn', 'starlette', 'sqlite3'} & set(sys.modules))"

    done: Any = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
