"""Answers of the REST APIs, the Partners Hub's and accounts': the HTTP status is the result (1.8, 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.kinds.faults import Declined, Unclear
from agencyfile.kinds.notes import words_of
from agencyfile.kinds.operation import Api, Operation
from agencyfile.portal.apis.envelope import foreign_answer
from agencyfile.portal.apis.own_answers import check_fields
from agencyfile.portal.apis.wire import exact_object_of, object_of
from agencyfile.portal.http.transport import Answer
from agencyfile.redaction import Redactor

_REDIRECT: Final = 300
_CLIENT_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_SERVER_ERROR: Final = 500
_UNAUTHORIZED: Final = 401
_UNAUTHORIZED_BODY: Final = {"error": "Unauthorized", "message": "Invalid credentials"}  # docs/portal.md 1.8
_FORBIDDEN: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class RestBench:
    """Judges answers of one API, whose name is `api`. Its messages hold no key."""

    redactor: Redactor
    api: str
    not_the_api: str
    bad_key: str

    def accepted(self, name: str, answer: Answer) -> Answer:
        """Return the answer, if it confirms.

        Raises:
            Fault: it does not.
        """
        status = answer.status
        if status < _REDIRECT:
            return answer
        if _CLIENT_ERROR <= status < _SERVER_ERROR and status != _REQUEST_TIMEOUT:
            fix = self.bad_key if status in _FORBIDDEN else ""
            raise Declined(f"{name}: HTTP {status}{self._words(answer)}", fix=fix)
        if status < _CLIENT_ERROR:
            raise Unclear(f"{name}: {self.api} redirects elsewhere (HTTP {status})", fix=self.not_the_api)
        raise Unclear(f"{name}: {self.api} failed with HTTP {status}", fix="try again later")

    def document(self, name: str, answer: Answer) -> Mapping[str, Any]:
        """Return the JSON object of a confirmation.

        Raises:
            Fault: the answer does not confirm, or holds none.
        """
        document = object_of(self.accepted(name, answer).body)
        if document is None:
            raise Unclear(f"{name}: the answer is not one of {self.api}", fix=self.not_the_api)
        return document

    def judge_write(self, operation: Operation, answer: Answer) -> Mapping[str, Any]:
        """Return the document that confirms a write; empty if the confirmation has no body.

        Only an answer that is provably the API's own counts: the documented status with the documented shape. Any other
        status, a page or half a body may come from a proxy that has passed the call on.

        Raises:
            Declined: the API said no, in its documented form.
            Unclear: it is anything else.
        """
        name, status = operation.name, answer.status
        document = exact_object_of(answer.body) if answer.body.strip() else {}
        if document is not None and status == operation.done and _is_done(operation, document):
            check_fields(operation, document)
            return document
        if document is not None and status in operation.refused and _is_documented_error(document, status):
            raise Declined(
                f"{name}: HTTP {status}{self._words(answer)}", fix=self.bad_key if status in _FORBIDDEN else ""
            )
        raise foreign_answer(name, answer, self.api, self.not_the_api)

    def _words(self, answer: Answer) -> str:
        document = object_of(answer.body) or {}
        violations = (*_violations(document.get("violations")), *_errors(document.get("errors")))
        texts = violations or tuple(
            str(document[key]) for key in ("title", "error", "detail", "message") if document.get(key)
        )
        return f": {words_of(self.redactor.clean('; '.join(dict.fromkeys(texts))))}" if texts else ""


def is_error_document(document: Mapping[str, Any], status: int) -> bool:
    """Return whether it is the hub's `ApiErrorResponse`, which repeats the HTTP status (`docs/portal.md` 1.8)."""
    texts = all(isinstance(document.get(key), str) for key in ("type", "title", "detail"))
    return texts and document.get("status") == status


def _is_documented_error(document: Mapping[str, Any], status: int) -> bool:
    """Return whether it is an error of the hub (two shapes), or of an account's version 3: `errors`, or a `message`.

    The hub's 401 must have exactly the words of its description, because any gateway could send `error` and `message`.
    """
    if status == _UNAUTHORIZED and document == _UNAUTHORIZED_BODY:
        return True
    is_account_error = isinstance(document.get("errors"), list) or set(document) == {"message"}
    return is_error_document(document, status) or is_account_error


def _is_done(operation: Operation, document: Mapping[str, Any]) -> bool:
    """Return whether a write is done. The hub documents no body (`docs/portal.md` 1.8); others show the object."""
    return operation.shows in document or (operation.api is Api.HUB and not document)


def _violations(value: object) -> Iterator[str]:
    """Yield the hub's violations, from a list or a map (`ApiErrorResponse` of the vendor's description)."""
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in items:
        if isinstance(item, Mapping):
            yield f"{item.get('propertyPath', '')}: {item.get('title', '')}".removeprefix(": ")


def _errors(value: object) -> Iterator[str]:
    """Yield an account's errors: each has a title and a pointer. `docs/portal.md` 1.1 documents only the 422."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            source = item.get("source")
            pointer = str(source.get("pointer", "")) if isinstance(source, Mapping) else ""
            yield f"{pointer.rpartition('/')[2]}: {item.get('title', '')}".removeprefix(": ")
