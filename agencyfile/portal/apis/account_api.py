"""The accounts' own APIs, one for each account, in both versions (`docs/portal.md` section 3).

Version 1 has templates, version 3 has brandings. The host does not follow from the account's name, so it is
declared with the key. Without a key, the login of a new account opens version 1 in the run that created it, if the
settings allow that.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from agencyfile.kinds.faults import NotSent
from agencyfile.kinds.operation import Api, Message, Operation
from agencyfile.portal.apis.envelope import Bench, Envelope
from agencyfile.portal.apis.rest import RestBench
from agencyfile.portal.apis.wire import is_text
from agencyfile.portal.endpoint import ACCOUNT_PLACE, Endpoint
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.redaction import Redactor
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Answer, Request, Transport
from agencyfile.web_origin import origin_or_none
from plan.call import Credential
from plan.values import Secret

Form = Mapping[str, str | Sequence[str]]

_NAME: Final = "the account's own API"
_NOT_THE_API: Final = "check the account's api.url: it must be the base URL of its own API"
_BAD_KEY: Final = "check the account's api.key"


@dataclass(frozen=True, slots=True)
class _Login:
    username: str
    digest: Secret = field(repr=False)  # of the password, as the vendor's wrapper sends it


class AccountApi:
    """The API of one account: builds requests and judges answers. Its messages hold no key."""

    def __init__(self, url: str, access: Secret | _Login, redactor: Redactor, sending: Sending) -> None:
        self._url = url.rstrip("/")
        self._bound = origin_or_none(self._url)
        self._access = access
        self._envelopes = Bench(redactor, _NAME, _NOT_THE_API, _BAD_KEY)
        self._documents = RestBench(redactor, _NAME, _NOT_THE_API, _BAD_KEY)
        self.sending = sending

    def query(self, action: str, parameters: Mapping[str, str]) -> Request:
        """Build a GET of version 1. Its key is in the URL, as in every client; logs are filtered (`redaction`)."""
        return Request(action, "GET", self._v1, query={**self._identity(action), **parameters}, bound=self._bound)

    def form(self, action: str, parameters: Form) -> Request:
        """Build a POST of version 1 with everything in its form body, the key too."""
        return Request(action, "POST", self._v1, form={**self._identity(action), **parameters}, bound=self._bound)

    def decoder(self, action: str) -> Callable[[Answer], Envelope]:
        """Return the decoder of answers of version 1. It raises `Unclear` or `Declined` unless they confirm."""
        return lambda answer: self._envelopes.judge(action, answer)

    def write(self, operation: Operation, message: Message) -> Request:
        """Return the request for a message: a form of version 1, or JSON of version 3.

        Raises:
            NotSent: version 3 needs a key, and there is none.
        """
        if operation.api is Api.ACCOUNT_V3:
            return self.rest(operation.name, operation.method, message.path, message.fields or None)
        fields = {name: value if isinstance(value, tuple) else str(value) for name, value in message.fields.items()}
        return self.form(operation.name, fields)

    def write_decoder(self, operation: Operation) -> Callable[[Answer], Mapping[str, Any]]:
        """Return the decoder of answers to a write. Only an answer that is provably the API's own counts."""
        bench = self._documents if operation.api is Api.ACCOUNT_V3 else self._envelopes
        return lambda answer: bench.judge_write(operation, answer)

    def rest(
        self,
        name: str,
        method: str,
        path: str,
        document: Mapping[str, object] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Request:
        """Build a request of version 3.

        Raises:
            NotSent: there is no key; a login does not do.
        """
        if not isinstance(self._access, Secret):
            raise NotSent(f"{name} needs the key of the account's own API", fix="declare the account's api")
        headers = {"Api-Token": self._access.reveal()}
        url = f"{self._url}/api/3/{path}"
        return Request(name, method, url, query or {}, document=document, headers=headers, bound=self._bound)

    def documents(self, name: str) -> Callable[[Answer], Mapping[str, Any]]:
        """Return the decoder of version 3. It raises `Unclear` or `Declined` unless a document confirms."""
        return lambda answer: self._documents.document(name, answer)

    @property
    def _v1(self) -> str:
        return f"{self._url}/admin/api.php"

    def _identity(self, action: str) -> dict[str, str]:
        words = {"api_action": action, "api_output": "json"}
        if isinstance(self._access, Secret):
            return {"api_key": self._access.reveal(), **words}
        return {"api_user": self._access.username, "api_pass": self._access.digest.reveal(), **words}


class AccountApis:
    """The APIs of all accounts; each account has a rate limit of its own (`docs/portal.md` section 6).

    Logins are kept in memory until the run ends, and are never shown.
    """

    def __init__(self, endpoint: Endpoint, redactor: Redactor, transport: Transport) -> None:
        self._endpoint = endpoint
        self._redactor = redactor
        self._transport = transport
        self._sendings: dict[str, tuple[Sending, RateLimit]] = {}
        self._logins: dict[str, _Login] = {}
        self._is_ended = False
        self._lock = Lock()

    def of(self, label: str, url: str | None) -> AccountApi:
        """Return the API of an account, at `url` if that is declared.

        Raises:
            NotSent: there is no key for it, and no login.
        """
        key = self._endpoint.account_keys.get(label) if url else None
        access = key or self._logins.get(label)
        if access is None:
            raise NotSent(f"nothing opens the own API of {label}", fix=f"declare api: {{url, key}} in account {label}")
        is_declared = url and key and not self._endpoint.is_rehearsal
        base = url if url and is_declared else self._endpoint.account_api.replace(ACCOUNT_PLACE, label)
        return AccountApi(base, access, self._redactor, self._sending(label))

    def declared(self, label: str) -> AccountApi:
        """Return the API of an account whose address and key are declared.

        Raises:
            NotSent: they are not.
        """
        url = self._endpoint.account_urls.get(label)
        if url is None or label not in self._endpoint.account_keys:
            raise NotSent(
                f"account {label} declares no API of its own", fix=f"declare api: {{url, key}} in account {label}"
            )
        return self.of(label, url)

    def remember(self, label: str, credential: Credential | None) -> None:
        """Keep the login of a new account for the rest of the run, if the settings allow its use."""
        if credential is None or not self._endpoint.account_login:
            return
        password = credential.password.reveal()
        if not is_text(password):
            return
        digest = Secret(hashlib.md5(password.encode(), usedforsecurity=False).hexdigest())  # as the wrapper sends it
        self._redactor.add(credential.password, digest)
        with self._lock:
            self._logins[label] = _Login(credential.username, digest)

    def end_waits(self) -> None:
        """End all waiting."""
        with self._lock:
            self._is_ended = True
            for _, limit in self._sendings.values():
                limit.close()

    def _sending(self, label: str) -> Sending:
        with self._lock:
            if label not in self._sendings:
                limit = RateLimit(self._endpoint.account_rate_limit)
                if self._is_ended:
                    limit.close()
                self._sendings[label] = (Sending(self._transport.beside(limit)), limit)
            return self._sendings[label][0]
