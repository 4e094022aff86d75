"""Places of a ledger: a file of the agency file's folder, a branch of its repository, or a store that others share."""

import re
from typing import Final

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown

_BRANCH: Final = "git+branch"
_REMOTE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_BRANCH_RULES: Final = (
    (re.compile(r"\A(?:-|@?\Z|HEAD\Z)"), "it is empty, @ or HEAD, or begins with a hyphen"),
    (re.compile(r"[\x00-\x20\x7f~^:?*\[\\]"), "it holds a space, a control character or one of ~ ^ : ? * [ \\"),
    (re.compile(r"\.\.|@\{"), "it holds .. or @{"),
    (re.compile(r"\A/|//|/\Z"), "it begins or ends with a slash, or holds two in a row"),
    (
        re.compile(r"\.\Z|(?:\A|/)\.|\.lock(?:/|\Z)"),
        "it ends with a dot, or a part of it begins with one or ends with .lock",
    ),
)


# By scheme, what names the ledger in a store, and how that is said. No form has a host: whoever edits the file must
# not be able to send the credentials of the environment somewhere else.
_STORES: Final = {
    "postgres": (re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"), "postgres:LEDGER, as in postgres:northwind"),
    "http": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"), "http:STATE, as in http:northwind"),
    **{
        scheme: (
            re.compile(r"[a-z0-9][a-z0-9._-]{1,62}(?:/[A-Za-z0-9_][A-Za-z0-9._=-]{0,99}){1,9}"),
            f"{scheme}:{bucket}/PREFIX, as in {scheme}:agency-ledgers/northwind",
        )
        for scheme, bucket in (("s3", "BUCKET"), ("gs", "BUCKET"), ("az", "CONTAINER"))
    },
}
GROUP: Final = "agencyfile.ledger_stores"  # entry points of packages that bring a store
_OTHER: Final = re.compile(r"[A-Za-z0-9][^\x00-\x20\x7f-\x9f@?#\\]{0,199}")


def parse_ledger(text: str) -> str:
    """`file:` and a path in its folder, `git+branch:` and a branch, or a store and the name of the ledger there."""
    scheme, _, place = text.partition(":")
    if scheme == "file":
        _check_path(place, text)
    elif scheme == _BRANCH:
        _check_branch(place)
    elif scheme in _STORES:
        _check_store(scheme, place, text)
    elif not (_OTHER.fullmatch(place) and _is_installed(scheme)):
        raise refusal(
            "ledger-location",
            f"{shown(text)} is not a ledger that this version knows: there are file:PATH, {_BRANCH}:NAME, "
            f"{_BRANCH}:NAME@REMOTE, {', '.join(sorted(f'{name}:' for name in _STORES))}, and what is installed.",
        )
    return text


def _check_store(scheme: str, place: str, text: str) -> None:
    form, sample = _STORES[scheme]
    if not form.fullmatch(place):
        raise refusal(
            "ledger-location",
            f"{shown(text)} does not name a ledger in that store. The environment names its server and credentials.",
            f"write {sample}",
        )


def _is_installed(scheme: str) -> bool:
    """Does an installed package bring a store of this name?"""
    from importlib.metadata import entry_points  # noqa: PLC0415 - only who uses such a store pays for the search

    return bool(entry_points(group=GROUP, name=scheme))


def _check_path(path: str, text: str) -> None:
    parts = path.replace("\\", "/").split("/")
    if not path or parts[0] in ("", "~") or ".." in parts or ":" in parts[0] or parts[-1] in ("", "."):
        raise refusal(
            "ledger-location",
            f"{shown(text)} does not name a file inside the agency file's folder.",
            "write file: and a path inside the agency file's folder",
        )


def _check_branch(place: str) -> None:
    """Take the text after the last `@` as a remote, because branches with an `@` are rarer than remotes."""
    name, at, remote = place.rpartition("@") if "@" in place else (place, "", "")
    problem = branch_problem(name)
    if problem is not None:
        raise refusal(
            "ledger-location",
            f"{shown(name)} is not the name of a branch: {problem}.",
            "write a name that git takes, as in agencyfile-ledger",
        )
    if at and not is_remote(remote):
        raise refusal(
            "ledger-location",
            f"{shown(remote)} is not the name of a remote: letters, digits and . _ - only, the first no . or -.",
            "write the name of a remote, as in origin",
        )


def is_remote(name: str) -> bool:
    """Is it a name, not an address, a path or an option?"""
    return _REMOTE.fullmatch(name) is not None


def branch_problem(name: str) -> str | None:
    """Why git takes no branch of this name (git-check-ref-format), or None when it does."""
    return next((problem for pattern, problem in _BRANCH_RULES if pattern.search(name)), None)
