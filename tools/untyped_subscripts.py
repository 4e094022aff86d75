"""Count the string subscripts that the type checker cannot see: `record["name"]` on a mapping to `Any`.

    python -m tools.untyped_subscripts [CHECKOUT] [--list]

mypy tells the type of whatever is subscripted. Compare an older commit with `git worktree add FOLDER COMMIT`.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from mypy.build import build
from mypy.find_sources import create_source_list
from mypy.nodes import CallExpr, Expression, IndexExpr, MemberExpr, StrExpr
from mypy.options import Options
from mypy.types import AnyType, Instance, Type, UnionType, get_proper_type

TOP = Path(__file__).parents[1]
FOLDERS = ("plan", "agencyfile/cli")


def _subscripted(node: Expression) -> Expression | None:
    """Return the object of `object["name"]` and `object.get("name")`; None for any other expression."""
    if isinstance(node, IndexExpr):
        return node.base if isinstance(node.index, StrExpr) else None
    if isinstance(node, CallExpr) and isinstance(node.callee, MemberExpr) and node.callee.name == "get":
        return node.callee.expr if node.args and isinstance(node.args[0], StrExpr) else None
    return None


def _is_untyped(found: Type) -> bool:
    """Is it `Any`, or a mapping to `Any`?"""
    proper = get_proper_type(found)
    if isinstance(proper, UnionType):
        return any(map(_is_untyped, proper.items))
    if isinstance(proper, Instance):
        return bool(proper.args) and isinstance(get_proper_type(proper.args[-1]), AnyType)
    return isinstance(proper, AnyType)


def main() -> int:
    """Print how many there are, by file."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    os.chdir(arguments[0] if arguments else TOP)
    options = Options()
    options.export_types = options.preserve_asts = options.ignore_missing_imports = True
    options.explicit_package_bases = options.namespace_packages = True
    options.mypy_path = [str(Path.cwd())]
    with TemporaryDirectory() as cache:
        options.cache_dir = cache
        result = build(create_source_list(list(FOLDERS), options), options)
    untyped: Counter[str] = Counter()
    typed = 0
    for state in result.graph.values():
        name = os.path.relpath(state.path or "")
        types = state.type_map() if name.startswith(tuple(f"{folder}/" for folder in FOLDERS)) else {}
        for found in filter(None, map(_subscripted, types)):
            is_untyped = found in types and _is_untyped(types[found])
            untyped[name] += is_untyped
            typed += not is_untyped
    total = untyped.total()
    print(f"{total + typed:,} string subscripts in {' and '.join(FOLDERS)}, {total:,} without a type")
    for name, count in (+untyped).most_common() if "--list" in sys.argv else ():
        print(f"{count:>5} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
