"""The Partners Hub API: requests out, documents in (`portal.md` 1.8)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from agencyfile.activecampaign.endpoint import HUB_KEY_VARIABLE, Endpoint
from agencyfile.activecampaign.faults import NotSent
from agencyfile.activecampaign.redaction import Redactor
from agencyfile.activecampaign.rest import RestBench
from agencyfile.activecampaign.transport import Answer, Request
from agencyfile.activecampaign.wire import object_of
from agencyfile.web_origin import origin_or_none

SNAPSHOTS: Final = "api/child-account-snapshots/v1/"
SOURCES: Final = "api/child-accounts/v1/snapshots"
CHILD_ACCOUNTS: Final = "api/child-accounts/v1/"
CLONINGS: Final = "api/child-account-snapshots/v1/status"

_NOT_THE_API: Final = "check portal.hub_api: it must be the base URL of the Partners Hub API"
_BAD_KEY: Final = f"check the Partners Hub key in {HUB_KEY_VARIABLE}"


class HubApi:
    """Builds requests with the key in a header and judges answers."""

    def __init__(self, endpoint: Endpoint, redactor: Redactor) -> None:
        self._url = endpoint.hub_api.rstrip("/")
        self._bound = origin_or_none(self._url)
        self._key = endpoint.hub_key
        self._bench = RestBench(redactor, "the Partners Hub API", _NOT_THE_API, _BAD_KEY)

    @property
    def has_key(self) -> bool:
        """Can the hub be asked at all?"""
        return self._key is not None

    def query(self, name: str, path: str, parameters: Mapping[str, str]) -> Request:
        """A GET.

        Raises:
            NotSent: there is no key.
        """
        return Request(
            name, "GET", f"{self._url}/{path}", query=parameters, headers=self._identity(name), bound=self._bound
        )

    def document(self, name: str, path: str, document: Mapping[str, object]) -> Request:
        """A POST of JSON.

        Raises:
            NotSent: there is no key.
        """
        return Request(
            name, "POST", f"{self._url}/{path}", document=document, headers=self._identity(name), bound=self._bound
        )

    def deletion(self, name: str, path: str) -> Request:
        """A DELETE.

        Raises:
            NotSent: there is no key.
        """
        return Request(name, "DELETE", f"{self._url}/{path}", headers=self._identity(name), bound=self._bound)

    def decoder(self, name: str) -> Callable[[Answer], Mapping[str, Any]]:
        """What judges answers that must hold a JSON object; it raises `Unclear` or `Declined` for all but a yes."""
        return lambda answer: self._bench.document(name, answer)

    def acceptance(self, name: str) -> Callable[[Answer], None]:
        """What judges answers to writes: 200 or 201 without a body; some other page is not the hub's yes."""

        def judge(answer: Answer) -> None:
            if self._bench.accepted(name, answer).body.strip() and object_of(answer.body) is None:
                raise self._bench.foreign(name)

        return judge

    def _identity(self, name: str) -> dict[str, str]:
        if self._key is None:
            raise NotSent(f"{name} needs the Partners Hub key", fix=f"set {HUB_KEY_VARIABLE}")
        return {"api-key": self._key.reveal()}
