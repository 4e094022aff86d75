"""The page about adding a rule is true: its one change makes a rule that is reported."""

import json
from pathlib import Path
from typing import Final

from laws.page_changes import Changes, run_copy

CHANGES: Final = Changes.of("how-to/add-a-rule.md")
FILE: Final = """\
version: 1
agency: {name: northwind}
templates:
  welcome: {type: designer, share_link: https://tplshare.com/abc123}
  old: {type: legacy, source_account: northwind}
"""


def test_page_adds_a_rule_that_warns_at_the_value(tmp_path: Path) -> None:
    """The other template is none of its business, and the file stays valid."""
    CHANGES.make_in(tmp_path)
    (tmp_path / "agency.yaml").write_text(FILE, "utf-8")
    told = json.loads(run_copy(tmp_path, "-m", "agencyfile", "validate", "--json"))

    assert told["valid"]
    assert [(found["rule"], found["severity"]) for found in told["diagnostics"]] == [("template-legacy", "warning")]
    assert (told["diagnostics"][0]["origin"]["line"], told["diagnostics"][0]["origin"]["column"]) == (5, 15)


def test_page_touches_one_file() -> None:
    """Its generated files and its cases are no work."""
    assert CHANGES.files == {"agencyfile/kinds/template/rules.py"}
