"""Every command that a document shows is carried out as it stands there, or says why it is not."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import forks
import pytest
from doc_blocks import DOCUMENTS, MARKS, TOP, Block, blocks_of, left_out, missing, outputs, script_of, stories

BIN: Final = Path(sys.executable).parent
STORIES: Final = stories()


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an `agencyfile` that is forked: the console script itself is what `make smoke` starts."""
    folder = tmp_path_factory.mktemp("programs")
    forks.write_program(folder / "agencyfile")
    return folder


def environment(folder: Path, programs: Path) -> dict[str, str]:
    """A person's machine, with a home folder of its own."""
    who = {f"GIT_{role}_{part}": part.lower() for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return {
        "PATH": f"{programs}:{BIN}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "USER": "ann",
        "AGENCYFILE_RATE_LIMIT": "10000",
        "AGENCYFILE_WAIT_FIRST": "0.1",
        "EXAMPLES": str(TOP / "examples"),
        "REPOSITORY": str(TOP),
        **who,
    }


@pytest.mark.parametrize("name", STORIES)
def test_blocks_of_a_document_do_what_it_says(name: str, tmp_path: Path, programs: Path) -> None:
    """One shell carries the blocks out in order; what a console block shows is printed."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    blocks = STORIES[name]

    done = subprocess.run(
        [programs / "agencyfile", "portal", "run", "--", "bash"],
        input=script_of(blocks),  # a shell reads its commands from standard input line by line
        cwd=tmp_path / "work",
        env=environment(tmp_path / "home", programs),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )

    printed = outputs(done.stdout)
    last = blocks[max(printed, default=0)]
    assert done.returncode == 0, f"{name}:{last.line}\n{done.stdout[-3000:]}"
    for number, text in printed.items():
        assert missing(blocks[number].output, text) == [], f"{name}:{blocks[number].line}\n{text}"
    assert len(printed) == sum(block.is_shell for block in blocks)


def test_blocks_that_are_not_run_say_why() -> None:
    """A reason is a sentence, and the paths in it exist."""
    for block in left_out():
        reason = block.reason or ""
        assert len(reason.split()) >= 4, f"{block.document}:{block.line}"
        paths = re.findall(r"\b(?:tests|tools)/[\w/.]+\w|\.ci/run", reason)
        assert all((TOP / path).exists() for path in paths), f"{block.document}:{block.line}: {reason}"


def test_most_blocks_are_run() -> None:
    """What needs a forge, the vendor's portal or an installation is the exception."""
    run = [block for blocks in STORIES.values() for block in blocks if block.is_shell]

    assert len(run) >= 3 * len(left_out())


def test_marks_are_known() -> None:
    """A mark with a typing error would silently do nothing."""
    blocks = [block for path in DOCUMENTS for block in blocks_of(path)]

    assert [(block.document, block.line, *block.marks) for block in blocks if block.marks.keys() - set(MARKS)] == []


def test_output_that_was_not_printed_is_found() -> None:
    """Lines stand in order, and an ellipsis stands for anything."""
    assert missing(["a …", "c"], "a b\nx\nc\n") == []
    assert missing(["c", "a …"], "a b\nc\n") == ["a …"]
    assert missing(["a"], "a b\n") == ["a"]


def test_console_block_is_commands_and_output() -> None:
    """Commands stand behind a prompt; everything else is printed by them."""
    block = Block("page.md", 1, "console", "$ echo a\na\n\n$ echo b\nb\n", {"exit": "2"})

    assert block.commands == "echo a\necho b\n"
    assert block.output == ["a", "b"]
    assert "test $code = 2" in script_of([block])
