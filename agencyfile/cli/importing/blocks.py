"""Blocks of the agency file for objects that exist: `adopt: true`, and every word that the portal tells."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from agencyfile.cli.importing.scalars import text_problem
from agencyfile.kinds.registry import declared_kind
from plan import Address
from plan.values import Value

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry

Scalar: TypeAlias = str | int | bool
Word: TypeAlias = Scalar | Mapping[str, Scalar]
Plan: TypeAlias = Mapping[str, Value]

_STATUSES: Final = ("active", "disabled")  # those that a file can declare
_TERMS: Final = ("tier", "billing", "contacts")


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `left_out` says, by word, why a word that the portal tells is not in it."""

    address: Address
    words: Mapping[str, Word]
    left_out: Mapping[str, str]


class BlockMaker:
    """Makes blocks of accounts and sandboxes.

    `ids` are the plan ids that the portal offers on each terms; `domains` are taken already, and fill up as blocks are
    made: no two accounts may declare one domain.
    """

    def __init__(self, ids: Mapping[tuple[object, ...], tuple[str, ...]], domains: set[str]) -> None:
        self._ids = ids
        self._domains = domains

    def of(self, entry: "AccountEntry") -> Block:
        """The block of an account or a sandbox."""
        words: dict[str, Word] = {"adopt": True}
        left_out: dict[str, str] = {}
        for word, value in self._found(entry, declared_kind(entry.address.kind).model.__annotations__):
            if isinstance(value, _Problem):
                left_out[word] = value.words
            else:
                words[word] = value
        return Block(entry.address, words, left_out)

    def _found(self, entry: "AccountEntry", known: Collection[str]) -> Iterator[tuple[str, "Word | _Problem"]]:
        """Each word that the portal tells, or why it cannot be written. `known` are the words of a block."""
        if entry.client_name:
            yield from _client(entry.client_name, entry.client_email)
        yield "notification", _checked(entry.notification, _email)
        if "plan" in known:
            yield "plan", self._plan(entry.plan)
        if "domain" in known and entry.domain:
            yield "domain", self._domain(entry.domain)
        if "status" in known and entry.status in _STATUSES:
            yield "status", entry.status

    def _plan(self, plan: Plan) -> "Word | _Problem":
        """Its words where they lead to this very plan, else its id."""
        terms = tuple(plan.get(word) for word in _TERMS)
        plan_id = str(plan["id"])
        if self._ids.get(terms) == (plan_id,):
            return {word: value for word, value in zip(_TERMS, terms, strict=True) if isinstance(value, str | int)}
        is_number = plan_id.isascii() and plan_id.isdecimal() and not plan_id.startswith("0")
        return {"id": int(plan_id)} if is_number else _Problem("its id is no number above zero")

    def _domain(self, domain: str) -> "Word | _Problem":
        checked = _checked(domain, _host)
        if isinstance(checked, str):
            if checked in self._domains:
                return _Problem("another account has the same")
            self._domains.add(checked)
        return checked


@dataclass(frozen=True, slots=True)
class _Problem:
    words: str


def _client(name: str, address: str | None) -> Iterator[tuple[str, "Word | _Problem"]]:
    """The client, with the address where the portal tells it (`docs/portal.md` section 8, R10)."""
    problem = text_problem(name)
    if problem:
        yield "client", _Problem(problem)
        return
    email = _checked(address, _email) if address else None
    yield "client", {"name": name, "email": email} if isinstance(email, str) else {"name": name}
    if isinstance(email, _Problem):
        yield "client.email", email


def _checked(text: str, parse: Callable[[str], str]) -> "str | _Problem":
    """`text`, if that is what the language makes of it."""
    from pydantic_core import PydanticCustomError  # noqa: PLC0415 - only an import pays for it

    if not text:
        return _Problem("it has none")
    problem = text_problem(text)
    if problem:
        return _Problem(problem)
    try:
        return text if parse(text) == text else _Problem("a file would say it in other letters")
    except PydanticCustomError:
        return _Problem(_NOT_ONE[parse])


def _email(text: str) -> str:
    from agencyfile.fields.values import parse_email  # noqa: PLC0415 - as above

    return parse_email(text)


def _host(text: str) -> str:
    from agencyfile.fields.values import parse_domain  # noqa: PLC0415 - as above

    return parse_domain(text)


_NOT_ONE: Final[Mapping[Callable[[str], str], str]] = {
    _email: "it is not an e-mail address",
    _host: "it is not a domain",
}
