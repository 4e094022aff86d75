"""The two names of an agency file, and limits of size that the environment raises."""

import os
import re
from pathlib import Path

import forks
import pytest
from rehearsal import Ran

FILE = "version: 1\nagency: {name: northwind}\n"
MIB = 1024 * 1024


def ran(folder: Path, *arguments: str, **environment: str) -> Ran:
    """Run a command in a folder, in a process of its own."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    return forks.start_alone(*arguments, folder=folder, environment=variables).wait()


def test_file_may_have_either_name(tmp_path: Path) -> None:
    """Whichever is there is found, also by `fmt`, and named in messages."""
    (tmp_path / "agencyfile.yaml").write_text(FILE)

    assert "agencyfile.yaml is valid" in ran(tmp_path, "validate").out
    assert "agencyfile.yaml" in ran(tmp_path, "fmt", "--check").out


def test_two_files_are_an_error_unless_one_is_named(tmp_path: Path) -> None:
    """Nobody plans from the file that the reviewer did not read."""
    for name in ("agency.yaml", "agencyfile.yaml"):
        (tmp_path / name).write_text(FILE)
    both = ran(tmp_path, "validate")

    assert both.code == 1
    assert "agency.yaml and agencyfile.yaml are both there" in both.err
    assert "-f FILE" in both.err
    assert ran(tmp_path, "validate", "-f", "agency.yaml").code == 0
    assert ran(tmp_path, "validate", AGENCYFILE_FILE="agencyfile.yaml").code == 0
    assert ran(tmp_path, "validate", "--help").code == 0


def test_init_writes_the_name_that_is_asked_for_and_never_a_second_file(tmp_path: Path) -> None:
    """A folder gets one agency file."""
    first = ran(tmp_path, "init", "northwind", "--file", "agencyfile.yaml")
    second = ran(tmp_path, "init", "northwind", "--identity", "other.txt")

    assert first.code == 0
    assert "agencyfile.yaml" in first.out
    assert "agencyfile.yaml is valid" in ran(tmp_path, "validate").out
    assert second.code == 1
    assert "agencyfile.yaml exists already" in second.err
    assert not (tmp_path / "agency.yaml").exists()


def test_pipelines_and_the_action_name_the_file_that_is_there(tmp_path: Path) -> None:
    """`ci` writes the name into the workflows; an empty input of the action means whichever is there."""
    (tmp_path / "agencyfile.yaml").write_text(FILE)
    ran(tmp_path, "ci", "github", "--from-index", "0" * 64)
    workflow = (tmp_path / ".github/workflows/agencyfile-plan.yml").read_text()

    assert 'AGENCYFILE_FILE: "agencyfile.yaml"' in workflow
    assert "agencyfile.yaml is valid" in ran(tmp_path, "validate", AGENCYFILE_FILE="").out


def test_limit_of_size_is_raised_by_the_environment_alone(tmp_path: Path) -> None:
    """A file of six MiB is refused, the message names the variable, and with it the file is read."""
    path = tmp_path / "agency.yaml"
    path.write_text(FILE + filler(6 * MIB))
    refused = ran(tmp_path, "validate")

    assert refused.code == 1
    assert "file-too-large" in refused.err
    assert "AGENCYFILE_LIMIT_FILE_BYTES" in refused.err
    assert ran(tmp_path, "validate", AGENCYFILE_LIMIT_FILE_BYTES=str(7 * MIB)).code == 0
    assert ran(tmp_path, "validate", AGENCYFILE_LIMIT_FILE_BYTES="1").code == 1  # raised, never lowered: still five MiB
    path.write_text(FILE)
    assert ran(tmp_path, "validate", AGENCYFILE_LIMIT_FILE_BYTES="1").code == 0


@pytest.mark.rest
def test_limit_of_all_files_is_raised_by_the_environment_too(tmp_path: Path) -> None:
    """The sum over included files has a limit and a variable of its own."""
    (tmp_path / "agency.yaml").write_text(f"{FILE}include: [more/*.yaml]\n")
    (tmp_path / "more").mkdir()
    for number in range(13):
        (tmp_path / "more" / f"{number}.yaml").write_text("accounts:\n" + filler(4 * MIB))

    assert "file-too-large" in ran(tmp_path, "validate").err
    assert ran(tmp_path, "validate", AGENCYFILE_LIMIT_ALL_BYTES=str(60 * MIB)).code == 0


@pytest.mark.rest
def test_error_at_a_limit_names_the_variables_and_values_that_raise_it(tmp_path: Path) -> None:
    """What the last fix says to export is enough, for a large file, for many files and for many values."""
    file = tmp_path / "agency.yaml"
    (tmp_path / "more").mkdir()
    for number in range(11):
        (tmp_path / "more" / f"{number:02}.yaml").write_text("accounts:\n" + filler(6 * MIB))
    file.write_text(FILE + "include: [more/*.yaml]\n")
    too_large = exports(ran(tmp_path, "validate"))
    file.write_text(FILE + "x-list: [" + "a," * 500_000 + "]\n")
    too_many = exports(ran(tmp_path, "validate"))

    assert set(too_large) == {"AGENCYFILE_LIMIT_FILE_BYTES", "AGENCYFILE_LIMIT_ALL_BYTES"}
    assert set(too_many) == {"AGENCYFILE_LIMIT_VALUES"}
    assert "too-many-values" not in ran(tmp_path, "validate", **too_many).err
    file.write_text(FILE + "include: [more/*.yaml]\n")
    assert ran(tmp_path, "validate", **too_large).code == 0


def filler(size: int) -> str:
    """Comments of about `size` bytes, in long lines: many short ones take the parser seconds."""
    return f"# {'x' * 997}\n" * (size // 1000 + 1)


def exports(result: Ran) -> dict[str, str]:
    """The variables of the last fix that says `export`."""
    assert result.code == 1, result
    words = re.findall(r"export ([^\n]+)", result.err)[-1].split()
    return dict(word.split("=") for word in words)


@pytest.mark.parametrize("value", ["many", "-1", "1e9", "9" * 13, "٣"])
def test_limit_that_is_no_number_is_an_error_of_its_own(value: str, tmp_path: Path) -> None:
    """A mistake in a variable is told, and does not mean the usual limit."""
    (tmp_path / "agency.yaml").write_text(FILE)
    result = ran(tmp_path, "validate", AGENCYFILE_LIMIT_VALUES=value)

    assert result.code == 1
    assert "size-limit" in result.err
