"""One examination of a portal, in a bounded time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Timer
from typing import Any, Final

from agencyfile.kinds.faults import NotSent
from agencyfile.portal.connection import Connection
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.examination.accounts import examine_account
from agencyfile.portal.examination.agency import examine_agency
from agencyfile.portal.examination.asking import NOT_ASKED, Asker, Clock, Reach, Told
from agencyfile.portal.examination.hub import examine_hub
from agencyfile.portal.examination.result import Examination, Pages
from agencyfile.portal.http.rate_limit import RateLimit

_PATIENCE: Final = 10.0  # seconds for one answer, or a quarter of all, so that one slow API leaves time for others
_CONNECT: Final = 5.0
_AT_ONCE: Final = 8  # accounts


def impatient(endpoint: Endpoint, seconds: float) -> Endpoint:
    """Return the same endpoint for an examination of so many seconds: no answer may take long."""
    patience = _patience(seconds)
    limits = replace(endpoint.limits, answer_seconds=patience)
    return replace(endpoint, timeout=(min(_CONNECT, patience), patience), limits=limits)


def examine(connection: Connection, seconds: float) -> Examination:
    """Ask what each key opens, and what settles questions; each question once. Afterwards the connection is closed.

    After `seconds`, requests under way are ended and the rest is not asked.
    """
    return _Examiner(connection, _patience(seconds)).run(seconds)


def _patience(seconds: float) -> float:
    return min(_PATIENCE, seconds / 4)


class _Examiner:
    def __init__(self, connection: Connection, patience: float) -> None:
        self._connection = connection
        self._patience = patience
        self._clock = Clock()
        self._is_over = Event()
        self._limits: list[RateLimit] = []
        self._askers: list[Asker] = []

    def run(self, seconds: float) -> Examination:
        with self._ended_after(seconds):
            agency, hub = self._asker(), self._asker()
            pages, names = self._agency(agency)
            self._hub(hub, names)
            accounts = self._accounts()
        return Examination(
            agency=agency.first,
            hub=hub.first,
            accounts=accounts,
            pages=pages,
            clock=self._clock.difference,
            requests=sum(asker.requests for asker in self._askers),
        )

    @contextmanager
    def _ended_after(self, seconds: float) -> Iterator[None]:
        timer = Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self._is_over.set()
        for limit in tuple(self._limits):
            limit.close()
        self._connection.abort()

    def _asker(self) -> Asker:
        """Return an asker with a rate limit of its own: a long pause of one host delays no other."""
        limit = RateLimit(self._connection.endpoint.rate_limit)
        self._limits.append(limit)
        if self._is_over.is_set():
            limit.close()
        asker = Asker(self._connection.transport(limit), self._patience, self._clock, self._is_over)
        self._askers.append(asker)
        return asker

    def _agency(self, asker: Asker) -> tuple[Pages, tuple[str, ...]]:
        connection = self._connection
        if not connection.endpoint.agency_key.reveal():
            return Pages(), ()
        return examine_agency(connection.agency, connection.lists(), asker, connection.observations)

    def _hub(self, asker: Asker, names: tuple[str, ...]) -> None:
        connection = self._connection
        if connection.hub.has_key:
            lists, hub_lists = connection.lists(), connection.hub_lists()
            examine_hub(connection.hub, lists, hub_lists, asker, names)

    def _accounts(self) -> dict[str, Told[Any]]:
        names = sorted(self._connection.endpoint.account_urls.keys() & self._connection.endpoint.account_keys.keys())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                return dict(zip(names, pool.map(self._account, names), strict=True))
            except BaseException:  # a Ctrl-C: the pool waits for its threads, and they for answers
                self._end()
                raise

    def _account(self, name: str) -> Told[Any]:
        if self._is_over.is_set():
            return NOT_ASKED
        try:
            api = self._connection.accounts.declared(name)
        except NotSent as fault:
            return Told(Reach.NOT_ASKED, words=str(fault), fix=fault.fix)
        return examine_account(api, self._asker(), self._asker(), self._connection.observations)
