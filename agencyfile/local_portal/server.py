"""The server: uvicorn over the APIs and the control API, in this thread or in one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from agencyfile.local_portal import account_v1, account_v3, catalogue
from agencyfile.local_portal.control import PREFIX, Control
from agencyfile.local_portal.database import open_database
from agencyfile.local_portal.delivery import BACKLOG, Connection
from agencyfile.local_portal.dispatcher import Exchange
from agencyfile.local_portal.errors import LocalPortalError
from agencyfile.local_portal.faults import load_faults
from agencyfile.local_portal.keys import load_keys
from agencyfile.local_portal.settings import RunningPortal, Settings

if TYPE_CHECKING:
    from starlette.requests import Request

    from agencyfile.local_portal.pages.site import Site

# Every method reaches the API, which knows itself which ones it takes.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
_PATIENCE = 1
ACCOUNTS = "/accounts/{account}"


class _Anything(PathConvertor):
    """The rest of a path, line ends among it: starlette's own ends at the first, and the API would not see the call."""

    regex = "(?s:.*)"


@dataclass(frozen=True, slots=True)
class _Hooks:
    """The signals of a server: it is up, and it has to stop."""

    is_ready: Callable[[RunningPortal], None]
    has_server: Callable[[uvicorn.Server], None]


class _Server(uvicorn.Server):
    """uvicorn without its own signals: those belong to whoever started the portal."""

    def __init__(self, config: uvicorn.Config, is_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._is_up = is_up

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._is_up()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An answer that a fault holds back for a minute must not hold back the end of the server.
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.drop_unfinished()
        await super().shutdown(sockets)


def serve(settings: Settings, *, ready: Callable[[Mapping[str, str]], None]) -> None:
    """Run a portal until SIGTERM or SIGINT; ``ready`` is called once with what the ready line says."""

    def stop_on_signals(server: uvicorn.Server) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, server)

    hooks = _Hooks(is_ready=lambda portal: ready(ready_line(portal)), has_server=stop_on_signals)
    asyncio.run(_run(settings, hooks))


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[RunningPortal]:
    """Run a portal in a thread of this process for as long as the block lasts."""
    thread = _PortalThread(settings)
    thread.start()
    try:
        yield thread.wait_until_ready()
    finally:
        thread.stop()


def ready_line(portal: RunningPortal) -> dict[str, str]:
    """Return the ready line: where the APIs are, and their keys."""
    return {
        "agency_api": portal.agency_api,
        "hub_api": portal.hub_api,
        "account_api": portal.account_api,
        "agency_key": portal.agency_key,
        "hub_key": portal.hub_key,
    }


class _PortalThread(threading.Thread):
    def __init__(self, settings: Settings) -> None:
        super().__init__(name="local-portal", daemon=True)
        self._settings = settings
        self._settled = threading.Event()
        self._portal: RunningPortal | None = None
        self._failure: BaseException | None = None
        self._server: uvicorn.Server | None = None

    def run(self) -> None:
        try:
            asyncio.run(_run(self._settings, _Hooks(self._now_ready, self._now_has_server)))
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits
            self._failure = error
        finally:
            self._settled.set()

    def wait_until_ready(self) -> RunningPortal:
        self._settled.wait()
        if self._portal is None:
            raise self._failure or LocalPortalError("The portal did not start.")
        return self._portal

    def stop(self) -> None:
        if self._server is not None:
            _stop(self._server)
        self.join()

    def _now_ready(self, portal: RunningPortal) -> None:
        self._portal = portal
        self._settled.set()

    def _now_has_server(self, server: uvicorn.Server) -> None:
        self._server = server


async def _run(settings: Settings, hooks: _Hooks) -> None:
    if settings.catalogue:
        catalogue.sell(settings.catalogue)
    listener = _listen(settings)
    with contextlib.closing(listener), contextlib.ExitStack() as stack:
        exchange = _make_exchange(settings)
        stack.callback(exchange.rows.close)
        portal = _describe(settings, listener, exchange)
        server = _Server(_configure(exchange), lambda: hooks.is_ready(portal))
        hooks.has_server(server)
        await server.serve([listener])


def _make_exchange(settings: Settings) -> Exchange:
    faults = load_faults(settings.faults)
    rows = open_database(settings.data)
    return Exchange(settings, load_keys(settings), rows, faults)


def _configure(exchange: Exchange) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(exchange),
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        # An access log would show the keys, which travel in URLs (docs/portal.md 1.1).
        access_log=False,
        log_config=None,
        # A mistake of the portal is said, with a traceback; a request that is no HTTP is a matter of its client.
        log_level="error",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_PATIENCE,
        backlog=BACKLOG,
    )


def make_app(exchange: Exchange) -> Starlette:
    """Return the application: the APIs, and the control API beside them."""
    control = Control(exchange)

    async def agency(request: Request) -> Response:
        return await exchange.respond("agency", request)

    async def hub(request: Request) -> Response:
        return await exchange.respond("hub", request)

    async def first(request: Request) -> Response:
        return await exchange.respond(account_v1.API, request)

    async def third(request: Request) -> Response:
        return await exchange.respond(account_v3.API, request)

    @cache
    def site() -> Site:
        from agencyfile.local_portal.pages.site import Site  # noqa: PLC0415 - who uses the APIs alone needs no page

        return Site(exchange)

    async def pages(request: Request) -> Response:
        if exchange.settings.control_key is not None:
            return Response(None, 404)  # a log-in without a password would show what the key protects
        return await site().respond(request)

    async def home(request: Request) -> Response:  # noqa: ARG001 - the shape of an endpoint
        return RedirectResponse(PREFIX)

    register_url_convertor("anything", _Anything())
    routes = [
        Route("/api.php", agency, methods=_METHODS),
        Route("/admin/api.php", agency, methods=_METHODS),
        Route("/api/{rest:anything}", hub, methods=_METHODS),
        Route(ACCOUNTS + "/api.php", first, methods=_METHODS),
        Route(ACCOUNTS + "/admin/api.php", first, methods=_METHODS),
        Route(ACCOUNTS + "/api/3/{rest:anything}", third, methods=_METHODS),
        Route(PREFIX + "{rest:path}", control.respond, methods=_METHODS),
        Route("/partner/{rest:path}", pages, methods=_METHODS),
        Route(ACCOUNTS + "/admin/{rest:path}", pages, methods=_METHODS),
        Route("/", home),
    ]
    return Starlette(routes=routes)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP, so that asyncio switches off Nagle's delay: a head and a body are two writes.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise LocalPortalError(f"The portal cannot listen on {settings.host}:{settings.port}: {error}") from error
    return listener


def _describe(settings: Settings, listener: socket.socket, exchange: Exchange) -> RunningPortal:
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{port}"
    return RunningPortal(url, f"{url}/api.php", url, exchange.keys.agency, exchange.keys.hub, url + ACCOUNTS)


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True
