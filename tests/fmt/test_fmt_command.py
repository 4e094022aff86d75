"""`agencyfile fmt` as a person, an editor and a pipeline use it."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import evidence
import forks
import pytest
from rehearsal import Ran

TOP = Path(__file__).parent.parent.parent
SCRIPT = Path(sys.executable).with_name("agencyfile")
UNTIDY = "version: 1\nagency: {name:   'northwind'}   # the agency\n"
TIDY = "version: 1\n\nagency: {name: northwind}  # the agency\n"


def fmt(folder: Path, *arguments: str, stdin: bytes = b"", **environ: str) -> Ran:
    """Run `agencyfile fmt` in a folder, as a process."""
    return forks.run("fmt", *arguments, folder=folder, environment=environ, stdin=stdin)


def test_fmt_rewrites_the_agency_file_and_what_it_includes(tmp_path: Path) -> None:
    """Without a name it is the agency file with all its parts; only what changes is written, and named."""
    (tmp_path / "clients").mkdir()
    for name, text in {
        "agency.yaml": UNTIDY + "include: [clients/*.yaml]\n",
        "clients/a.yaml": "accounts:\n    acme: {}\n",
        "clients/b.yaml": "accounts:\n  beta: {}\n",
        "other.yaml": UNTIDY,
    }.items():
        (tmp_path / name).write_text(text)
    before = (tmp_path / "clients/b.yaml").stat()

    ran = fmt(tmp_path)

    assert (ran.code, ran.out) == (0, "agency.yaml\nclients/a.yaml\n")
    assert ran.err == "3 files, 2 laid out\n"
    assert (tmp_path / "agency.yaml").read_text() == TIDY + "\ninclude: [clients/*.yaml]\n"
    assert (tmp_path / "clients/a.yaml").read_text() == "accounts:\n  acme: {}\n"
    assert (tmp_path / "clients/b.yaml").stat().st_ino == before.st_ino
    assert (tmp_path / "other.yaml").read_text() == UNTIDY
    assert fmt(tmp_path) == Ran(0, "", "3 files, nothing to change\n")


def test_fmt_of_named_files_leaves_others(tmp_path: Path) -> None:
    """Named files alone, each once; a part need not be a whole agency file."""
    for name in ("agency.yaml", "part.yaml"):
        (tmp_path / name).write_text("accounts: {'a': {}}\n")

    assert fmt(tmp_path, "part.yaml", "part.yaml").out == "part.yaml\n"
    assert (tmp_path / "agency.yaml").read_text() == "accounts: {'a': {}}\n"


@pytest.mark.parametrize("where", ["flag", "environment"])
def test_fmt_finds_the_agency_file_where_other_commands_do(tmp_path: Path, where: str) -> None:
    """`-f` and AGENCYFILE_FILE name another agency file."""
    (tmp_path / "other.yaml").write_text(UNTIDY)
    ran = fmt(tmp_path, "-f", "other.yaml") if where == "flag" else fmt(tmp_path, AGENCYFILE_FILE="other.yaml")

    assert (ran.code, ran.out) == (0, "other.yaml\n")


def test_fmt_check_exits_1_names_the_files_and_writes_nothing(tmp_path: Path) -> None:
    """For a pipeline: 1 and the names when something would change, 0 when nothing would."""
    file = tmp_path / "agency.yaml"
    file.write_text(UNTIDY)

    assert fmt(tmp_path, "--check") == Ran(1, "agency.yaml\n", "1 file, 1 would change\n")
    assert fmt(tmp_path, "-check").code == 1
    assert file.read_text() == UNTIDY
    fmt(tmp_path)
    assert fmt(tmp_path, "--check") == Ran(0, "", "1 file, nothing to change\n")


def test_fmt_diff_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    """A unified diff; with --check it also exits with 1."""
    file = tmp_path / "agency.yaml"
    file.write_text("version: 1\nagency: {name: 'x'}")
    diff = (
        "--- agency.yaml\n+++ agency.yaml\n@@ -1,2 +1,3 @@\n version: 1\n-agency: {name: 'x'}\n"
        "\\ No newline at end of file\n+\n+agency: {name: x}\n"
    )

    assert fmt(tmp_path, "--diff") == Ran(0, diff, "1 file, 1 would change\n")
    assert fmt(tmp_path, "--diff", "--check").code == 1
    assert file.read_text() == "version: 1\nagency: {name: 'x'}"


def test_fmt_diff_applied_by_patch_is_what_fmt_writes(tmp_path: Path) -> None:
    """The diff is no picture: git applies it."""
    shutil.copytree(TOP / "tests/fmt/cases/comments", tmp_path, dirs_exist_ok=True)
    diff = fmt(tmp_path, "--diff", "before.yaml").out
    subprocess.run(["git", "apply", "-p0"], cwd=tmp_path, input=diff.encode(), check=True)

    assert (tmp_path / "before.yaml").read_text() == (tmp_path / "after.yaml").read_text()


def test_fmt_diff_masks_secrets(tmp_path: Path) -> None:
    """A key that somebody wrote into the file does not reach a pipeline's log."""
    secret = evidence.PLANTED
    (tmp_path / "agency.yaml").write_text(f"agency:\n    portal:\n        agency_key:   '{secret}'\n")

    ran = fmt(tmp_path, "--diff")

    assert "agency_key:" in ran.out
    assert secret not in ran.out + ran.err


