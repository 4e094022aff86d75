"""Laws of the records: they have types, and whoever shows one computes nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
RENDER = TOP / "agencyfile" / "cli" / "render"
RENDERERS = sorted(RENDER.rglob("*.py"))

# What counts characters of a text, columns of a terminal or of a sheet, or bytes of a page or of a calendar's line, or
# cuts a list to what fits.
LAYOUT = {
    "calendar_lines.py", "cells.py", "excerpt.py", "folding.py", "instruction.py", "progress.py", "safe.py", "table.py",
    "html/manual_steps.py", "html/values.py", "markdown/text.py",
}  # fmt: skip
COUNTING = {"Counter", "Decimal", "Fraction", "accumulate", "divmod", "fsum", "len", "round", "sum"}
ARITHMETIC = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)

# A record is read as its type everywhere but here: what is decoded, and what is no record of ours.
UNTYPED = {
    "plan/document/asked.py": "the decoder of requests",
    "plan/document/decoding.py": "the decoder",
    "plan/document/money.py": "the decoder of money",
    "plan/records/form.py": "JSON Schema, for pydantic",
    "agencyfile/cli/install_origin.py": "pip's own record of an installation",
    "agencyfile/cli/commands/comment.py": "options as click passes them",
    "agencyfile/cli/commands/commit_status.py": "options as click passes them",
    "agencyfile/cli/commands/demo.py": "rows of the local portal",
    "agencyfile/cli/expectations/model.py": "JSON Schema",
    "agencyfile/cli/expectations/reading.py": "words of a file, as its model has validated them",
    "agencyfile/cli/expectations/comparing.py": "words of a file, as its model has validated them",
    "agencyfile/cli/expectations/seeding.py": "words of a file, and the local portal's seeds",
    "agencyfile/cli/notify/forms.py": "bodies in the words of chats",
}
ANY = re.compile(r"\b(?:Mapping|dict|Dict)\[str, Any\]")


def calculations(source: str, *, is_layout: bool) -> Iterator[str]:
    """What a renderer computes: `len`, `sum` and their like, and arithmetic on fields of a record."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            operands = _operands(node)
            is_of_texts = any(map(_is_text, operands)) or (not is_layout and any(map(_is_width, operands)))
            if any(map(_is_field, operands)) and not is_of_texts:
                yield f"{node.lineno}: arithmetic on a field: {ast.unparse(node)}"
            elif isinstance(node.op, ARITHMETIC) and not (is_layout or is_of_texts):
                yield f"{node.lineno}: arithmetic: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and not is_layout and _name(node.func) in COUNTING:
            yield f"{node.lineno}: {ast.unparse(node)}"


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Subscript):
        return _name(function.value)
    return function.id if isinstance(function, ast.Name) else ""


def _is_field(operand: ast.expr) -> bool:
    """`record["name"]`."""
    key = operand.slice if isinstance(operand, ast.Subscript) else None
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


def _operands(node: ast.BinOp | ast.AugAssign) -> tuple[ast.expr, ast.expr]:
    return (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)


def _is_text(operand: ast.expr) -> bool:
    return isinstance(operand, ast.JoinedStr | ast.List) or (
        isinstance(operand, ast.Constant) and isinstance(operand.value, str)
    )


def _is_width(operand: ast.expr) -> bool:
    """Columns of a terminal: a name that says so."""
    return isinstance(operand, ast.Name) and operand.id in {"width", "_WIDTH", "_FACTS"}


@pytest.mark.parametrize("path", RENDERERS, ids=[str(path.relative_to(RENDER)) for path in RENDERERS])
def test_renderer_computes_nothing(path: Path) -> None:
    """Counts and sums stand in the document, where they were computed once: two renderers cannot differ."""
    is_layout = str(path.relative_to(RENDER)) in LAYOUT

    assert list(calculations(path.read_text("utf-8"), is_layout=is_layout)) == []


@pytest.mark.parametrize(
    "line",
    [
        "len(document['blocked'])",
        "sum(step['effect'] == 'one-shot' for step in steps)",
        "Counter(change['effect'] for change in changes)",
        "Counter[str]()",
        "limit['spent'] + now",
        'f\'{summary["create"] + summary["update"]}\'',
        "total - most",
        "Decimal(limit['most'])",
    ],
)
def test_renderer_that_computes_is_found(line: str) -> None:
    """The law above can fail."""
    assert list(calculations(line, is_layout=False)) != []


def test_layout_modules_are_there() -> None:
    """None is excused that is not there any more."""
    assert {name for name in LAYOUT if not (RENDER / name).exists()} == set()


def test_records_have_types() -> None:
    """No plan document, event or body of a ledger is a mapping to `Any`, but where it is decoded."""
    found = {
        str(path.relative_to(TOP))
        for folder in ("plan", "agencyfile/cli")
        for path in sorted((TOP / folder).rglob("*.py"))
        if ANY.search(path.read_text("utf-8"))
    }

    assert found == set(UNTYPED)


RIDDLE = re.compile(r"(What|Whose|Who|Whatever|Whoever)\b")


def test_docstrings_of_the_engine_name_their_subject() -> None:
    """A docstring begins with a verb or a noun, so that it can be read alone."""
    found = [
        f"{path.relative_to(TOP)}: {text.splitlines()[0]}"
        for path in sorted((TOP / "plan").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node))
        if RIDDLE.match(text)
    ]

    assert found == []


def test_engine_names_no_flag() -> None:
    """Flags are the command line's: it says what to do about an error that the engine gives an id."""
    texts = (
        (path, node.value)
        for path in sorted((TOP / "plan").rglob("*.py"))
        if not path.name.startswith("git")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    flags = [f"{path.name}: {text[:80]}" for path, text in texts if re.search(r"(?<![\w-])--?[a-z]{3,}", text)]

    assert [flag for flag in flags if not flag.startswith(("document.py", "event.py", "__init__.py"))] == []


def test_files_are_short() -> None:
    """400 lines are as many as a person holds in mind."""
    folders = ("plan", "agencyfile", "tools")
    files = {path: path.read_text("utf-8").count("\n") for folder in folders for path in (TOP / folder).rglob("*.py")}

    assert {str(path.relative_to(TOP)): lines for path, lines in files.items() if lines > 400} == {}
