"""The exact words of the steps of the example; AGENCYFILE_UPDATE=1 writes what is expected."""

import os
import shutil
from pathlib import Path

from rehearsal import Rehearsal

EXAMPLE = Path(__file__).parents[2] / "examples" / "contacts"
EXPECTED = Path(__file__).parent / "steps.txt"


def test_steps_of_the_example_have_these_words(rehearsal: Rehearsal) -> None:
    """Three journeys, a change of details, a domain, a subscription that ends, and a mail that is ready to send."""
    shutil.copytree(EXAMPLE, rehearsal.folder, dirs_exist_ok=True)
    steps = rehearsal.plan()["manual_steps"]
    text = "\n".join(f"== {step['id']}: {step['title']}\n{step['text']}\n" for step in steps)
    if os.environ.get("AGENCYFILE_UPDATE"):
        EXPECTED.write_text(text, encoding="utf-8")

    assert text == EXPECTED.read_text(encoding="utf-8")
