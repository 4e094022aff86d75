"""Print figures of the structure: files, lines, functions, importers, floors and arrows.

    python -m tools.structure [CHECKOUT ...]

One column for each checkout; compare with `git worktree add FOLDER COMMIT`. The imports are read by grimp, which
import-linter uses too. A floor is the longest chain of modules of a package that import each other downwards; modules
of one import cycle stand on one floor. An arrow is an import from one subpackage or module of a package to another.
"""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

TOP = Path(__file__).parents[1]
ROOTS = ("plan", "agencyfile")
PACKAGES = ("plan", "agencyfile.language", "agencyfile.kinds", "agencyfile.activecampaign", "agencyfile.portal")
_GRAPH = "--graph"


def main() -> int:
    """Print the table."""
    if sys.argv[1:2] == [_GRAPH]:
        return _print_graph()
    checkouts = [Path(each) for each in sys.argv[1:]] or [TOP]
    wrong = [str(each) for each in checkouts if not all((each / root).is_dir() for root in ROOTS)]
    if wrong:
        print(f"error: no checkout with {' and '.join(ROOTS)}: {', '.join(wrong)}", file=sys.stderr)
        return 64
    columns = [dict(_figures(checkout)) for checkout in checkouts]
    names = list(dict.fromkeys(name for column in columns for name in column))
    width = max(map(len, names))
    for name in names:
        print(f"{name:{width}}", *(f"{column.get(name, '-'):>12}" for column in columns))
    return 0


def _figures(checkout: Path) -> Iterator[tuple[str, str]]:
    paths = [path for root in ROOTS for path in sorted((checkout / root).rglob("*.py"))]
    lines = [len(path.read_text("utf-8").splitlines()) for path in paths]
    functions = [length for path in paths for length in _functions(path)]
    yield "files", f"{len(paths):,}"
    yield "lines", f"{sum(lines):,}"
    yield "lines of a file, median", f"{statistics.median(lines):.0f}"
    yield "lines of a file, largest", str(max(lines))
    yield "lines of a function, median", f"{statistics.median(functions):.0f}"
    yield "lines of a function, largest", str(max(functions))
    yield from _imports(checkout)


def _functions(path: Path) -> Iterator[int]:
    """Yield the length of each function, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            first = node.body[0]
            has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
            yield node.end_lineno - node.lineno + 1 - docstring


def _imports(checkout: Path) -> Iterator[tuple[str, str]]:
    """Read the imports in a process of its own: a checkout is imported from its folder."""
    command = [sys.executable, str(Path(__file__).resolve()), _GRAPH]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(checkout)}
    )
    for line in done.stdout.splitlines():
        name, _, value = line.partition("\t")
        yield name, value


def _print_graph() -> int:
    import grimp  # noqa: PLC0415 - only this process needs it

    graph = grimp.build_graph(*ROOTS, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    importers = [len(graph.find_modules_that_directly_import(module)) for module in graph.modules]
    print(f"modules with one importer\t{importers.count(1)}")
    for package in PACKAGES:
        inside = {
            module: {each for each in found if each.startswith(f"{package}.")}
            for module, found in imports.items()
            if module.startswith(f"{package}.")
        }
        if inside:
            print(f"floors of {package}\t{_floors(inside)}")
            print(f"arrows of {package}\t{_arrows(inside, package)}")
    return 0


def _floors(imports: dict[str, set[str]]) -> str:
    depth: dict[str, int] = {}
    try:
        for module in TopologicalSorter(imports).static_order():
            depth[module] = 1 + max((depth[each] for each in imports.get(module, ())), default=0)
    except CycleError:
        return "a cycle"
    return str(max(depth.values()))


def _arrows(imports: dict[str, set[str]], package: str) -> int:
    def part(module: str) -> str:
        return module.removeprefix(f"{package}.").partition(".")[0]

    return len({(part(a), part(b)) for a, found in imports.items() for b in found if part(a) != part(b)})


if __name__ == "__main__":
    sys.exit(main())
