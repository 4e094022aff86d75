"""Evidence for a manual step: the ledger keeps it for ever, so it may hold no secret."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from plan import Secret

_MOST: Final = 4_000  # characters
_PATTERNS: Final = {
    "a private key": re.compile(r"AGE-SECRET-KEY-|-----BEGIN [A-Z ]*PRIVATE KEY", re.IGNORECASE),
    # longer than the name of a commit; the vendor's keys are
    "an API key": re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{48,}(?![0-9A-Za-z])"),
    "a token": re.compile(
        r"(?<![0-9A-Za-z_])(gh[oprsu]_[0-9A-Za-z]{30,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|"
        r"A(KI|SI)A[0-9A-Z]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.)"
    ),
    "a password or key": re.compile(
        r"(?<![\w-])((?:api|agency|hub|access|private|secret)[ _-]?keys?|passwords?|passwd|passphrase|secret|"
        r"(?:api|access)[ _-]?token|token|mot de passe|passwort|wachtwoord)[\"']?\s*(?::=?|=)\s*[\"']?(?P<value>\S+)",
        re.IGNORECASE,
    ),
    "a login in an address": re.compile(r"://[^/\s:@]+:[^/\s@]+@"),
}


def checked_evidence(text: str, secrets: Iterable[Secret] = ()) -> str:
    """`text` as it may be kept; `secrets` are keys that this run knows.

    Raises:
        CommandExit: it is blank, too long, no text, or holds what looks like a secret (which is not repeated).
    """
    words = text.strip()
    if not words or len(words) > _MOST:
        problem = "blank" if not words else f"{len(words):,} characters long"
        raise CommandExit(
            ExitCode.USAGE, f"the evidence is {problem}", fix=f"say in at most {_MOST:,} characters how you know"
        )
    _check_text(words, "evidence")
    for what in _secrets_in(words, secrets):
        raise CommandExit(
            ExitCode.REFUSED,
            f"the evidence holds what looks like {what}, and the ledger is read by others and kept for ever",
            fix="say where the secret is, not what it is; if it was shown to anybody, replace it",
        )
    return words


def checked_name(name: str) -> str:
    """Return the name in the form that the ledger keeps.

    Raises:
        CommandExit: it is blank or no text.
    """
    words = " ".join(name.split())
    if not words:
        raise CommandExit(ExitCode.USAGE, "--by is blank", fix="say who did it")
    _check_text(words, "name")
    return words


def _check_text(words: str, what: str) -> None:
    try:
        words.encode()
    except UnicodeEncodeError:
        raise CommandExit(ExitCode.USAGE, f"the {what} is not UTF-8 text") from None


def _secrets_in(text: str, secrets: Iterable[Secret]) -> Iterator[str]:
    if any(secret.reveal() and secret.reveal() in text for secret in secrets):
        yield "one of the agency's own keys"
    for what, pattern in _PATTERNS.items():
        if pattern.search(text):
            yield what
