"""A proxy that does what it likes between agencyfile and the local portal, and counts the bytes of every request.

It stands in for the portal itself, for a forward proxy (`HTTP_PROXY`), and for a proxy that is asked for tunnels
(`HTTPS_PROXY`), whose TLS it ends. Whatever host it is asked for, it forwards to the one portal it was made with.
"""

import contextlib
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

HOST = "portal.example"  # no proxy is asked for this machine, so that the portal has another name behind one


@dataclass(frozen=True)
class Seen:
    """One request that arrived whole."""

    method: str
    target: str
    head: bytes
    body: bytes

    @property
    def action(self) -> str:
        """The action of the agency API or of an account, or the path of the hub."""
        words = dict(parse_qsl(urlsplit(self.target).query)) | dict(parse_qsl(self.body.decode("utf-8", "replace")))
        return words.get("api_action") or f"{self.method} {urlsplit(self.target).path}"


Reply = Callable[[bytes], bytes | None]


@dataclass(frozen=True)
class Rule:
    """What happens to requests whose action holds `action`: the first rule that fits counts, `times` times.

    `reply` is given the portal's answer (empty where nothing was forwarded) and returns what is sent; None drops the
    connection. `drip` sends a byte each so many seconds. `repeat` forwards the request so often.
    """

    action: str
    reply: Reply = lambda answer: answer
    forward: bool = True
    times: int = 1
    drip: float = 0.0
    repeat: int = 1


@dataclass
class Cut:
    """Where a connection is cut, for every one: see `HostileProxy.cut`."""

    at: str = ""
    after: int = 0


@dataclass
class HostileProxy:
    """A running proxy. `seen` are the requests that arrived whole, `received` the bytes of requests, whole or not."""

    url: str
    target: tuple[str, int]
    tls: ssl.SSLContext | None
    rules: list[Rule] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    received: int = 0
    cut: Cut = field(default_factory=Cut)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def rule_for(self, seen: Seen) -> Rule | None:
        """Take the rule that fits."""
        with self.lock:
            self.seen.append(seen)
            for place, rule in enumerate(self.rules):
                if rule.action in seen.action:
                    left = rule.times - 1
                    self.rules[place : place + 1] = [Rule(**{**vars(rule), "times": left})] if left else []
                    return rule
        return None

    def sent(self, action: str) -> int:
        """How many whole requests of that action arrived."""
        return sum(action in seen.action for seen in self.seen)

    def forward(self, seen: Seen) -> bytes:
        """The portal's answer, head and body."""
        parts = urlsplit(seen.target)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [line for line in seen.head.split(b"\r\n")[1:] if line and not line.lower().startswith(_HOP)]
        host = f"Host: {self.target[0]}:{self.target[1]}".encode()
        head = b"\r\n".join([f"{seen.method} {path} HTTP/1.1".encode(), host, *lines, b"Connection: close", b"", b""])
        with socket.create_connection(self.target, timeout=600) as portal:
            portal.sendall(head + seen.body)
            pieces = []
            while piece := portal.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


_HOP = (b"host:", b"connection:", b"proxy-")


def answer(status: int, body: bytes = b"", **headers: str) -> Reply:
    """A reply that has nothing to do with what the portal said."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def raw(text: bytes) -> Reply:
    """A reply byte for byte."""
    return lambda _: text


def drop(_: bytes) -> None:
    """No reply: the connection ends."""
    return


@contextmanager
def hostile(target: str, *rules: Rule, tls: ssl.SSLContext | None = None) -> Iterator[HostileProxy]:
    """Run a proxy in front of the portal at that URL."""
    parts = urlsplit(target)
    proxy = HostileProxy("", (parts.hostname or "", parts.port or 0), tls, list(rules))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _serve(proxy, self.request)
            _drain(proxy, self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield proxy
        finally:
            server.shutdown()


def make_certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context and the file that a client trusts it by."""
    key, certificate = folder / "tls.key", folder / "tls.crt"
    alternatives = ",".join([*(f"DNS:{name}" for name in names), "IP:127.0.0.1"])
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName={alternatives}"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def _serve(proxy: HostileProxy, line: socket.socket) -> None:
    """Serve one connection: a tunnel where one is asked for, TLS where there is any, then requests one by one."""
    if proxy.cut.at == "accept":
        return
    first = line.recv(1, socket.MSG_PEEK)
    if proxy.tls and first != b"\x16":  # no TLS yet: a tunnel is asked for
        _read_head(line)
        if proxy.cut.at == "connect":
            return
        if proxy.cut.at == "refuse":
            line.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    if proxy.tls:
        if proxy.cut.at == "handshake":
            line.recv(proxy.cut.after or 1)
            return
        line = proxy.tls.wrap_socket(line, server_side=True)
    with line:
        while (seen := _read_request(proxy, line)) is not None and _reply(proxy, line, seen):
            pass


def _reply(proxy: HostileProxy, line: socket.socket, seen: Seen) -> bool:
    rule = proxy.rule_for(seen) or Rule("")
    told = b""
    for _ in range(rule.repeat if rule.forward else 0):
        told = proxy.forward(seen)
    text = rule.reply(told)
    if text is None or proxy.cut.at == "answer":
        line.sendall(told[: proxy.cut.after] if proxy.cut.at == "answer" else b"")
        return False
    for piece in (text[place : place + 1] for place in range(len(text))) if rule.drip else (text,):
        line.sendall(piece)
        time.sleep(rule.drip)
    return _stays_open(text)


def _stays_open(text: bytes) -> bool:
    """Say whether the connection stays: an answer without a head is over when it ends; no answer at all is silence."""
    head = text.lower().partition(b"\r\n\r\n")[0]
    return not text or (head.startswith(b"http/1.") and b"\r\nconnection: close" not in head)


def _read_request(proxy: HostileProxy, line: socket.socket) -> Seen | None:
    head, rest = _read_head(line, proxy)
    if not head:
        return None
    length = next((int(row[15:]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")), 0)
    while len(rest) < length:
        piece = _receive(proxy, line)
        if not piece:
            return None
        rest += piece
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ", 2)
    return Seen(method, target, head, rest)


def _read_head(line: socket.socket, proxy: HostileProxy | None = None) -> tuple[bytes, bytes]:
    text = b""
    while b"\r\n\r\n" not in text:
        piece = _receive(proxy, line)
        if not piece:
            return b"", b""
        text += piece
    head, _, rest = text.partition(b"\r\n\r\n")
    return head, rest


def _receive(proxy: HostileProxy | None, line: socket.socket) -> bytes:
    """Receive, count, and cut where that is asked for: what arrived before the cut is counted."""
    if proxy is None:
        return line.recv(65536)
    is_cut = proxy.cut.at == "request"
    if is_cut and not proxy.cut.after:
        return b""
    piece = line.recv(proxy.cut.after if is_cut else 65536)
    with proxy.lock:
        proxy.received += len(piece)
    return b"" if is_cut else piece


def _drain(proxy: HostileProxy, line: socket.socket) -> None:
    """Count what else has arrived on a plain connection that is about to be cut."""
    if proxy.tls is None and proxy.cut.at:
        with contextlib.suppress(OSError):
            line.settimeout(0.005)
            while piece := line.recv(65536):
                proxy.received += len(piece)


def actions(seen: Sequence[Seen]) -> list[str]:
    """The actions of requests, in order."""
    return [item.action for item in seen]
