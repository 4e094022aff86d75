"""The table as people see it, at any width, whatever stands in it."""

import re

import pytest
from doctor.scene import examine, set_up, speak
from rehearsal import Rehearsal

from agencyfile.cli.doctor.records import DoctorDocument
from agencyfile.cli.render.doctor_text import render_doctor
from agencyfile.cli.render.folding import columns


def document_of(rehearsal: Rehearsal, **environment: str) -> DoctorDocument:
    """A document of a set-up with accounts."""
    found: DoctorDocument = examine(rehearsal, environment=environment)[1]  # type: ignore[assignment]
    return found


def plain(text: str) -> list[str]:
    """The lines, without our own marks of colors."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_table_fits_its_width(rehearsal: Rehearsal, width: int) -> None:
    """No line is longer; nothing is left out: the words of the folded table are those of the unfolded one."""
    set_up(rehearsal)
    document = document_of(rehearsal, AGENCYFILE_HUB_KEY="wrong-key-0123456789")
    lines = plain(render_doctor(document, width=width))

    assert max(map(columns, lines)) <= width
    whole = " ".join(plain(render_doctor(document, width=None)))
    assert "".join(" ".join(lines).split()) == "".join(whole.split())
    assert document["checks"][0]["words"].split()[0] in whole


def test_table_has_a_line_for_each_check_and_each_question(rehearsal: Rehearsal) -> None:
    """Problems stand out by a word, not by a color alone, and say what to do."""
    set_up(rehearsal)
    document = document_of(rehearsal, AGENCYFILE_HUB_KEY="wrong-key-0123456789")
    lines = plain(render_doctor(document, width=None))

    problem = next(number for number, line in enumerate(lines) if line.startswith("  PROBLEM  Partners Hub"))
    assert "refuses the key" in lines[problem]
    assert "fix: check the Partners Hub key in AGENCYFILE_HUB_KEY" in lines[problem + 1]
    assert len([line for line in lines if line.startswith("  R")]) == 22
    assert sum(line.startswith(("  ok  ", "  note  ", "  PROBLEM  ", "  ?  ")) for line in lines) == len(
        document["checks"]
    )
    assert any("not seen yet" in line for line in lines)
    assert lines[-1].startswith("1 problem")


def test_changed_reading_stands_beside_the_one_of_the_ledger(rehearsal: Rehearsal) -> None:
    """Both are shown."""
    keys = set_up(rehearsal)
    examine(rehearsal, "--remember", environment=keys)
    speak(rehearsal, "today", {"hub-more": "served"})
    lines = plain(render_doctor(document_of(rehearsal, **keys), width=None))

    shown = next(line for line in lines if line.startswith("  R22"))
    assert "served" in shown
    assert "(the ledger knows: absent)" in shown


def test_words_of_others_steer_no_terminal(rehearsal: Rehearsal) -> None:
    """Names come from the file, the file system and the portal."""
    document = document_of(rehearsal)
    document["agency"] = "a\x1b[2Jb"
    document["checks"][0]["words"] = "one\ntwo\x1b]8;;https://evil.example\x07"
    document["checks"][0]["subject"] = "##[set-output x]"
    text = "\n".join(plain(render_doctor(document, width=80)))

    assert "\x1b" not in text
    assert "\x07" not in text
    assert "##[" not in text
