"""The server: uvicorn over one stand-in, in this thread or in one of its own."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette

from agencyfile.local_sources import adminconsult, adminpulse
from agencyfile.local_sources.settings import Running, Settings
from agencyfile.local_sources.world import World

_PATIENCE = 1
SYSTEMS = {"adminconsult": adminconsult, "adminpulse": adminpulse}


class _Server(uvicorn.Server):
    """uvicorn without its own signals: those belong to whoever started the stand-in."""

    def __init__(self, config: uvicorn.Config, is_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._is_up = is_up

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._is_up()


def serve(settings: Settings, *, ready: Callable[[dict[str, str]], None]) -> None:
    """Run a stand-in until SIGTERM or SIGINT; `ready` is called once with its address and key."""

    async def run() -> None:
        listener = _listen(settings)
        world = World(settings)
        where = _where(settings, listener, world)
        server = _server(world, lambda: ready({"url": where.url, "key": where.key, **where.more}))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, server)
        await server.serve([listener])

    asyncio.run(run())


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[tuple[Running, World]]:
    """Run a stand-in in a thread of this process for as long as the block lasts."""
    listener = _listen(settings)
    world = World(settings)
    is_up = threading.Event()
    server = _server(world, is_up.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    is_up.wait()
    try:
        yield _where(settings, listener, world), world
    finally:
        _stop(server)
        thread.join()
        listener.close()


def _server(world: World, is_up: Callable[[], None]) -> _Server:
    app = Starlette(routes=SYSTEMS[world.settings.system].routes(world))
    config = uvicorn.Config(
        app,
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,  # it would show the key, which stands in a path
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    return _Server(config, is_up)


def _listen(settings: Settings) -> socket.socket:
    # Named as TCP, so that asyncio switches off Nagle's delay: a head and a body are two writes.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    listener.listen()
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener


def _where(settings: Settings, listener: socket.socket, world: World) -> Running:
    url = f"http://{settings.host}:{listener.getsockname()[1]}"
    return Running(url, world.key, SYSTEMS[settings.system].more(url))


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True
