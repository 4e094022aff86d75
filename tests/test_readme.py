"""README's block of a client. What its shell blocks do is tested with those of the other documents."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parent.parent / "README.md"
BIN: Final = Path(sys.executable).parent


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
