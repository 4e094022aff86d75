"""The Partners Hub API: requests out, documents in (`docs/portal.md` 1.8)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from agencyfile.fields.key_variables import HUB_KEY_VARIABLE
from agencyfile.kinds.faults import NotSent
from agencyfile.kinds.operation import Message, Operation
from agencyfile.portal.apis.rest import RestBench
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.transport import Answer, Request
from agencyfile.redaction import Redactor
from agencyfile.web_origin import origin_or_none

SNAPSHOTS: Final = "api/child-account-snapshots/v1/"
SOURCES: Final = "api/child-accounts/v1/snapshots"
CHILD_ACCOUNTS: Final = "api/child-accounts/v1/"
CLONING_JOBS: Final = "api/child-account-snapshots/v1/status"

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
        """Return whether there is a key, without which the hub cannot be asked."""
        return self._key is not None

    def query(self, name: str, path: str, parameters: Mapping[str, str]) -> Request:
        """Build a GET.

        Raises:
            NotSent: there is no key.
        """
        return Request(
            name, "GET", f"{self._url}/{path}", query=parameters, headers=self._identity(name), bound=self._bound
        )

    def write(self, operation: Operation, message: Message) -> Request:
        """Return the request for a message, as JSON if it has fields.

        Raises:
            NotSent: there is no key.
        """
        return Request(
            operation.name,
            operation.method,
            f"{self._url}/{message.path}",
            document=message.fields or None,
            headers=self._identity(operation.name),
            bound=self._bound,
        )

    def decoder(self, name: str) -> Callable[[Answer], Mapping[str, Any]]:
        """Return the decoder of answers with a JSON object. It raises `Unclear` or `Declined` unless they confirm."""
        return lambda answer: self._bench.document(name, answer)

    def write_decoder(self, operation: Operation) -> Callable[[Answer], Mapping[str, Any]]:
        """Return the decoder of answers to a write. Only an answer that is provably the API's own counts."""
        return lambda answer: self._bench.judge_write(operation, answer)

    def _identity(self, name: str) -> dict[str, str]:
        if self._key is None:
            raise NotSent(f"{name} needs the Partners Hub key", fix=f"set {HUB_KEY_VARIABLE}")
        return {"api-key": self._key.reveal()}