def test_fmt_of_standard_input_writes_standard_output(tmp_path: Path) -> None:
    """For editors: the text in, the text out, nothing else on either stream."""
    assert fmt(tmp_path, "-", stdin=UNTIDY.encode()) == Ran(0, TIDY, "")
    assert fmt(tmp_path, "-", "--check", stdin=UNTIDY.encode()) == Ran(1, "<stdin>\n", "1 file, 1 would change\n")
    assert fmt(tmp_path, "-", "--check", stdin=TIDY.encode()).code == 0
    assert fmt(tmp_path, "-", stdin=b"") == Ran(0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_fmt_of_standard_input_among_files_is_a_usage_error(tmp_path: Path) -> None:
    """One stream is one file."""
    ran = fmt(tmp_path, "-", "agency.yaml", stdin=b"")

    assert (ran.code, "stands alone" in ran.err) == (64, True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"agency: [\n", "syntax"),
        (b"a: 1\na: 2\n", "duplicate-key"),
        (b"a: \xff\n", "not-utf8"),
        (b"a: \x1b[31m\n", "control-character"),
        (b"a: &a [*a]\n", "undefined-alias"),
        (b"a: |\n  two\n  lines\n", "control-character"),
        (b"[" * 100_000, "nesting-depth"),
        (b"- " * 30_000, "nesting-depth"),
        (b"a: &a [1,1]\nb: &b [" + b"*a," * 40_000 + b"]\nc: [" + b"*b," * 9 + b"]\n", "alias-expansion"),
        (b"a: 1\n---\nb: 2\n", "several-documents"),
        (b"a: !!python/name:os.system x\n", "yaml-tag"),
        (b"a" * (5 * 1024 * 1024 + 1), "file-too-large"),
        (b"- a\n", "wrong-type"),
        (b"text", "wrong-type"),
        (b"", "empty-file"),
    ],
)
def test_fmt_of_a_file_with_a_yaml_mistake_says_what_validate_says(tmp_path: Path, text: bytes, rule: str) -> None:
    """The same diagnostics, exit 1, and nothing is written: neither that file nor one that is right."""
    (tmp_path / "agency.yaml").write_bytes(text)
    (tmp_path / "good.yaml").write_text(UNTIDY)
    validated = forks.run("validate", folder=tmp_path)

    ran = fmt(tmp_path)
    both = fmt(tmp_path, "good.yaml", "agency.yaml")

    assert f"error[{rule}]" in ran.err
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.split("\n\n")[0] in validated.err
    assert (both.code == 1) == (rule != "empty-file")
    assert (tmp_path / "agency.yaml").read_bytes() == text
    assert (tmp_path / "good.yaml").read_text() == (UNTIDY if both.code == 1 else TIDY)


def test_fmt_says_every_mistake_of_every_file(tmp_path: Path) -> None:
    """All at once, as `validate` does, and an included file's too."""
    (tmp_path / "agency.yaml").write_text(
        "a: 1\na: 2\nb: ! &x !!int z\ninclude: [part.yaml, missing.yaml, ../up.yaml]\n"
    )
    (tmp_path / "part.yaml").write_text("accounts: {")

    ran = fmt(tmp_path)

    assert ran.code == 1
    assert all(f"error[{rule}]" in ran.err for rule in ("duplicate-key", "syntax"))
    assert "part.yaml:1" in ran.err or "agency.yaml:3" in ran.err


