"""The gate: the last look at a request before it is sent, where no path leads around it.

A key is bound to the one origin that it was given for. What counts is the *prepared* request and the connection that it
would be sent over, after every library has read the URL in its own way: both must lead to the origin that the key is
bound to. A request that is bound to nothing is not sent.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util import parse_url

from agencyfile.exchanges import Exchange, begun
from agencyfile.web_origin import WebOrigin, origin_or_none

# Hosts of accounts' own APIs (docs/portal.md 1.5 and section 3): an account's own name, and names that do not follow
# from it.
_NAMED_DOMAIN: Final = "activehosted.com"
_OTHER_DOMAIN: Final = "api-us1.com"
_ENDPOINT: Final = "/admin/api.php"
_BOUND: Final = "_agencyfile_bound_to"


class NotAdmitted(requests.exceptions.InvalidURL):
    """The request would have left for another place than its key is for; it was not sent."""


def account_api_of(answered: str, label: str, *, own: str, allowed: Collection[str]) -> str:
    """Return the base URL that the key of account `label` may be sent to, of the one that the portal `answered`.

    The answer decides nothing by itself. The key may go to the address that the settings give for this account (`own`,
    also where nothing was answered), to the account's own host at the vendor, to a host that the vendor names APIs
    by, and to a host that the environment allows (`allowed`, with the port where it is not that of https).

    Raises:
        NotAdmitted: it is none of these. The message repeats nothing of the answer but a host.
    """
    base = (answered or own).removesuffix("/").removesuffix(_ENDPOINT).removesuffix("/")
    if base == own.removesuffix("/"):
        return base
    if base.startswith("http://"):
        base = f"https://{base.removeprefix('http://')}"  # what this names in clear is reached by TLS or not at all
    origin = origin_or_none(base)
    if origin is None:
        raise NotAdmitted("the portal names no usable address for the key")
    if not (_is_of_account(origin, label) or _host_and_port(origin) in allowed):
        raise NotAdmitted(f"the portal names {origin} for the key of {label}, which is no known host of that account")
    return base


def _is_of_account(origin: WebOrigin, label: str) -> bool:
    name, _, domain = origin.host.partition(".")
    is_known = domain == _OTHER_DOMAIN or (domain == _NAMED_DOMAIN and name == label)
    return is_known and origin.scheme == "https" and origin.is_default_port


def _host_and_port(origin: WebOrigin) -> str:
    return origin.host if origin.is_default_port else f"{origin.host}:{origin.port}"


class BoundTo(AuthBase):
    """Binds a request to the origin that its key is for; given to requests as its `auth`."""

    def __init__(self, origin: WebOrigin | None) -> None:
        self.origin = origin

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        """Bind it. This also keeps a .netrc of the machine from having a say."""
        setattr(prepared, _BOUND, self.origin)
        return prepared


class Gate(HTTPAdapter):
    """The adapter of every session that sends a key. Whoever watches exchanges is told of each request."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request. Its answer is watched as it is read."""
        exchanges = begun(request)
        try:
            response = super().send(request, *args, **kwargs)
        except BaseException as error:
            for exchange in exchanges:
                exchange.ended(error)
            raise
        if exchanges:
            for exchange in exchanges:
                exchange.answered(response)
            raw: Any = response.raw
            raw.stream = _watched(raw.stream, exchanges)
        return response

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - as in requests
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> HTTPConnectionPool:
        """The connection that `request` is about to be sent over.

        Raises:
            NotAdmitted: it leads elsewhere than the key of the request may go.
        """
        bound: WebOrigin | None = getattr(request, _BOUND, None)
        _check(bound, _prepared_origin(request.url or ""))
        pool = cast(HTTPConnectionPool, super().get_connection_with_tls_context(request, verify, proxies, cert))
        _check(bound, _origin(pool.scheme, pool.host, pool.port))
        return pool


def make_session(kind: type[Gate] = Gate, **adapter: Any) -> requests.Session:
    """A session that sends nothing but what passes the gate; `adapter` are arguments of `HTTPAdapter`."""
    session = requests.Session()
    gate = kind(**adapter)
    session.adapters.clear()
    session.mount("https://", gate)
    session.mount("http://", gate)
    return session


def _watched(stream: Callable[..., Iterator[bytes]], exchanges: Sequence[Exchange]) -> Callable[..., Iterator[bytes]]:
    """Return `stream` of an answer's body such that `exchanges` see each piece, and the end."""

    def watched(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        failure: BaseException | None = None
        try:
            for piece in stream(*args, **kwargs):
                for exchange in exchanges:
                    exchange.took(piece)
                yield piece
        except BaseException as error:
            failure = error
            raise
        finally:
            for exchange in exchanges:
                exchange.ended(failure)

    return watched


def _check(bound: WebOrigin | None, found: WebOrigin | None) -> None:
    if bound is None or found != bound:
        meant = bound or "no address that can be used"
        raise NotAdmitted(f"the request would leave for {found or 'no known host'}, and its key is for {meant}")
    if bound.is_clear:
        raise NotAdmitted(f"{bound} is not https: the key would travel in clear")


def _prepared_origin(url: str) -> WebOrigin | None:
    parts = parse_url(url)
    return _origin(parts.scheme, parts.host, parts.port)


def _origin(scheme: str | None, host: str | None, port: int | None) -> WebOrigin | None:
    if scheme not in ("http", "https") or not host:
        return None
    return WebOrigin(scheme, host.strip("[]"), port or (443 if scheme == "https" else 80))
