"""README's "The first client", carried out word by word by a shell against the local portal."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parent.parent / "README.md"
BIN: Final = Path(sys.executable).parent
UNCOMMENT: Final = "sed -i 's/^#  /  /' agency.yaml\n"  # "The file ends with a client to uncomment"


def blocks() -> list[str]:
    """The shell blocks of the section, in order."""
    (section,) = re.findall(
        r"^## The first client\n(.*?)^(?:An agency that exists|## )",
        README.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_readme_first_client_works_word_by_word(tmp_path: Path) -> None:
    """From `init` to the login, in the shell that `portal run` opens; the real portal's lines come after it."""
    init, validate, rehearse, real = blocks()
    script = f"set -e\n{init}{UNCOMMENT}{validate}{rehearse}"

    # A shell reads its commands from standard input line by line, as from a person: so does the one that it starts.
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "CI": "", "AGENCYFILE_WAIT_FIRST": "0.1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done
    assert "agency.yaml is valid: 1 resource" in done.stdout
    assert "Plan: settings to record, 1 to create, 1 by hand." in done.stdout
    assert "Applied: 2 done." in done.stdout
    assert re.search(r"^password  \S{8,}$", done.stdout, re.MULTILINE)
    assert "Plan: nothing to change, 1 by hand." in done.stdout
    assert (done.stderr.count("error"), done.stderr.count("warning")) == (0, 0), done.stderr
    assert [line.split()[0] for line in real.splitlines()] == ["rm", "export", "agencyfile", "agencyfile"]
    assert all((tmp_path / name).exists() for name in real.splitlines()[0].split()[1:])


def test_readme_block_of_a_client_is_the_one_that_init_writes(tmp_path: Path) -> None:
    """Whoever pastes the block in the place of the example has the same client."""
    (block,) = re.findall(r"^```yaml\n(accounts:\n.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    subprocess.run(["agencyfile", "init", "northwind"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    file = tmp_path / "agency.yaml"
    head, _, example = file.read_text().partition("accounts:\n")

    assert [line.strip("# ") for line in example.splitlines()] == [
        re.sub(r"\s+#.*", "", line).strip() for line in block.splitlines()[1:]
    ]
    file.write_text(head + block)
    done = subprocess.run(["agencyfile", "validate"], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0
