"""The table of `docs/review.md`: the forms of a plan, written from those that the commands offer."""

from pathlib import Path
from typing import Final

from agencyfile.cli.plan_output import FORMS
from tools.generators.answers_table import BEGIN, END

PAGE: Final = Path(__file__).parents[2] / "docs" / "review.md"


def review_page() -> str:
    """The page with its table as the code has it."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{_table()}\n{END}{rest.partition(END)[2]}"


def _table() -> str:
    rows = (f"| `{name}` | {form.purpose} |\n" for name, form in FORMS.items())
    return "| `--format` | for |\n|---|---|\n" + "".join(rows)
