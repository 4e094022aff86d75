"""The agency API: requests out, envelopes in (`docs/portal.md` 1.1, 1.2)."""

from collections.abc import Callable, Mapping
from typing import Final

from agencyfile.fields.key_variables import AGENCY_KEY_VARIABLE
from agencyfile.kinds.operation import Message, Operation
from agencyfile.portal.apis.envelope import Bench, Envelope, Verdict
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.transport import Answer, Request
from agencyfile.redaction import Redactor
from agencyfile.web_origin import origin_or_none

_NOT_THE_API: Final = "check portal.agency_api: it must be the URL of the vendor's api.php"
_BAD_KEY: Final = f"check the agency API key in {AGENCY_KEY_VARIABLE}"


class AgencyApi:
    """Builds requests with the key and judges answers. Its messages hold no key."""

    def __init__(self, endpoint: Endpoint, redactor: Redactor) -> None:
        self._url = endpoint.agency_api
        self._bound = origin_or_none(endpoint.agency_api)
        self._key = endpoint.agency_key
        self._bench = Bench(redactor, "the agency API", _NOT_THE_API, _BAD_KEY)

    def query(self, action: str, parameters: Mapping[str, str]) -> Request:
        """Build a GET. Its key is in the URL, as in every client; logs are filtered (`redaction`)."""
        return Request(action, "GET", self._url, query={**self._identity(action), **parameters}, bound=self._bound)

    def form(self, action: str, parameters: Mapping[str, str]) -> Request:
        """Build a POST with all in its form body, so that the key is in no URL or proxy log (`docs/portal.md` 1.1)."""
        return Request(action, "POST", self._url, form={**self._identity(action), **parameters}, bound=self._bound)

    def decoder(self, action: str) -> Callable[[Answer], Envelope]:
        """Return the decoder of answers to `action`. It raises `Unclear` or `Declined` unless they confirm."""
        return lambda answer: self._bench.judge(action, answer)

    def write(self, operation: Operation, message: Message) -> Request:
        """Return the request for a message, by the method of its operation."""
        build = self.query if operation.method == "GET" else self.form
        return build(operation.name, {name: str(value) for name, value in message.fields.items()})

    def write_decoder(self, operation: Operation) -> Callable[[Answer], Envelope]:
        """Return the decoder of answers to a write. Only an answer that is provably the API's own counts."""
        return lambda answer: self._bench.judge_write(operation, answer)

    def verdicts(self, action: str) -> Callable[[Answer], Verdict]:
        """Return the decoder of answers to a question, yes or no. For any other answer it raises as `decoder` does."""
        return lambda answer: self._bench.verdict(action, answer)

    def shown(self, value: object) -> str:
        """Return the portal's words as one line without any key."""
        return self._bench.shown(value)

    def _identity(self, action: str) -> dict[str, str]:
        return {"api_key": self._key.reveal(), "api_action": action, "api_output": "json"}
