"""Relations of AdminPulse as records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from agencyfile.clients.adminpulse.login import LogIn
from agencyfile.clients.adminpulse.tokens import Keeper, Tokens, TokenServer, dumped, loaded
from agencyfile.clients.checks import Raw, RawClient, checked
from agencyfile.clients.records import Connected, Record, SourceError
from agencyfile.clients.service import MOST_RECORDS, Call, Service, decoded
from agencyfile.clients.steady import Listing, steady
from agencyfile.clients.waiting import Patience, first_records
from agencyfile.portal.http.transport import Answer
from plan.values import Secret

NAME: Final = "adminpulse"
LABEL: Final = "AdminPulse"
BASE: Final = "https://api.adminpulse.be"
PER_MINUTE: Final = 480 * 0.95  # other users of the key count too
PAGE_SIZE: Final = 400
# Names of fields: the first ones are known from public clients, the others are inferred (`docs/portal.md` 4.3).
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "firstname": ("firstName",),
    "lastname": ("name", "companyName", "commercialName"),
    "email": ("email", "emailAddress"),
    "language": ("language", "languageCode"),
    "country": ("country", "countryCode"),
    "phone": ("phone", "phoneNumber", "mobile"),
    "enterprise_number": ("vatNumber", "enterpriseNumber", "companyNumber"),
    "key": ("uniqueIdentifier", "id"),
    "register_number": ("nationalNumber", "nationalRegisterNumber"),
}


class KeyAccess:
    """Access by an API key."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def bearer(self) -> Secret:
        """Return the key."""
        return self._key

    def renewed(self) -> bool:
        """A key is not renewed."""
        return False


class TokenAccess:
    """Access by the tokens of a log-in, which are renewed and kept."""

    def __init__(self, server: TokenServer, keeper: Keeper) -> None:
        self._server = server
        self._keeper = keeper
        self._tokens = loaded(keeper.load())

    @property
    def is_logged_in(self) -> bool:
        """Return whether there are tokens."""
        return self._tokens is not None

    def take(self, tokens: Tokens) -> None:
        """Use and keep new tokens."""
        self._tokens = tokens
        self._keeper.store(dumped(tokens))

    def log_in(self, log_in: LogIn, show: Callable[[str], None]) -> None:
        """Let a person log in; keep the tokens.

        Raises:
            SourceError: nobody did, or there is no place to keep them.
        """
        self.take(log_in.run(self._server, show))

    def bearer(self) -> Secret:
        """Return a token that lives.

        Raises:
            SourceError: nobody has logged in, or the log-in has ended.
        """
        if self._tokens is None:
            raise SourceError("nobody has logged in at AdminPulse", "agencyfile clients connect adminpulse")
        if self._server.is_over(self._tokens):
            self.take(self._server.renew(self._tokens))
        return self._tokens.access

    def renewed(self) -> bool:
        """Renew the tokens, because the server refused the one that it was sent.

        Raises:
            SourceError: the log-in has ended.
        """
        if self._tokens is None:
            return False
        self.take(self._server.renew(self._tokens))
        return True


class AdminPulse:
    """All relations."""

    name = NAME

    def __init__(self, service: Service, access: KeyAccess | TokenAccess, patience: Patience | None = None) -> None:
        self._service = service
        self._access = access
        self._patience = patience or Patience()

    def connect(self) -> Connected:
        """Check the credential, and what it may read.

        Raises:
            SourceError: it is not accepted, or may not read relations.
        """
        page = self._page(0, 1)
        return Connected(
            f"{LABEL} at {self._service.origin}", ("relations",), (f"{page.get('pageCount', 0)} relations",)
        )

    def read(self) -> Iterator[Record]:
        """Read every relation.

        Raises:
            SourceError: the list cannot be read to its end.
        """
        for relation in first_records(self._relations, self._patience, self._service, LABEL):
            yield checked(_raw(relation))

    def _relations(self) -> Sequence[Mapping[str, Any]]:
        return steady(self._reading, lambda one: one.get("id") or one.get("uniqueIdentifier"), "relations").records

    def _reading(self) -> Listing:
        """Read page by page, the first one is 0, up to the number of pages that the last answer told."""
        found: list[Mapping[str, Any]] = []
        number, pages = 0, 1
        while number < pages:
            page = self._page(number, PAGE_SIZE)
            pages = _whole_number(page.get("pageCount"))
            found += _results(page)
            number += 1
            if len(found) > MOST_RECORDS:
                raise SourceError(f"there are more than {MOST_RECORDS:,} relations")
        return Listing(found, pages)

    def _page(self, number: int, size: int) -> Mapping[str, Any]:
        call = self._call(number, size)
        answer = self._service.send(call())
        if answer.status == HTTPStatus.UNAUTHORIZED and self._access.renewed():
            answer = self._service.send(call())
        if answer.status != HTTPStatus.OK:
            raise _refusal(answer)
        page = decoded(answer, "relations")
        if not isinstance(page, Mapping):
            raise SourceError("relations: the answer has another form than it should", "check the address")
        return page

    def _call(self, number: int, size: int) -> Callable[[], Call]:
        def make() -> Call:
            bearer = self._access.bearer()
            self._service.redactor.add(bearer)
            headers = {"Authorization": f"Bearer {bearer.reveal()}"}
            return Call("relations", "relations", {"page": str(number), "pageSize": str(size)}, headers)

        return make


def _refusal(answer: Answer) -> SourceError:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return SourceError(
            "AdminPulse does not accept the key or the log-in",
            "agencyfile clients connect adminpulse, or export AGENCYFILE_ADMINPULSE_KEY=...",
        )
    if answer.status == HTTPStatus.FORBIDDEN:
        return SourceError("the key may not read relations", "give the key that scope in AdminPulse")
    return SourceError(f"relations: HTTP {answer.status}", "try again later")


def _whole_number(value: object) -> int:
    if isinstance(value, int) and 0 <= value <= MOST_RECORDS:
        return value
    raise SourceError("relations: the answer does not tell the number of its pages", "check the address")


def _results(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    results = page.get("results")
    if isinstance(results, list) and all(isinstance(one, Mapping) for one in results):
        return results
    raise SourceError("relations: the answer is no list of relations", "check the address")


def _raw(relation: Mapping[str, Any]) -> RawClient:
    place = f"relation {relation.get('id')}"
    values = {
        name: [_value(place, word, relation[word]) for word in words if relation.get(word) not in (None, "")]
        for name, words in _FIELDS.items()
    }
    return RawClient(place, {name: found for name, found in values.items() if found})


def _value(place: str, word: str, value: object) -> Raw:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return Raw(f"{place} {word}", str(value))
    return Raw(f"{place} {word}", fault="is no text")
