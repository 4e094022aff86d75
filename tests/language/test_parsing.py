"""Bytes that are no agency file, scalars, and what guards the native parser."""

from pathlib import Path

import pytest

from agencyfile.declarations.nodes import Block
from agencyfile.language import Loaded, load
from agencyfile.language.document import Document, parse_document
from agencyfile.language.rules import make_report
from agencyfile.language.scalars import is_ambiguous, plain_scalar
from agencyfile.language.source import Limits, Reader
from plan.address import Origin

HEAD = "version: 1\nagency: {name: northwind}\n"


def loaded(folder: Path, content: bytes) -> Loaded:
    """Load a file of these bytes."""
    path = folder / "agency.yaml"
    path.write_bytes(content)
    return load(path, {})


def places(result: Loaded) -> list[tuple[str, int, int]]:
    """Rule, line and column of every diagnostic."""
    return [(one.rule, one.origin.line, one.origin.column) for one in result.diagnostics if one.origin]


def parsed(text: str, limits: Limits | None = None) -> tuple[Document, list[str]]:
    """The document of a text, and the rules that it breaks."""
    report = make_report()
    document = parse_document(text, "a.yaml", report, limits or Limits())
    return document, [one.rule for one in report.diagnostics()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("190:20:30", "190:20:30"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".", "."),
        ("-", "-"),
        (".inf", float("inf")),
        ("-.Inf", float("-inf")),
        ("+.INF", float("inf")),
        ("2026-11-01", "2026-11-01"),
        ("1.2.3", "1.2.3"),
        ("12 apples", "12 apples"),
        ("nullable", "nullable"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalar_of_yaml_1_2_has_the_core_value(text: str, value: object) -> None:
    """Plain words mean what the YAML 1.2 core schema says."""
    found = plain_scalar(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "answer"), [("0123", True), ("-01", True), ("0", False), ("0.5", False), ("0o7", False)]
)
def test_number_with_a_leading_zero_is_ambiguous(text: str, *, answer: bool) -> None:
    """Only integers that YAML 1.1 reads in another base are ambiguous."""
    assert is_ambiguous(text) is answer


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", ("empty-file", 1, 1)),
        (b"\n# nothing\n", ("empty-file", 1, 1)),
        (b"- one\n", ("wrong-type", 1, 1)),
        (b"version: 1\nagency: {name: caf\xe9}\n", ("not-utf8", 2, 19)),
        ("version: 1\nagency: {name: x}\n".encode("utf-16"), ("not-utf8", 1, 1)),
        (b"version: 1\r\nagency: {name: a\0b}\r\n", ("control-character", 2, 17)),
        (b"version: 1\nagency: {name: \x1b[31m}\n", ("control-character", 2, 16)),
        (b"version: 1\n\xef\xbb\xbfagency: {name: x}\n", ("control-character", 2, 1)),
        (b"a: [" + b"[" * 100_000, ("nesting-depth", 1, 35)),
        (b"- " * 100_000, ("nesting-depth", 1, 65)),
        (b"? " * 100_000, ("complex-key", 1, 3)),
        (b"{" * 100_000, ("complex-key", 1, 2)),
        (b"a: *b\n", ("undefined-alias", 1, 4)),
        (b"a: &a [*a]\n", ("undefined-alias", 1, 8)),
        (b"&a a: 1\n*a : 2\n", ("complex-key", 2, 1)),
        (b"a: b: c\n", ("syntax", 1, 5)),
        (b"a: 'open\n", ("syntax", 2, 1)),
        (b"\tversion: 1\n", ("tab", 1, 1)),
        (b"a:\n  b: 1\n\tc: 2\n", ("tab", 3, 1)),
        (b"a:\n  b: 1\n  \tc: 2\n", ("tab", 3, 3)),
        (b"a:\n- b\n\t- c: 1\n", ("tab", 3, 1)),
        (b"a: b\n\tc: d\n", ("tab", 2, 1)),
        (b"a: @b\n", ("syntax", 1, 4)),
        (b"%YAML 3.0\n---\na: 1\n", ("syntax", 1, 1)),
    ],
)
def test_file_that_is_no_yaml_mapping_is_refused_at_its_place(
    content: bytes, place: tuple[str, int, int], tmp_path: Path
) -> None:
    """Whatever the bytes are, the diagnostic names the place, and nothing is raised."""
    result = loaded(tmp_path, content)

    assert place in places(result)
    assert result.agency_file is None


