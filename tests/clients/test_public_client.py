"""A public client of Admin Consult, unchanged, against the local stand-in: it and ours read the same customers.

It needs pandas, SQLAlchemy and more, so it lives in an environment of its own, from a lock with hashes (`make smoke`).
"""

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

from agencyfile import local_sources
from agencyfile.clients.adminconsult.source import AdminConsult
from agencyfile.clients.records import Found
from agencyfile.clients.service import Service
from plan.values import Secret

TOP = Path(__file__).parents[2]
LOCK = Path(__file__).parent / "sdk" / "requirements.txt"
ENVIRONMENT = TOP / "build" / "adminconsult-sdk"
SCRIPT = """
import json, sys
from adminconsult.api.clientcredentials import ClientCredentialsJsonFile
from adminconsult.api.customer import CustomerList
customers = CustomerList(ClientCredentialsJsonFile(sys.argv[1]))
customers.get(max_results=100000, **json.loads(sys.argv[2]))
print(json.dumps([[one.customer_id, one.name, one.vat_nr, one.email] for one in customers]))
"""

pytestmark = pytest.mark.installs


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of the client's own environment, made once for a lock."""
    interpreter, ready = ENVIRONMENT / "bin" / "python", ENVIRONMENT / ".lock"
    if not ready.exists() or ready.read_text() != LOCK.read_text():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = (interpreter, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", LOCK)
        subprocess.run(install, check=True, timeout=1200)
        ready.write_text(LOCK.read_text())
    return interpreter


def read(python: Path, where: local_sources.Running, folder: Path, **filters: object) -> list[list[Any]]:
    """The customers that the public client reads."""
    host, _, port = where.url.rpartition(":")
    token = {"access_token": "", "token_valid_until": "2020-01-01T00:00:00"}
    credential = folder / "credential.json"
    credential.write_text(json.dumps({"host": host, "port": int(port), "api_key": where.key, **token}))
    command = (python, "-c", SCRIPT, credential, json.dumps(filters))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_public_client_and_ours_read_the_same_customers(python: Path, tmp_path: Path) -> None:
    """Over several pages, with a filter that the next pages repeat."""
    settings = local_sources.Settings("adminconsult", clients=330, rate_limit=100_000)
    with local_sources.running(settings) as (where, _):
        service = Service(where.url, 100_000, [Secret(where.key)], print)
        ours = [one for one in AdminConsult(service, Secret(where.key)).read() if isinstance(one, Found)]
        theirs = read(python, where, tmp_path, eq__is_active=True)
        service.close()

    assert len(theirs) == 300
    assert [str(row[0]) for row in theirs] == [one.key for one in ours]
    assert [row[3] for row in theirs] == [one.words["email"] for one in ours]
    numbers = [one.words.get("enterprise_number") for one in ours]
    assert [row[2] and row[2].removeprefix("BE ") for row in theirs] == numbers


def test_public_client_takes_an_empty_list_for_what_it_is(python: Path, tmp_path: Path) -> None:
    """404 with `nothing found`."""
    with local_sources.running(local_sources.Settings("adminconsult", clients=5)) as (where, _):
        assert read(python, where, tmp_path, eq__name="Nobody") == []
        assert [row[0] for row in read(python, where, tmp_path, startswith__name="Fitness")] == [1001]
