"""The Partners Hub API: requests out, documents in (`portal.md` 1.8)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from agencyfile.activecampaign.endpoint import HUB_KEY_VARIABLE, Endpoint
from agencyfile.activecampaign.faults import Declined, NotSent, Unclear
from agencyfile.activecampaign.redaction import Redactor
from agencyfile.activecampaign.transport import Answer, Request
from agencyfile.activecampaign.wire import object_of, words_of

SNAPSHOTS: Final = "api/child-account-snapshots/v1/"
SOURCES: Final = "api/child-accounts/v1/snapshots"
CHILD_ACCOUNTS: Final = "api/child-accounts/v1/"
CLONINGS: Final = "api/child-account-snapshots/v1/status"

_REDIRECT: Final = 300
_CLIENT_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_SERVER_ERROR: Final = 500
_FORBIDDEN: Final = (401, 403)
_NOT_THE_API: Final = "check portal.hub_api: it must be the base URL of the Partners Hub API"
_BAD_KEY: Final = f"check the Partners Hub key in {HUB_KEY_VARIABLE}"


class HubApi:
    """Builds requests with the key in a header and judges answers."""

    def __init__(self, endpoint: Endpoint, redactor: Redactor) -> None:
        self._url = endpoint.hub_api.rstrip("/")
        self._key = endpoint.hub_key
        self._redactor = redactor

    @property
    def has_key(self) -> bool:
        """Can the hub be asked at all?"""
        return self._key is not None

    def query(self, name: str, path: str, parameters: Mapping[str, str]) -> Request:
        """A GET.

        Raises:
            NotSent: there is no key.
        """
        return Request(name, "GET", f"{self._url}/{path}", query=parameters, headers=self._identity(name))

    def document(self, name: str, path: str, document: Mapping[str, object]) -> Request:
        """A POST of JSON.

        Raises:
            NotSent: there is no key.
        """
        return Request(name, "POST", f"{self._url}/{path}", document=document, headers=self._identity(name))

    def decoder(self, name: str) -> Callable[[Answer], Mapping[str, Any]]:
        """What judges answers that must hold a JSON object; it raises `Unclear` or `Declined` for all but a yes."""
        return lambda answer: self._document_of(name, self._accepted(name, answer))

    def acceptance(self, name: str) -> Callable[[Answer], None]:
        """What judges answers to creations: 200 or 201 without a body; some other page is not the hub's yes."""

        def judge(answer: Answer) -> None:
            if self._accepted(name, answer).body.strip() and object_of(answer.body) is None:
                raise Unclear(f"{name}: the answer is not one of the Partners Hub API", fix=_NOT_THE_API)

        return judge

    def _identity(self, name: str) -> dict[str, str]:
        if self._key is None:
            raise NotSent(f"{name} needs the Partners Hub key", fix=f"set {HUB_KEY_VARIABLE}")
        return {"api-key": self._key.reveal()}

    def _accepted(self, name: str, answer: Answer) -> Answer:
        status = answer.status
        if status < _REDIRECT:
            return answer
        if _CLIENT_ERROR <= status < _SERVER_ERROR and status != _REQUEST_TIMEOUT:
            fix = _BAD_KEY if status in _FORBIDDEN else ""
            raise Declined(f"{name}: HTTP {status}{self._words(answer)}", fix=fix)
        if status < _CLIENT_ERROR:
            raise Unclear(f"{name}: the hub redirects elsewhere (HTTP {status})", fix=_NOT_THE_API)
        raise Unclear(f"{name}: the hub failed with HTTP {status}", fix="try again later")

    def _document_of(self, name: str, answer: Answer) -> Mapping[str, Any]:
        document = object_of(answer.body)
        if document is None:
            raise Unclear(f"{name}: the answer is not one of the Partners Hub API", fix=_NOT_THE_API)
        return document

    def _words(self, answer: Answer) -> str:
        document = object_of(answer.body) or {}
        violations = tuple(_violations(document.get("violations")))
        texts = violations or tuple(
            str(document[key]) for key in ("title", "error", "detail", "message") if document.get(key)
        )
        return f": {words_of(self._redactor.clean('; '.join(dict.fromkeys(texts))))}" if texts else ""


def _violations(value: object) -> Iterator[str]:
    """A list of violations, or a map of them (`ApiErrorResponse` of the vendor's description)."""
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in items:
        if isinstance(item, Mapping):
            yield f"{item.get('propertyPath', '')}: {item.get('title', '')}".removeprefix(": ")
