"""The process behind `forks`: without threads, with everything imported, it forks one child for each program.

A program is a command here, and a worker of a run of tests in `forked_workers`. Two sockets wait for it, whose
numbers are the first arguments. Workers come over the first. Each sends one JSON request a line and gets a number: for
`{"start": {...}}` the child's process id, for `{"wait": pid}` its exit code, negative for a signal. The programs of
`forks.write_program` come over the second: each sends its arguments, folder and environment, and its three streams
themselves; it gets the exit code.
"""

import contextlib
import gc
import importlib
import io
import json
import marshal
import os
import pkgutil
import selectors
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

# Everything that a command may import on its way, and what builds models and tables when it first runs.
_PACKAGES: Final = ("agencyfile", "plan")
_LIBRARIES: Final = ("deepdiff", "dns.resolver", "jsonschema", "requests")
_EVERYTHING: Final = Path(__file__).parents[1] / "examples" / "everything" / "agency.yaml"
_PATIENCE: Final = 60.0  # seconds for a program to say what it runs
# The last one ends with errors, for it names variables. Its blocks of every kind have made every validator by then.
_WARMING: Final = (["init", "northwind"], ["validate"], ["fmt", "--check"], ["validate", "-f", str(_EVERYTHING)])


def serve(warm_up: Callable[[], None], run: Callable[[], None]) -> None:
    """Answer until standard input ends; each child calls `run`. The memory of what is imported is shared with them all.

    `warm_up` is called when somebody asks first: many runs of tests start no command.
    """
    sockets = [socket.socket(fileno=int(number)) for number in sys.argv[1:3]]
    with selectors.PollSelector() as waiting, sockets[0], sockets[1]:
        waiting.register(sys.stdin, selectors.EVENT_READ)
        entrances = (partial(_enter_worker, run), partial(_enter_program, run))
        for door, enter in zip(sockets, entrances, strict=True):
            waiting.register(door, selectors.EVENT_READ, partial(enter, door, waiting))
        _ignore_interrupts()
        ready = waiting.select()
        if all(key.fileobj is not sys.stdin for key, _ in ready):
            warm_up()
            gc.freeze()
            _ignore_interrupts()  # what was imported may have chosen otherwise
        while not any(key.fileobj is sys.stdin for key, _ in ready):
            for key, _ in ready:
                if waiting.get_map().get(key.fd) is key:  # one that came before it may have closed it
                    key.data()
            ready = waiting.select()


def _ignore_interrupts() -> None:
    """Go on until the last child has ended: Ctrl-C reaches every process of a terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _enter_worker(run: Callable[[], None], door: socket.socket, waiting: selectors.BaseSelector) -> None:
    worker, _ = door.accept()
    stream = worker.makefile("rw", encoding="utf-8")
    waiting.register(worker, selectors.EVENT_READ, partial(_answer, run, worker, stream, waiting))


def _answer(
    run: Callable[[], None], worker: socket.socket, stream: io.TextIOWrapper, waiting: selectors.BaseSelector
) -> None:
    """Answer a worker, which waits for it before it asks again."""
    line = stream.readline()
    if not line:
        waiting.unregister(worker)
        stream.close()
        worker.close()
        return
    request = json.loads(line)
    if "start" in request:
        number = os.fork()
        if number == 0:
            _become(run, request["start"])
    else:
        number = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
    stream.write(f"{number}\n")
    stream.flush()


def _enter_program(run: Callable[[], None], door: socket.socket, waiting: selectors.BaseSelector) -> None:
    """Fork the child of a program, and wait for the end of either."""
    call, _ = door.accept()
    call.settimeout(_PATIENCE)
    head, streams, _, _ = socket.recv_fds(call, 4, 3)
    job = _received(call, int.from_bytes(head, "big"))
    child = os.fork() if job else None
    if child == 0:
        call.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        _run(run, *marshal.loads(job))
    for stream in streams:
        os.close(stream)
    if child is None:  # somebody has ended the program before it had said all
        call.close()
        return
    ended = os.pidfd_open(child)
    waiting.register(call, selectors.EVENT_READ, partial(_terminate, child, call, waiting))
    waiting.register(ended, selectors.EVENT_READ, partial(_tell, child, ended, call, waiting))


def _received(call: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        received = call.recv(65536)
        if not received:
            return b""
        content += received
    return content


def _terminate(child: int, call: socket.socket, waiting: selectors.BaseSelector) -> None:
    """End the child of a program that somebody has ended."""
    waiting.unregister(call)
    os.kill(child, signal.SIGTERM)


def _tell(child: int, ended: int, call: socket.socket, waiting: selectors.BaseSelector) -> None:
    """Tell a program how its child ended."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for each in (ended, call):
        with contextlib.suppress(KeyError):
            waiting.unregister(each)
    os.close(ended)
    with call, contextlib.suppress(OSError):
        call.sendall(str(code if code >= 0 else 128 - code).encode())  # as a shell tells a signal


def _warm_up() -> None:
    for package in map(importlib.import_module, _PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    importlib.import_module("lean_jsonschema")  # as in every run of the product, which has no grammars for it
    for name in _LIBRARIES:
        importlib.import_module(name)
    run = importlib.import_module("agencyfile.cli.app").run
    silent = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for line in _WARMING:
            with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
                run(line)
    importlib.import_module("agencyfile.cli.document_check").mistakes_in({}, "plan")


def _become(run: Callable[[], None], job: Mapping[str, Any]) -> NoReturn:
    """Take the streams or the terminal that a request names, and run its command."""
    if job["terminal"]:
        os.setsid()  # so that the terminal that is opened first becomes its own, and Ctrl-C reaches it
        for descriptor in range(3):
            _connect(descriptor, job["terminal"], os.O_RDWR)
    else:
        _connect(0, job["stdin"], os.O_RDONLY)
        _connect(1, job["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        _connect(2, job["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    if job["program"]:
        importlib.import_module("agencyfile.fleet.child").PROGRAM[:] = [job["program"]]
    environment = {os.fsencode(name): os.fsencode(text) for name, text in job["environment"].items()}
    _run(run, job["arguments"], os.fsencode(job["folder"]), environment)


def _run(
    run: Callable[[], None], arguments: Sequence[str], folder: bytes, environment: Mapping[bytes, bytes]
) -> NoReturn:
    """Take the folder, the environment and the arguments of a program, run it, and end as it ends."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)  # the old one may hold requests of the parent
    os.chdir(folder)
    os.environ.clear()
    os.environb.update(environment)
    sys.argv = ["agencyfile", *arguments]
    code: object = 1
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)  # to take an interpreter down costs more than most commands


def _connect(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, descriptor)
    os.close(opened)


def _command() -> None:
    from agencyfile.cli.entry import main  # noqa: PLC0415

    main()


if __name__ == "__main__":
    serve(_warm_up, _command)