def test_file_with_a_byte_order_mark_is_read_as_without(tmp_path: Path) -> None:
    """Windows editors may write a byte order mark; it is no part of the first key."""
    result = loaded(tmp_path, b"\xef\xbb\xbf" + HEAD.encode())

    assert result.agency_file is not None


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_any_system_give_the_same_lines(ending: str, tmp_path: Path) -> None:
    """Lines are counted alike on every system."""
    result = loaded(tmp_path, (HEAD + "accounts:\n  Acme: text\n").replace("\n", ending).encode())

    assert ("account-name", 4, 3) in places(result)


def test_alias_bomb_is_refused_before_it_expands() -> None:
    """Nine levels of nine aliases stand for 387 million values; reading stops long before."""
    lines = ["a0: &a0 [" + ", ".join("x" * 1 for _ in range(9)) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 9)]
    document, rules = parsed("\n".join(lines))

    assert rules == ["alias-expansion"]
    assert not document.is_complete


def test_alias_within_limits_repeats_the_value() -> None:
    """Anchors and aliases are allowed."""
    document, rules = parsed("a: &x {k: 1}\nb: *x\nc: [*x, &y text, *y]\n")

    assert rules == []
    assert document.root == {"a": {"k": 1}, "b": {"k": 1}, "c": [{"k": 1}, "text", "text"]}


def test_file_with_too_many_values_is_refused() -> None:
    """Memory is bounded by values, not only by bytes."""
    _, rules = parsed("[" + "a," * 200 + "]", Limits(values=100))

    assert rules == ["too-many-values"]


def test_file_above_the_size_limit_is_not_read(tmp_path: Path) -> None:
    """A file too large for one file, or for the run, is refused before it is opened."""
    path = tmp_path / "a.yaml"
    path.write_text("x" * 100)
    for limits in (Limits(file_bytes=99), Limits(all_bytes=99)):
        report = make_report()

        assert Reader(report, limits).text(path, "a.yaml") is None
        assert [one.rule for one in report.diagnostics()] == ["file-too-large"]


@pytest.mark.parametrize("name", ["missing.yaml", ".", "nul\0byte"])
def test_path_that_cannot_be_read_gives_a_diagnostic(name: str, tmp_path: Path) -> None:
    """A missing file and a folder are problems of the user's, not tracebacks."""
    result = load(tmp_path / name, {})

    assert [one.rule for one in result.diagnostics] == ["file-unreadable"]


def test_pipe_is_not_opened(tmp_path: Path) -> None:
    """Reading a pipe may never end."""
    import os  # noqa: PLC0415

    os.mkfifo(tmp_path / "pipe.yaml")
    result = load(tmp_path / "pipe.yaml", {})

    assert [one.rule for one in result.diagnostics] == ["file-unreadable"]


def test_keys_are_their_source_text() -> None:
    """A client may be called 123, no or null."""
    document, rules = parsed("123: a\nno: b\nnull: c\n1e3: d\n")

    assert rules == []
    assert document.root == {"123": "a", "no": "b", "null": "c", "1e3": "d"}


def test_values_know_their_places() -> None:
    """Every key, value and item has its file, line and column."""
    document, _ = parsed("a:\n  b: [x,\n    y]\n")
    root = document.root
    assert isinstance(root, Block)
    inner = root["a"]

    assert inner.keys_at["b"] == Origin("a.yaml", 2, 3)
    assert inner.values_at["b"] == Origin("a.yaml", 2, 6)
    assert inner["b"].values_at == [Origin("a.yaml", 2, 7), Origin("a.yaml", 3, 5)]


def test_include_through_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """Links do not lead out of the agency file's folder."""
    outside = tmp_path / "outside.yaml"
    outside.write_text("accounts: {}\n")
    folder = tmp_path / "agency"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(outside)
    result = loaded(folder, (HEAD + "include: [link.yaml]\n").encode())

    assert places(result) == [("include-outside", 3, 11)]


def test_include_that_matches_the_root_file_reads_it_once(tmp_path: Path) -> None:
    """`*.yaml` may match the root file, and two patterns the same file."""
    (tmp_path / "more.yaml").write_text("sandboxes:\n")
    result = loaded(tmp_path, (HEAD + "include: ['*.yaml', 'm*.yaml']\n").encode())

    assert result.diagnostics == ()


def test_ledger_through_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """The ledger stays in the agency file's folder."""
    folder = tmp_path / "agency"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    result = loaded(folder, b"version: 1\nagency: {name: northwind, ledger: file:link/ledger.jsonl}\n")

    assert places(result) == [("ledger-location", 2, 35)]


def test_values_nested_by_aliases_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    """Aliases nest deeper than the text does; whatever looks at such a value must bear it."""
    chain = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 400)]
    for place in ("agency: *a399", "agency: {name: *a399}", "accounts: {acme: *a399}", "version: *a399", "x: *a399"):
        result = loaded(tmp_path, "\n".join([*chain, place]).encode())

        assert result.agency_file is None
