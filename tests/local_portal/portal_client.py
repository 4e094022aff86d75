"""A client of the local portal for these tests: plain HTTP, and nothing of ours on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from agencyfile.local_portal import RunningPortal, Settings, running

AGENCY_KEY = "agency-5e9d3b7c1f"
HUB_KEY = "hub-0c4a8e6d2b"

TRIAL = 1
SANDBOX = 2
STARTER_MONTHLY = 121
STARTER_ANNUAL = 122
PLUS_MONTHLY = 221
ENTERPRISE_MONTHLY = 421

ACCOUNTS = "/api/child-accounts/v1/"
SOURCES = "/api/child-accounts/v1/snapshots"
SNAPSHOTS = "/api/child-account-snapshots/v1/"
CLONINGS = "/api/child-account-snapshots/v1/status"
LOCALES = "/api/locales/v1/catalogs"


class OwnApi:
    """The own API of one account, both versions, with its own key."""

    def __init__(self, session: requests.Session, base: str, key: str) -> None:
        self._session = session
        self.base = base
        self.key = key

    def raw(self, action: str, *, method: str = "GET", output: str = "json", **parameters: Any) -> requests.Response:
        """Call an action of the first version; a POST sends its parameters in the body."""
        transport = {"api_key": self.key, "api_action": action, "api_output": output}
        if method == "GET":
            return self.call(transport | parameters)
        return self._session.request(method, self._url, params=transport, data=parameters, timeout=600)

    def call(self, parameters: dict[str, Any]) -> requests.Response:
        """Call the first version with these parameters and no others."""
        return self._session.get(self._url, params=parameters, timeout=600)

    def done(self, action: str, *, method: str = "GET", **parameters: Any) -> dict[str, Any]:
        """Call an action that has to succeed."""
        found: dict[str, Any] = self.raw(action, method=method, **parameters).json()
        assert found["result_code"] == 1, found
        return found

    def refused(self, action: str, *, method: str = "GET", **parameters: Any) -> str:
        """Call an action that has to fail, and return the message."""
        found = self.raw(action, method=method, **parameters).json()
        assert found["result_code"] == 0, found
        return str(found["result_message"])

    def v3(self, method: str, path: str, **more: Any) -> requests.Response:
        """Call the third version."""
        headers = {"Api-Token": self.key}
        return self._session.request(method, f"{self.base}/api/3{path}", headers=headers, timeout=600, **more)

    @property
    def _url(self) -> str:
        return f"{self.base}/admin/api.php"


class Client:
    """Every API of one portal, and its control API."""

    def __init__(self, portal: RunningPortal) -> None:
        self.portal = portal
        self.session = requests.Session()

    def close(self) -> None:
        """Close every connection."""
        self.session.close()

    def raw(
        self, action: str, *, method: str = "GET", output: str = "json", timeout: float = 10, **parameters: Any
    ) -> requests.Response:
        """Call an action of the agency API; a POST sends its own parameters in the body, as the public clients do."""
        transport = {"api_key": self.portal.agency_key, "api_action": action, "api_output": output}
        if method == "GET":
            return self.session.get(self.portal.agency_api, params=transport | parameters, timeout=timeout)
        return self.session.request(method, self.portal.agency_api, params=transport, data=parameters, timeout=timeout)

    def agency(self, action: str, *, method: str = "GET", **parameters: Any) -> dict[str, Any]:
        """Call an action of the agency API and return its answer, success or failure."""
        answer = self.raw(action, method=method, **parameters)
        assert answer.status_code == requests.codes.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def done(self, action: str, *, method: str = "GET", **parameters: Any) -> dict[str, Any]:
        """Call an action of the agency API that has to succeed."""
        found = self.agency(action, method=method, **parameters)
        assert found["result_code"] == 1, found
        return found

    def refused(self, action: str, *, method: str = "GET", **parameters: Any) -> str:
        """Call an action of the agency API that has to fail, and return the message."""
        found = self.agency(action, method=method, **parameters)
        assert found["result_code"] == 0, found
        return str(found["result_message"])

    def hub(self, method: str, path: str, *, json: Any = None, **query: Any) -> requests.Response:
        """Call the Partners Hub API."""
        headers = {"api-key": self.portal.hub_key}
        return self.session.request(
            method, self.portal.hub_api + path, json=json, params=query, headers=headers, timeout=600
        )

    def own(self, account: str) -> OwnApi:
        """Return the own API of one account, with the key that its user would read there."""
        key = self.order("keys", {"account": account})["api_key"]
        return OwnApi(self.session, self.portal.account_api.format(account=account), key)

    def book(self, name: str) -> Any:
        """Return one of the portal's books."""
        answer = self.session.get(f"{self.portal.url}/_portal/{name}", timeout=600)
        answer.raise_for_status()
        return answer.json()

    def order(self, name: str, body: Any = None) -> dict[str, Any]:
        """Tell the portal to seed, reset, misbehave or try a log-in."""
        answer = self.session.post(f"{self.portal.url}/_portal/{name}", json=body, timeout=600)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def seed(self, *accounts: dict[str, Any], **others: Any) -> dict[str, Any]:
        """Give the portal accounts, snapshots and credits."""
        return self.order("seed", {"accounts": list(accounts), **others})

    def fault(self, action: str, kind: str, **options: Any) -> None:
        """Let the portal do one thing wrong."""
        self.order("faults", [{"action": action, "kind": kind, **options}])

    def account(self, name: str) -> dict[str, Any]:
        """Return an account as it really is."""
        found: dict[str, Any] = next(each for each in self.book("accounts")["accounts"] if each["account"] == name)
        return found

    def names(self) -> list[str]:
        """Return the names of the accounts that there really are."""
        return [each["account"] for each in self.book("accounts")["accounts"]]

    def listed(self, **parameters: Any) -> list[str]:
        """Return the names on one page of the list."""
        return [each["account"] for each in self.done("account_list", **parameters)["accounts"]]

    def charges(self) -> list[tuple[str, int]]:
        """Return what was charged."""
        return [(each["account"], each["amount"]) for each in self.book("charges")["charges"]]

    def requests(self) -> list[dict[str, Any]]:
        """Return what was asked of both APIs."""
        found: list[dict[str, Any]] = self.book("requests")["requests"]
        return found


@contextmanager
def client_of(**settings: Any) -> Iterator[Client]:
    """Run a portal of its own, quick to provision, and return a client of it."""
    quick: dict[str, Any] = {"provisioning": 0.0, "snapshot_time": 0.0, "agency_key": AGENCY_KEY, "hub_key": HUB_KEY}
    with running(Settings(**quick | settings)) as portal:
        client = Client(portal)
        try:
            yield client
        finally:
            client.close()


SLOW = 3.0  # seconds: so long that even on a busy machine a few requests come before it is over


def wait_until(is_so: Callable[[], bool], seconds: float = 600.0) -> None:
    """Wait until something is so, however slow the machine is."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)
