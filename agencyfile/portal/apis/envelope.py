"""Answers of the agency API and of accounts' version 1: HTTP 200 and an envelope with the result (1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from agencyfile.kinds.faults import Declined, Unclear
from agencyfile.kinds.notes import words_of
from agencyfile.kinds.operation import Operation
from agencyfile.portal.apis.own_answers import check_fields
from agencyfile.portal.apis.wire import exact_object_of, object_of
from agencyfile.portal.http.transport import Answer
from agencyfile.redaction import Redactor

Envelope = Mapping[str, Any]

_OK: Final = 200
_REDIRECT: Final = 300
_CLIENT_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_SERVER_ERROR: Final = 500
_FORBIDDEN: Final = (401, 403)
# The vendor's lists answer a list without rows with a failure that says so (INF for the agency API).
_NOTHING: Final = "nothing is returned"
# Answers to a wrong key: the agency API's (docs/portal.md 1.1), and accounts' (from issues of the vendor's wrappers).
_BAD_KEY_WORDS: Final = ("api key", "not authorized")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A clear yes or no to a question, with the portal's redacted words. `fields` is not redacted: do not show it."""

    is_yes: bool
    words: str
    fields: Envelope = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bench:
    """Judges envelopes of one API, whose name is `api`. Its messages hold no key.

    `not_the_api` and `bad_key` are the fixes for those two cases.
    """

    redactor: Redactor
    api: str
    not_the_api: str
    bad_key: str

    def judge(self, action: str, answer: Answer) -> Envelope:
        """Return the envelope of a confirmation.

        Raises:
            Fault: the answer is anything else.
        """
        envelope = self._opened(action, answer)
        if _is_yes(envelope):
            return envelope
        words = self._words(envelope)
        raise Declined(f"{action}{words or ': no reason given'}", fix=self._fix_for(words))

    def judge_write(self, operation: Operation, answer: Answer) -> Envelope:
        """Return the envelope that confirms a write.

        Only an answer that is provably the API's own to this operation counts: HTTP 200 with its envelope, no field of
        another call's answer, and words with a refusal. A status, a page or half a body may come from a proxy that has
        passed the call on.

        Raises:
            Declined: the API said no, in its words.
            Unclear: it is anything else.
        """
        action, envelope = operation.name, exact_object_of(answer.body) if answer.status == _OK else None
        if envelope is None or not _has_code(envelope):
            raise foreign_answer(action, answer, self.api, self.not_the_api)
        check_fields(operation, envelope)
        if _is_yes(envelope):
            return envelope
        words = self._words(envelope)
        if not words:
            raise Unclear(f"{action}: {self.api} refused without a reason", fix=self.not_the_api)
        raise Declined(f"{action}{words}", fix=self._fix_for(words))

    def verdict(self, action: str, answer: Answer) -> Verdict:
        """Return the yes or no to a question.

        Raises:
            Fault: the answer is neither, or the key is not accepted.
        """
        envelope = self._opened(action, answer)
        words = self._words(envelope).removeprefix(": ")
        if not _is_yes(envelope) and self._fix_for(words):
            raise Declined(f"{action}: {words}", fix=self._fix_for(words))
        return Verdict(_is_yes(envelope), words, envelope)

    def shown(self, value: object) -> str:
        """Return the portal's words as one line without any key. They are cut last: half a key is still a secret."""
        return words_of(self.redactor.clean(str(value)))

    def _opened(self, action: str, answer: Answer) -> Envelope:
        """Return the envelope: HTTP 200, and a `result_code` of 1 or 0, as number or text (`docs/portal.md` 1.1)."""
        status = answer.status
        if status >= _SERVER_ERROR or status == _REQUEST_TIMEOUT:
            raise Unclear(f"{action}: the portal failed with HTTP {status}", fix="try again later")
        if _REDIRECT <= status < _CLIENT_ERROR:
            raise Unclear(f"{action}: the portal redirects elsewhere (HTTP {status})", fix=self.not_the_api)
        envelope = object_of(answer.body)
        if status >= _CLIENT_ERROR:
            fix = self.bad_key if status in _FORBIDDEN else self.not_the_api
            raise Declined(f"{action}: HTTP {status}{self._words(envelope)}", fix=fix)
        if envelope is None or not _has_code(envelope):
            raise Unclear(f"{action}: the answer is not one of {self.api}", fix=self.not_the_api)
        return envelope

    def _words(self, envelope: Envelope | None) -> str:
        if not envelope:
            return ""
        text = self.shown(envelope.get("result_message") or envelope.get("message") or "")
        return f": {text}" if text else ""

    def _fix_for(self, words: str) -> str:
        return self.bad_key if any(phrase in words.lower() for phrase in _BAD_KEY_WORDS) else ""


def is_empty_list(fault: Declined) -> bool:
    """Return whether the answer only says that a list has no rows."""
    return _NOTHING in str(fault).lower()


def foreign_answer(name: str, answer: Answer, api: str, fix: str) -> Unclear:
    """Return the fault for an answer to a write that is not provably the API's own."""
    return Unclear(
        f"{name}: HTTP {answer.status}, and the body is not an answer of {api}; a proxy may have sent it", fix=fix
    )


def _has_code(envelope: Envelope) -> bool:
    """Return whether the result code is there, as a number or a text: PHP and JSON disagree (`docs/portal.md` 1.1)."""
    code = envelope.get("result_code")
    return not isinstance(code, bool) and str(code) in ("0", "1")


def _is_yes(envelope: Envelope) -> bool:
    return str(envelope["result_code"]) == "1"
