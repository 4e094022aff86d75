"""The accounts' own APIs, one for each account, in both versions (`docs/portal.md` section 3).

Version 1 has templates, version 3 has brandings. The host does not follow from the account's name, so it is
declared with the key. Without a key, the login of a new account opens version 1 in the run that created it, if the
settings allow that, and fetches the key, if they allow that.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from agencyfile.gate import NotAdmitted, account_api_of
from agencyfile.kinds import readings
from agencyfile.kinds.faults import Declined, Fault, NotSent, Unclear
from agencyfile.kinds.operation import Api, Message, Operation
from agencyfile.kinds.questions import SIGN_ON, SIGN_ON_MINUTES, USER, VIEW
from agencyfile.portal.apis.envelope import Bench, Envelope
from agencyfile.portal.apis.rest import RestBench
from agencyfile.portal.apis.wire import is_text
from agencyfile.portal.endpoint import ACCOUNT_PLACE, Endpoint
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Answer, Request, Transport
from agencyfile.portal.observations import Observations
from agencyfile.redaction import Redactor
from agencyfile.web_origin import origin_or_none
from plan.call import Credential
from plan.values import Secret

Form = Mapping[str, str | Sequence[str]]

_NAME: Final = "the account's own API"
_NOT_THE_API: Final = "check the account's api.url: it must be the base URL of its own API"
_BAD_KEY: Final = "check the account's api.key"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.~-]{8,512}", re.ASCII)  # it goes into a link
_ADMIN: Final = "admin"  # rule 72
_ALLOW_HOST: Final = "if that is the account's API, name the host in AGENCYFILE_PORTAL_HOSTS where the keys are set"


# Where a login carries the MD5 digest of its password, in each reading (docs/portal.md section 8). The password itself
# is never sent.
_DIGEST_WORDS: Final = {"api_pass": "md5", "api_pass_h": "clear"}


@dataclass(slots=True)
class _Login:
    username: str
    digest: Secret = field(repr=False)
    word: str = "api_pass"
    is_tried: bool = False
    lock: Lock = field(default_factory=Lock, repr=False)

    def words(self) -> dict[str, str]:
        return {"api_user": self.username, self.word: self.digest.reveal()}


@dataclass(frozen=True, slots=True)
class _Tools:
    redactor: Redactor
    observations: Observations


class AccountApi:
    """The API of one account: builds requests and judges answers. Its messages hold no key."""

    def __init__(self, url: str, access: Secret | _Login, tools: _Tools, sending: Sending) -> None:
        self._url = url.rstrip("/")
        self._bound = origin_or_none(self._url)
        self._access = access
        self._envelopes = Bench(tools.redactor, _NAME, _NOT_THE_API, _BAD_KEY)
        self._documents = RestBench(tools.redactor, _NAME, _NOT_THE_API, _BAD_KEY)
        self._observations = tools.observations
        self.sending = sending

    def query(self, action: str, parameters: Mapping[str, str]) -> Request:
        """Build a GET of version 1. Its key is in the URL, as in every client; logs are filtered (`redaction`)."""
        return Request(action, "GET", self._v1, query={**self._identity(action), **parameters}, bound=self._bound)

    def query_by_header(self, action: str) -> Request:
        """Build a GET of version 1 with the key in the header of version 3 (`docs/portal.md` section 8).

        Raises:
            NotSent: there is no key; a login does not do.
        """
        words = {"api_action": action, "api_output": "json"}
        return Request(action, "GET", self._v1, query=words, headers=self._token(action), bound=self._bound)

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
        url = f"{self._url}/api/3/{path}"
        headers = self._token(name)
        return Request(name, method, url, query or {}, document=document, headers=headers, bound=self._bound)

    def documents(self, name: str) -> Callable[[Answer], Mapping[str, Any]]:
        """Return the decoder of version 3. It raises `Unclear` or `Declined` unless a document confirms."""
        return lambda answer: self._documents.document(name, answer)

    def try_login(self) -> None:
        """Find out once how this API takes a login, with a call that only reads. A key needs no trial.

        Raises:
            Declined: it takes the login in neither form.
            NotSent: there is no clear answer.
        """
        login = self._access
        if isinstance(login, Secret):
            return
        with login.lock:
            if not login.is_tried:
                self._try_words(login)

    def _try_words(self, login: _Login) -> None:
        refusal = ""
        for word in _DIGEST_WORDS:
            login.word = word
            try:
                user = self.sending.repeat(self.form(USER, {}), self.decoder(USER))
            except Declined as no:
                if no.fix != _BAD_KEY:  # the action is not known there: the login itself was not refused
                    break
                refusal = str(no)
            except Fault as fault:
                raise NotSent(f"whether the login is taken is not known: {fault}", fix=fault.fix) from None
            else:
                self._observations.saw(readings.USER_ME_LOGIN, "key" if user.get("apikey") else "no-key")
                break
        else:
            raise Declined(refusal, fix="the portal takes no login here: declare the account's api: {url, key}")
        self._observations.saw(readings.LOGIN_PASSWORD, _DIGEST_WORDS[login.word])
        login.is_tried = True

    def view(self) -> Mapping[str, Any]:
        """Return the account's own description of itself: one request. Not every portal tells a balance in it.

        Raises:
            Fault: there is none.
        """
        try:
            shown = self.sending.repeat(self.query(VIEW, {}), self.decoder(VIEW))
        except Declined as no:
            if not no.fix:
                self._observations.saw(readings.ACCOUNT_VIEW, "unknown")
            raise
        if "credits" in shown:
            self._observations.saw(readings.ACCOUNT_VIEW, "balances")
        return shown

    def sign_on(self, visitor: str) -> str:
        """Return a token that logs the user in who visits the account from the address `visitor`: one request.

        Raises:
            Fault: there is none.
        """
        request = self.form(SIGN_ON, {"sso_addr": visitor, "sso_user": _ADMIN, "sso_duration": str(SIGN_ON_MINUTES)})
        try:
            token = self.sending.repeat(request, self.decoder(SIGN_ON)).get("token")
        except Declined as no:
            if not no.fix:
                self._observations.saw(readings.SINGLE_SIGN_ON, "unknown")
                raise Declined(str(no), fix="this portal offers no single sign-on: log in with the password") from None
            raise
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise Unclear(f"{SIGN_ON}: the answer holds no token")
        self._observations.saw(readings.SINGLE_SIGN_ON, "token")
        return token

    @property
    def _v1(self) -> str:
        return f"{self._url}/admin/api.php"

    def _token(self, name: str) -> dict[str, str]:
        if not isinstance(self._access, Secret):
            raise NotSent(f"{name} needs the key of the account's own API", fix="declare the account's api")
        return {"Api-Token": self._access.reveal()}

    def _identity(self, action: str) -> dict[str, str]:
        words = {"api_action": action, "api_output": "json"}
        if isinstance(self._access, Secret):
            return {"api_key": self._access.reveal(), **words}
        return {**self._access.words(), **words}


class AccountApis:
    """The APIs of all accounts; each account has a rate limit of its own (`docs/portal.md` section 6).

    Logins and fetched keys are kept in memory until the run ends, and are never shown.
    """

    def __init__(
        self, endpoint: Endpoint, redactor: Redactor, transport: Transport, observations: Observations | None = None
    ) -> None:
        self._endpoint = endpoint
        self._redactor = redactor
        self._tools = _Tools(redactor, observations or Observations())
        self._transport = transport
        self._sendings: dict[str, tuple[Sending, RateLimit]] = {}
        self._logins: dict[str, _Login] = {}
        self._keys: dict[str, tuple[str, Secret]] = {}
        self._is_ended = False
        self._lock = Lock()

    def of(self, label: str, url: str | None) -> AccountApi:
        """Return the API of an account, at `url` if that is declared, or if a kept key is for it.

        Raises:
            NotSent: there is no key for it, and no login, or the key may not be sent there.
        """
        known = self._endpoint.account_keys.get(label) if url else None
        base = url if url and known and not self._endpoint.is_rehearsal else self._own(label)
        key = known
        if key is None:
            base, key = self._kept(label, url)
        access = key or self._login(label)
        if access is None:
            raise NotSent(f"nothing opens the own API of {label}", fix=f"declare api: {{url, key}} in account {label}")
        return AccountApi(base, access, self._tools, self._sending(label))

    def opened(self, label: str, url: str | None) -> AccountApi:
        """Return the API as `of` does; where a login opens it, the API has taken that login.

        Raises:
            Declined: it does not take the login.
            NotSent: as `of`, or there is no clear answer.
        """
        api = self.of(label, url)
        api.try_login()
        return api

    def sign_on(self, label: str, url: str | None, visitor: str) -> Secret:
        """Return the link that opens an account for the visitor from one address.

        Raises:
            Fault: nothing opens the account's own API, or it gives no token.
        """
        token = self.opened(label, url or self._endpoint.account_urls.get(label)).sign_on(visitor)
        self._redactor.add(Secret(token))
        return Secret(f"{self._own(label)}/admin/main.php?_ssot={token}")

    def keep_key(self, label: str, answered: Credential) -> Credential:
        """Keep a key that was just fetched for the rest of the run; return it with the address that it may be sent to.

        Raises:
            Declined: the address that was answered is none that the key may be sent to.
        """
        self._redactor.add(answered.password)
        try:
            url = self._admitted(label, answered.login_url)
        except NotAdmitted as reason:
            raise Declined(f"{USER}: {reason}", fix=_ALLOW_HOST) from None
        with self._lock:
            self._keys[label] = (url, answered.password)
        return Credential(url, answered.username, answered.password)

    def _kept(self, label: str, url: str | None) -> tuple[str, Secret | None]:
        """Return the key that this run has fetched, or that is kept for the address `url`, and its base URL."""
        if label in self._keys:
            return self._keys[label]
        key = self._endpoint.open_key(label) if url else None
        if key is None:
            return self._own(label), None
        self._redactor.add(key)
        try:
            return self._admitted(label, url or ""), key
        except NotAdmitted as reason:
            raise NotSent(str(reason), fix=_ALLOW_HOST) from None

    def _admitted(self, label: str, url: str) -> str:
        """Return the address that a key of the account may be sent to.

        A rehearsal stays at its own portal, whatever address is answered.
        """
        own = self._own(label)
        answered = "" if self._endpoint.is_rehearsal else url
        return account_api_of(answered, label, own=own, allowed=self._endpoint.key_hosts)

    def _own(self, label: str) -> str:
        return self._endpoint.account_api.replace(ACCOUNT_PLACE, label)

    def _login(self, label: str) -> _Login | None:
        """Return the login of an account that this run has created, or that is kept and can be opened."""
        if label not in self._logins:
            self._remember(label, self._endpoint.open_login(label))
        return self._logins.get(label)

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
        if self._endpoint.account_login or self._endpoint.fetch_account_keys:
            self._remember(label, credential)

    def _remember(self, label: str, credential: Credential | None) -> None:
        password = credential.password.reveal() if credential else ""
        if credential is None or not is_text(password):
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
