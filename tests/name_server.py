"""A real DNS server on this machine."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(records: Mapping[str, str]) -> Iterator[str]:
    """A real DNS server on this machine, with these CNAME records; every other name does not exist."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve_names, args=(server, records), daemon=True)
        thread.start()
        host, port = server.getsockname()
        yield f"{host}:{port}"
        server.sendto(b"", (host, port))
        thread.join(timeout=600)


def _serve_names(server: socket.socket, records: Mapping[str, str]) -> None:
    while True:
        wire, peer = server.recvfrom(4096)
        if not wire:
            return
        answer = dns.message.make_response(dns.message.from_wire(wire))
        answer.flags |= dns.flags.RA
        name = answer.question[0].name
        target = records.get(name.to_text(omit_final_dot=True).lower())
        if target is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif target:
            answer.answer.append(dns.rrset.from_text(name, 300, "IN", "CNAME", target))
        server.sendto(answer.to_wire(), peer)