def test_fmt_of_a_file_with_wrong_words_lays_it_out(tmp_path: Path) -> None:
    """A layout needs YAML alone: what `validate` would refuse may be tidied before it is corrected."""
    (tmp_path / "agency.yaml").write_text("version: 9\nagency: {nam: 'x'}\ninclude: [part.yaml]\n")
    (tmp_path / "part.yaml").write_text("acounts: {'x': 1}\n")

    assert fmt(tmp_path).code == 0
    assert (tmp_path / "part.yaml").read_text() == "acounts: {x: 1}\n"


def test_fmt_removes_the_byte_order_mark_and_carriage_returns(tmp_path: Path) -> None:
    """A file from another system is the same file; --check sees the mark even where nothing else would change."""
    file = tmp_path / "agency.yaml"
    for before in (
        b"\xef\xbb\xbf" + TIDY.encode(),
        TIDY.replace("\n", "\r\n").encode(),
        TIDY.replace("\n", "\r").encode(),
    ):
        file.write_bytes(before)

        assert fmt(tmp_path, "--check").code == 1
        assert fmt(tmp_path).code == 0
        assert file.read_bytes() == TIDY.encode()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_fmt_keeps_the_mode_and_the_link(tmp_path: Path, mode: int) -> None:
    """Who may read the file does not change; a link stays a link, and what it leads to is written."""
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "file.yaml"
    real.write_text(UNTIDY)
    real.chmod(mode)
    (tmp_path / "agency.yaml").symlink_to(real)

    assert fmt(tmp_path).code == 0

    assert (tmp_path / "agency.yaml").is_symlink()
    assert (stat.S_IMODE(real.stat().st_mode), real.read_text()) == (mode, TIDY)
    assert [path.name for path in real.parent.iterdir()] == ["file.yaml"]


def test_fmt_that_cannot_write_leaves_the_file_whole(tmp_path: Path) -> None:
    """The file is replaced in one step; when that fails, the old one is there and nothing beside it."""
    file = tmp_path / "agency.yaml"
    file.write_text(UNTIDY)
    limited = 'ulimit -f 0; trap "" XFSZ; exec "$0" fmt'  # no byte can be written to any file
    done = subprocess.run(["bash", "-c", limited, SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "agency.yaml cannot be written: file too large" in done.stderr
    assert (file.read_text(), [path.name for path in tmp_path.iterdir()]) == (UNTIDY, ["agency.yaml"])


def test_fmt_of_what_it_cannot_lay_out_says_so_and_writes_nothing(tmp_path: Path) -> None:
    """A key may be longer only in a form that we do not write: the result is read before it is believed."""
    text = f"a: 'x'\n? {'k' * 2000}\n: 1\n"
    for name in ("agency.yaml", "good.yaml"):
        (tmp_path / name).write_text(text if name == "agency.yaml" else UNTIDY)

    ran = fmt(tmp_path, "good.yaml", "agency.yaml")

    assert (ran.code, ran.out) == (1, "")
    assert "agency.yaml cannot be laid out: the values would not be the same" in ran.err
    assert "nothing was written" in ran.err
    assert ((tmp_path / "agency.yaml").read_text(), (tmp_path / "good.yaml").read_text()) == (text, UNTIDY)


@pytest.mark.parametrize("name", ["missing.yaml", ".", "fifo"])
def test_fmt_of_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing to wait for, nothing to guess: the place, the reason, exit 1."""
    os.mkfifo(tmp_path / "fifo")
    ran = fmt(tmp_path, name)

    assert (ran.code, "error[file-unreadable]" in ran.err) == (1, True)


def test_fmt_finds_nothing_to_change_in_what_init_writes_and_in_the_examples(tmp_path: Path) -> None:
    """We keep our own rules."""
    subprocess.run([SCRIPT, "init", "northwind"], cwd=tmp_path, capture_output=True, check=True)

    assert fmt(tmp_path, "--check").code == 0
    for example in sorted((TOP / "examples").glob("*/agency.yaml")):
        assert fmt(example.parent, "--check").code == 0
