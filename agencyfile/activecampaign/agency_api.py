"""The agency API: requests out, envelopes in (`portal.md` 1.1, 1.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from agencyfile.activecampaign.endpoint import AGENCY_KEY_VARIABLE, Endpoint
from agencyfile.activecampaign.faults import Declined, Unclear
from agencyfile.activecampaign.redaction import Redactor
from agencyfile.activecampaign.transport import Answer, Request
from agencyfile.activecampaign.wire import object_of, words_of

Envelope = Mapping[str, Any]

OK: Final = 200
_REDIRECT: Final = 300
_CLIENT_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_SERVER_ERROR: Final = 500
_NOT_THE_API: Final = "check portal.agency_api: it must be the URL of the vendor's api.php"
_BAD_KEY: Final = f"check the agency API key in {AGENCY_KEY_VARIABLE}"
# The vendor's account-level lists answer a list without rows with a failure that says so (INF for this API).
_NOTHING: Final = "nothing is returned"
_FORBIDDEN: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A clean yes or no to a question, with the portal's words, redacted; `fields` may hold more than may be shown."""

    is_yes: bool
    words: str
    fields: Envelope = field(repr=False)


class AgencyApi:
    """Builds requests with the key in them and judges answers; no message that leaves here holds the key."""

    def __init__(self, endpoint: Endpoint, redactor: Redactor) -> None:
        self._url = endpoint.agency_api
        self._key = endpoint.agency_key
        self._redactor = redactor

    def query(self, action: str, parameters: Mapping[str, str]) -> Request:
        """A GET: its key travels in the URL, as every client sends it; logs are filtered (`redaction`)."""
        return Request(action, "GET", self._url, query={**self._identity(action), **parameters})

    def form(self, action: str, parameters: Mapping[str, str]) -> Request:
        """A POST with everything in its form body, the key too: in no URL, no proxy log (`portal.md` 1.1)."""
        return Request(action, "POST", self._url, form={**self._identity(action), **parameters})

    def decoder(self, action: str) -> Callable[[Answer], Envelope]:
        """What judges the answers to `action`; it raises `Unclear` or `Declined` for all but a yes."""
        return lambda answer: self._judge(action, answer)

    def verdicts(self, action: str) -> Callable[[Answer], Verdict]:
        """What judges the answers to a question, to which no is an answer; it raises as `decoder` for all but those."""
        return lambda answer: self._verdict(action, answer)

    def shown(self, value: object) -> str:
        """The portal's words as one line without any key; redacted before it is cut: half a key is still a secret."""
        return words_of(self._redactor.clean(str(value)))

    def is_empty_list(self, fault: Declined) -> bool:
        """Does the portal only say that a list has no rows?"""
        return _NOTHING in str(fault).lower()

    def _identity(self, action: str) -> dict[str, str]:
        return {"api_key": self._key.reveal(), "api_action": action, "api_output": "json"}

    def _judge(self, action: str, answer: Answer) -> Envelope:
        envelope = self._envelope(action, answer)
        if _is_yes(envelope):
            return envelope
        words = self._words(envelope)
        raise Declined(f"{action}{words or ': no reason given'}", fix=_fix_for(words))

    def _verdict(self, action: str, answer: Answer) -> Verdict:
        envelope = self._envelope(action, answer)
        words = self._words(envelope).removeprefix(": ")
        if not _is_yes(envelope) and _fix_for(words):
            raise Declined(f"{action}: {words}", fix=_fix_for(words))
        return Verdict(_is_yes(envelope), words, envelope)

    def _envelope(self, action: str, answer: Answer) -> Envelope:
        """`result_code` is 1 or 0, as a number or as text, with HTTP 200 for both (`portal.md` 1.1)."""
        status = answer.status
        if status >= _SERVER_ERROR or status == _REQUEST_TIMEOUT:
            raise Unclear(f"{action}: the portal failed with HTTP {status}", fix="try again later")
        if _REDIRECT <= status < _CLIENT_ERROR:
            raise Unclear(f"{action}: the portal redirects elsewhere (HTTP {status})", fix=_NOT_THE_API)
        envelope = object_of(answer.body)
        if status >= _CLIENT_ERROR:
            fix = _BAD_KEY if status in _FORBIDDEN else _NOT_THE_API
            raise Declined(f"{action}: HTTP {status}{self._words(envelope)}", fix=fix)
        if envelope is None or str(envelope.get("result_code")) not in ("0", "1"):
            raise Unclear(f"{action}: the answer is not one of the agency API", fix=_NOT_THE_API)
        return envelope

    def _words(self, envelope: Envelope | None) -> str:
        if not envelope:
            return ""
        text = self.shown(envelope.get("result_message") or envelope.get("message") or "")
        return f": {text}" if text else ""


def _is_yes(envelope: Envelope) -> bool:
    return str(envelope["result_code"]) == "1"


def _fix_for(words: str) -> str:
    return _BAD_KEY if "api key" in words.lower() else ""
