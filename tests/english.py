"""Phrases that a native reader stumbles over, searched for in everything that people read.

`PYTHONPATH=tests python -m english` prints every finding with its place.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parent.parent
_EXPLAINS: Final = "agencyfile/cli/flags.py"  # says that one dash is accepted

RIDDLES: Final = {  # a pattern, and plainer words
    r"[Ww]hat no \w+ (shows|names|does|tells|can)": "subject first: a list does not show ...",
    r"[Ww]hose (turn|yes|word)\b": "name the person or the lease",
    r"behind (nobody|somebody|your|agencyfile)('s)? back": "say what was changed, and by whom",
    r"\b(have|has|had|with) but (a|one|two)\b": "only one",
    r"\b[Mm]end(s|ed|ing)?\b": "fix, correct",
    r"\b[Ss]ay(s|ing)? yes\b": "approve",
    r"\bsee(s)? to (it|what)\b": "make sure",
    r"without a trace of\b": "isolated from",
    r"\bwho plans on what\b": "the append fails if the ledger has moved",
    r"the word that differs": "the attribute that differs",
    r"gone with this CI run": "discarded after this CI run",
    r"\blived through\b": "tested",
    r"\b[Tt]he portal tells (no|nothing)\b": "the portal does not report",
    r"\bwrites to no (client|one)\b": "never emails clients",
    r"\bholds for what was reviewed\b": "applies only what was reviewed",
    r"\bhow much it weighs\b": "severity",
    r"\bas a person would say it\b": "human-readable",
    r"\bof whom nobody knows\b|\bnobody knows what became\b": "the outcome is unknown",
    r"\b[Ww]here it stands what\b": "where ... is recorded",
    r"\bis declared who could keep\b": "no recipient is declared",
    r"\bwhat became of (a|the|it|one|calls)\b": "the outcome of",
}
FLAG: Final = re.compile(
    r"(?:^|[\s`\"'(|])-(?:auto-approve|detailed-exitcode|out|json|target|max-spend|allow|input)(?=[\s`\"',.;)|]|$)"
)
ABSENT: Final = re.compile(
    r"\b(?:design|house|people|threats|language|onboarding|account-api|scale|style|performance)\.md\b"
)
RIDDLE: Final = re.compile("|".join(f"(?:{pattern})" for pattern in RIDDLES))
ASKING: Final = re.compile(r"(?:What|Whose|Whom|Who|Where|How)\b(?!.*\?$)")
MESSAGE: Final = re.compile(r"\S+ \S+ \S+")  # three words: a text for people, and no key


@dataclass(frozen=True, slots=True)
class Finding:
    """One phrase in one file, with the text that it stands in."""

    path: str
    line: int
    phrase: str
    text: str


def findings() -> Iterator[Finding]:
    """Yield every finding in the texts, docstrings and messages that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "*.md", "*.py", "*.yml", "*.txt"], cwd=TOP, capture_output=True, text=True, check=True
    )
    for name in sorted(listed.stdout.split("\n")):
        path = TOP / name
        if (
            not name
            or not path.exists()
            or name.startswith(("tests/", "CHANGELOG", "requirements"))
            or name == _EXPLAINS
        ):
            continue
        if path.suffix == ".py":
            yield from in_code(name, path.read_text("utf-8"))
        else:
            yield from in_text(name, path.read_text("utf-8"))


def in_text(name: str, text: str) -> Iterator[Finding]:
    """Yield what is found in a document; a phrase may cross the end of a line."""
    for pattern in (RIDDLE, FLAG, ABSENT):
        for found in pattern.finditer(re.sub(r"\n(?=\S)", " ", text)):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(name, line, found[0].strip(), _short(text.splitlines()[line - 1]))


def _short(text: str) -> str:
    return " ".join(text.split())[:120]


def in_code(name: str, text: str) -> Iterator[Finding]:
    """Yield what is found in docstrings and in texts of three words or more."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _in_docstring(name, node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and MESSAGE.search(node.value):
            for finding in in_text(name, node.value):
                yield Finding(name, node.lineno, finding.phrase, _short(node.value))


def _in_docstring(
    name: str, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[Finding]:
    first = (ast.get_docstring(node) or "").partition("\n\n")[0]
    if ASKING.match(" ".join(first.split())):
        yield Finding(name, getattr(node, "lineno", 1), first.split()[0], _short(first))


def main() -> int:
    """Print the findings, and return 1 if there are any."""
    found = list(findings())
    for finding in found:
        print(f"{finding.path}:{finding.line}: {finding.phrase}: {finding.text}")
    print(f"{len(found)} findings in {len({finding.path for finding in found})} files", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
