"""Count the string subscripts that the type checker cannot see: `record["name"]` on a mapping to `Any`.

    python -m tools.untyped_subscripts [CHECKOUT]

mypy names expressions that hold `Any`, once a line; a subscript counts if such an expression begins at its place. The
figure is a lower bound: mypy passes over mappings that an alias hides. Compare with `git worktree add FOLDER COMMIT`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

TOP = Path(__file__).parents[1]
FOLDERS = ("plan", "agencyfile/cli")
_ERROR = re.compile(r"([^:]+):(\d+):(\d+): error: Expression ")

Place = tuple[str, int, int]


def main() -> int:
    """Print how many there are."""
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP
    keyed = set(_keyed(checkout))
    untyped = keyed & set(_without_type(checkout))
    print(f"{len(keyed):,} string subscripts in {' and '.join(FOLDERS)}, at least {len(untyped):,} without a type")
    return 0


def _keyed(checkout: Path) -> Iterator[Place]:
    for folder in FOLDERS:
        for path in sorted((checkout / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Subscript | ast.Call) and _has_text_key(node):
                    yield str(path.relative_to(checkout)), node.lineno, node.col_offset + 1


def _has_text_key(node: ast.Subscript | ast.Call) -> bool:
    if isinstance(node, ast.Subscript):
        key: ast.expr | None = node.slice
    else:
        is_get = isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        key = node.args[0] if is_get and node.args else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _without_type(checkout: Path) -> Iterator[Place]:
    with TemporaryDirectory() as cache:
        command = [
            *(sys.executable, "-m", "mypy", "--disallow-any-expr", "--show-column-numbers", "--no-pretty"),
            *("--cache-dir", cache, *FOLDERS),
        ]
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    for found in map(_ERROR.match, done.stdout.splitlines()):
        if found:
            yield found[1], int(found[2]), int(found[3])


if __name__ == "__main__":
    sys.exit(main())
