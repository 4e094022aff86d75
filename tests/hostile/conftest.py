"""A rehearsal whose portal is reached over a hostile proxy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile_proxy import HOST, HostileProxy, Rule, hostile, make_certificate
from rehearsal import Rehearsal


@pytest.fixture
def over(rehearsal: Rehearsal, tmp_path: Path) -> Callable[..., object]:
    """Open a proxy and lead every later command over it.

    `direct` is a middlebox that nobody knows of, `tls` one that ends TLS, `tunnel` the `HTTPS_PROXY` that does. Over
    plain HTTP no key goes to a proxy at all.
    """

    @contextmanager
    def opened(*rules: Rule, mode: str = "direct") -> Iterator[HostileProxy]:
        before = dict(rehearsal.environment)
        context, certificate = make_certificate(tmp_path, HOST) if mode in ("tls", "tunnel") else (None, None)
        with hostile(rehearsal.portal.url, *rules, tls=context) as proxy:
            scheme = "http" if context is None else "https"
            place = f"{scheme}://{HOST}" if mode == "tunnel" else proxy.url.replace("http", scheme, 1)
            for name, value in before.items():
                rehearsal.environment[name] = value.replace(rehearsal.portal.url, place)
            if mode == "tunnel":
                rehearsal.environment |= {"HTTP_PROXY": proxy.url, "HTTPS_PROXY": proxy.url}
            if certificate:
                rehearsal.environment["REQUESTS_CA_BUNDLE"] = str(certificate)
            try:
                yield proxy
            finally:
                rehearsal.environment.clear()
                rehearsal.environment.update(before)

    return opened
