"""Removal of keys from the logs of the HTTP libraries."""

import logging
from collections.abc import Iterator
from types import TracebackType

from agencyfile.redaction import Redactor

_LOGGERS = ("urllib3", "requests", "charset_normalizer")


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
