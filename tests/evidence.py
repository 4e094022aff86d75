"""Everything that the whole test run printed or wrote, kept to be searched for secrets when it ends."""

import json
import os
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FOLDER = "AGENCYFILE_TEST_EVIDENCE"

AGENCY_KEY = "sentinel-agency-key-7b1d0c55e2f94a3c"
HUB_KEY = "sentinel-hub-key-e90a61d2b7f34c18"
PLANTED = "sentinel-planted-secret-41c7a6f0"


def keep(text: str, files: Iterable[Path] = ()) -> None:
    """Keep what a command printed and the files that it may have written."""
    contents = "".join(f"\n--- {path.name}\n{path.read_text('utf-8', errors='replace')}" for path in files)
    _write("output", text + contents)


def add_secret(text: str) -> None:
    """One more secret to search for: a password that a test has seen."""
    _write("secret", text)


def count_apply() -> None:
    """One more apply that was held to the laws."""
    _write("apply", "1")


def applies() -> int:
    """How many applies were held to the laws."""
    return len(list(_folder().glob("apply-*")))


def count_dialect(name: str, diagnostics: Iterable[str]) -> None:
    """One more dialect in which the laws held, and the diagnostics that its first plan told."""
    _write("dialect", json.dumps([name, *diagnostics]))


def dialects() -> Mapping[str, tuple[str, ...]]:
    """The diagnostics by the dialect in which they were told."""
    found = (json.loads(path.read_text("utf-8")) for path in _folder().glob("dialect-*"))
    return {name: tuple(diagnostics) for name, *diagnostics in found}


def count_histories(counts: Mapping[str, object]) -> None:
    """Histories that were run and judged, and what went wrong in them."""
    _write("histories", json.dumps(counts))


def histories() -> Counter[str]:
    """All counts of all histories, added up; those of a mapping as `mapping.key`."""
    total = Counter[str]()
    for path in _folder().glob("histories-*"):
        for name, value in json.loads(path.read_text("utf-8")).items():
            is_mapping = isinstance(value, dict)
            total.update({f"{name}.{key}": count for key, count in value.items()} if is_mapping else {name: value})
    return total


def leaks() -> tuple[int, int, list[str]]:
    """(outputs searched, secrets searched for, where one was found).

    Commands write the same words again and again: each word is searched once, and each output only where one leaks. A
    secret of several words is searched for in each output.
    """
    secrets = {AGENCY_KEY, HUB_KEY, PLANTED, *(path.read_text("utf-8") for path in _folder().glob("secret-*"))}
    outputs = list(_folder().glob("output-*"))
    lines = {line for path in outputs for line in path.read_text("utf-8").split("\n")}
    words = "\n".join({word for line in lines for word in line.split()})
    leaked = [secret for secret in secrets if secret in words or secret.split() != [secret]]
    return len(outputs), len(secrets), [place for path in outputs for place in _places(path, leaked)]


def _places(path: Path, secrets: Iterable[str]) -> Iterator[str]:
    text = path.read_text("utf-8") if secrets else ""
    yield from (f"{path}: {secret[:4]}…" for secret in secrets if secret in text)


def _write(kind: str, text: str) -> None:
    (_folder() / f"{kind}-{uuid.uuid4().hex}").write_text(text, encoding="utf-8")


def _folder() -> Path:
    return Path(os.environ[FOLDER])
