"""A plugin for pytest that runs the contract over a store of somebody else.

    pytest -p agencyfile.ledger_stores.pytest_plugin --ledger-store=SCHEME:PLACE --pyargs agencyfile.ledger_stores.suite

Each test opens a place of its own: `{}` in PLACE is replaced by a name that no other test has. It has to be asked for
with `-p`, so that a project that only has agencyfile installed does not load it with every run of its own tests.
"""

import uuid
from functools import partial

import pytest

from agencyfile.ledger_stores import open_ledger_store
from agencyfile.ledger_stores.contract import Opener

pytest.register_assert_rewrite("agencyfile.ledger_stores.contract")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the suite runs over."""
    group = parser.getgroup("ledger stores of agencyfile")
    group.addoption("--ledger-store", metavar="SCHEME:PLACE", help="the store; {} in it is replaced by a unique name")
    group.addoption("--races", type=int, metavar="N", help="appends that each of two racing processes makes (50)")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of the long tests known."""
    config.addinivalue_line("markers", "long: takes more than a few seconds over a slow store")


@pytest.fixture
def ledger_store_openers(request: pytest.FixtureRequest) -> tuple[Opener, Opener]:
    """Two ways to open a place that nobody has used."""
    place = request.config.getoption("ledger_store")
    if not place or "{}" not in place:
        pytest.fail("say which store: --ledger-store='SCHEME:PLACE-{}'", pytrace=False)
    opener = partial(open_ledger_store, place.replace("{}", uuid.uuid4().hex))
    return opener, opener
