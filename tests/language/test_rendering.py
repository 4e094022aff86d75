"""Diagnostics as people and tools read them."""

from agencyfile.language import render_diagnostic, render_github
from agencyfile.language.redaction import redacted
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic, Severity
from plan.forms import encode_diagnostic

ONE = Diagnostic(
    "unknown-key",
    "Unknown key",
    "accounts.acme has no key.",
    "remove it",
    Origin("a.yaml", 2, 3),
    Address("account", "acme"),
)


def test_human_form_has_the_source_line_and_a_caret() -> None:
    """Rule and summary, place, source, detail, fix."""
    assert render_diagnostic(ONE, {"a.yaml": "one\n  two\n"}, color=False).splitlines() == [
        "error[unknown-key]: Unknown key",
        "  --> a.yaml:2:3",
        "  2 |   two",
        "    |   ^",
        "  accounts.acme has no key.",
        "  fix: remove it",
    ]


def test_human_form_without_source_or_place_is_still_readable() -> None:
    """A file that could not be read has no lines to show."""
    assert "a.yaml:2:3" in render_diagnostic(ONE, {}, color=False)
    assert "-->" not in render_diagnostic(Diagnostic("syntax", "s", "d", "f"), {}, color=False)


def test_human_form_with_color_marks_the_severity() -> None:
    """Warnings and errors differ in color as in words."""
    warning = Diagnostic("a", "s", "d", "f", severity=Severity.WARNING)

    assert "\x1b[1;31merror[unknown-key]" in render_diagnostic(ONE, {}, color=True)
    assert "\x1b[1;33mwarning[a]" in render_diagnostic(warning, {}, color=True)


def test_human_form_escapes_what_could_deceive() -> None:
    """Control characters and bidirectional marks of the file never reach the terminal as they are."""
    hostile = "\x1b[2J\u202e\u2066\x07"
    one = Diagnostic("a", hostile, hostile, hostile, Origin(hostile, 1, 2))
    shown = render_diagnostic(one, {hostile: f"x{hostile}"}, color=False)

    assert not any(character in shown for character in "\x1b\x07\u202e\u2066")
    assert "\\x1b[2J\\u202e\\u2066\\x07" in shown


def test_human_form_cuts_a_long_line_around_the_caret() -> None:
    """A line of a megabyte is not printed whole, and the caret still points at its value."""
    lines = render_diagnostic(
        Diagnostic("a", "s", "d", "f", Origin("a", 1, 500_000)), {"a": "x" * 499_999 + "Y" + "z" * 500_000}, color=False
    ).splitlines()

    assert len(lines[2]) < 200
    assert lines[2][lines[3].index("^")] == "Y"


def test_json_form_has_place_and_address() -> None:
    """Everything a tool needs, as JSON types."""
    assert encode_diagnostic(ONE) == {
        "severity": "error",
        "rule": "unknown-key",
        "summary": "Unknown key",
        "detail": "accounts.acme has no key.",
        "fix": "remove it",
        "origin": {"file": "a.yaml", "line": 2, "column": 3},
        "address": "account.acme",
    }


def test_github_form_escapes_commands_and_properties() -> None:
    """No text of the file can end the annotation or begin another command."""
    one = Diagnostic("a", "s", "100%\n::error::x", "f", Origin("a,b:c.yaml", 1, 2), severity=Severity.WARNING)

    assert render_github(one) == (
        "::warning file=a%2Cb%3Ac.yaml,line=1,col=2,title=a%3A s::100%25%0A::error::x%0Afix: f"
    )


def test_redacted_source_keeps_lines_and_columns() -> None:
    """Secrets become stars; references, lines and columns stay."""
    text = (
        "agency_key: abc def\r\n"
        "hub_key: ${env:HUB}\n"
        "portal: {agency_key: ${env:A}, hub_key: sentinel, x: 1}\n"
        "password:\n  sentinel\n  more\nnext: stays\n"
        "url: https://user:sentinel@host/path?key=sentinel\n"
        "- AGE-SECRET-KEY-1SENTINEL\n"
        '"api_token":"sentinel"\n'
        "apiKey: sentinel\n"
        "monkey: shown\nkeystone:\n  shown: too\n"
    )
    masked = redacted(text)

    assert "sentinel" not in masked.lower()
    assert [len(line) for line in masked.splitlines()] == [len(line) for line in text.splitlines()]
    assert "hub_key: ${env:HUB}\n" in masked
    assert "next: stays\n" in masked
    assert masked.endswith("monkey: shown\nkeystone:\n  shown: too\n")
    assert "{agency_key: ${env:A}, hub_key: " in masked
