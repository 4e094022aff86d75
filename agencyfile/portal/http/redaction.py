"""Removal of keys from every text: the agency API has its key in URLs and answers (`docs/portal.md` 1.1)."""

import base64
import json
import logging
from collections.abc import Iterable, Iterator
from threading import Lock
from types import TracebackType
from urllib.parse import quote, quote_plus

from plan.values import SENSITIVE, Secret

_LOGGERS = ("urllib3", "requests", "charset_normalizer")


class Redactor:
    """Removes the keys from texts, in every form in which they are sent."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._forms: tuple[str, ...] = ()
        self._lock = Lock()
        self.add(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"

    def add(self, *secrets: Secret) -> None:
        """Add secrets, for example a login that was just created."""
        forms = {form for secret in secrets for form in _forms(secret.reveal()) if form}
        with self._lock:
            # The longest first, so that no form leaves the rest of a longer one behind.
            self._forms = tuple(sorted({*self._forms, *forms}, key=lambda form: (-len(form), form)))

    def clean(self, text: str) -> str:
        """Return `text` without any key."""
        for form in self._forms:
            text = text.replace(form, SENSITIVE)
        return text


class LogGuard:
    """Keeps keys out of the logs of the HTTP libraries, at every level, until the block ends.

    The filter of a logger does not see the records of its child loggers, so each existing one gets the filter.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._filter = _LogFilter(redactor)
        self._loggers = tuple(_library_loggers())
        for logger in self._loggers:
            logger.addFilter(self._filter)

    def close(self) -> None:
        """Stop filtering."""
        for logger in self._loggers:
            logger.removeFilter(self._filter)


class _LogFilter(logging.Filter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._redactor.clean(record.getMessage())
        record.args = ()
        record.exc_text = self._redactor.clean(_traceback_text(record.exc_info)) or None
        record.exc_info = None
        return True


def _traceback_text(
    failure: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None,
) -> str:
    return logging.Formatter().formatException(failure) if failure and failure[0] else ""


def _library_loggers() -> Iterator[logging.Logger]:
    for name in sorted(logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in _LOGGERS:
            yield logging.getLogger(name)


def _forms(text: str) -> Iterator[str]:
    yield text
    yield quote(text)
    yield quote(text, safe="")
    yield quote_plus(text)
    yield json.dumps(text)[1:-1]
    yield repr(text)[1:-1]
    yield base64.b64encode(text.encode()).decode()
