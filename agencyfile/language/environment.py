"""Keys from environment variables. The environment decides which variables a file may name."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pydantic_core import PydanticCustomError

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.kind import DeclaredKind, SecretWord
from agencyfile.declarations.nodes import Block, inner
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.values import parse_secret
from agencyfile.fields.wording import article, listed
from agencyfile.kinds.registry import DECLARED, declared_kind
from plan.address import Address, Origin
from plan.child_environment import PREFIXES_VARIABLE, prefixes
from plan.values import Secret

# What belongs to agencyfile itself, to a forge and its runners, to git and ssh. No prefix that the environment adds
# lets a file name any of these. PATH, HOME and the like have no prefix, and are out of reach anyway.
_NEVER: Final = ("AGENCYFILE_", "GITHUB_", "GH_", "ACTIONS_", "RUNNER_", "CI_", "GITLAB_", "GIT_", "SSH_")


class AnyEnvironment(Mapping[str, str]):
    """An environment in which every variable is set: where no portal is spoken to, no key is needed.

    Which names a file may use is up to the real environment, unless `takes_any_name`: a former revision of a file is
    compared with, and was right when it was written.
    """

    def __init__(self, *, takes_any_name: bool = False) -> None:
        self.takes_any_name = takes_any_name

    def __getitem__(self, name: str) -> str:
        return os.environ[name] if name == PREFIXES_VARIABLE else "not-needed-without-a-portal"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def may_name(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether a file may take a key from the variable `name`."""
    if isinstance(environ, AnyEnvironment) and environ.takes_any_name:
        return True
    return name.startswith(prefixes(environ)) and not name.startswith(_NEVER)


def report_misplaced_references(parts: Sequence[Block], references: Iterable[Origin], report: Report) -> None:
    """Report every `${env:...}` that stands where no secret is expected. The first of `parts` is the root file."""
    places = list(references)
    if not places:
        return
    allowed = {block.values_at[key] for _, block, key in _secrets(parts)}
    for origin in places:
        if origin not in allowed:
            report.add(
                "environment-misplaced",
                origin,
                f"The environment is read for {listed(_wanted())} alone: everything else is reviewed, and must be the "
                "same on every machine.",
            )


def _wanted() -> Iterator[str]:
    """Return the places of secrets, as words of a sentence."""
    for kind in DECLARED.values():
        for secret in kind.secrets:
            path = ".".join((*kind.within, *secret.path))
            yield path if kind.within else f"the {path} of {article(kind.name)} {kind.name}"


def _secrets(parts: Sequence[Block]) -> Iterator[tuple[str, Block, str]]:
    """Return the dotted path of each secret in the files, with the mapping and the key that name its variable."""
    for kind in DECLARED.values():
        for secret in kind.secrets:
            for owner, block in _blocks(kind, parts):
                holder, key = inner(block, *secret.path[:-1]), secret.path[-1]
                if key in holder:
                    yield ".".join((*owner, *secret.path)), holder, key


def _blocks(kind: DeclaredKind, parts: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Return the blocks that may hold secrets of a kind, each with the start of its dotted path."""
    if kind.within:
        yield kind.within, inner(parts[0], *kind.within) if parts else Block()
    elif kind.section is not None:
        for part in parts:
            for name, block in inner(part, kind.section.key).items():
                yield (kind.name, name), block


def check_head_keys(place: Place, environ: Mapping[str, str], report: Report) -> None:
    """Report variables of the head that are not set, also when the head has other errors."""
    for kind in DECLARED.values():
        for secret in kind.secrets if kind.within else ():
            _value_in(inner(place.block, *kind.within), secret, environ, report, None)


def block_keys(found: list[Declaration], environ: Mapping[str, str], report: Report) -> dict[str, Secret]:
    """Return the key of each block that names a variable, by the name of the block. Report unset variables."""
    keys = {}
    for declaration in found:
        for secret in declared_kind(declaration.address.kind).secrets:
            value = _value_in(declaration.block, secret, environ, report, declaration.address)
            if value is not None:
                keys[declaration.address.name] = Secret(value)
    return keys


def _value_in(
    block: Block, secret: SecretWord, environ: Mapping[str, str], report: Report, address: Address | None
) -> str | None:
    """Return the value of the variable that a block names, or None where it names none."""
    holder, key = inner(block, *secret.path[:-1]), secret.path[-1]
    if key not in holder:
        return None
    return _value(holder[key], secret.owner, holder.values_at[key], environ, report, address)


def secret_variables(parts: Sequence[Block]) -> dict[str, str]:
    """Return the variable of each secret by the dotted path of the secret, as `account.acme.api.key`.

    Names are no secrets: they are shown to whoever reviews the file.
    """
    found = {place: holder[key] for place, holder, key in _secrets(parts)}
    return {place: parse_secret(reference) for place, reference in sorted(found.items())}


def _value(
    reference: object, key: str, origin: Origin, environ: Mapping[str, str], report: Report, address: Address | None
) -> str:
    """Return the value of a variable. Return an empty text for a wrong reference, which the model reports."""
    try:
        name = parse_secret(reference)
    except PydanticCustomError:
        return ""
    if not may_name(name, environ):
        detail = (
            f"A file may name variables that begin with {' or '.join(prefixes(environ))}. Any other may hold what is "
            "not meant for the portal, and whoever edits the file would send it there."
        )
        report.add("environment-name", origin, detail, address=address)
        return ""
    value = environ.get(name, "")
    if not value:
        state = "is empty" if name in environ else "is not set"
        detail = f"The environment variable {name} {state}."
        report.add("environment-unset", origin, detail, fix=f"set {name}, or remove {key}", address=address)
    elif not (value.isascii() and value.isprintable()) or " " in value:
        detail = f"The environment variable {name} holds a space, a line break or another character of no key."
        report.add("environment-value", origin, detail, address=address)
    return value
