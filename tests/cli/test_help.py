"""Help: every command has examples that its parser takes; users of Terraform are told what to do here."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from rehearsal import Rehearsal

from agencyfile.cli.app import root
from agencyfile.cli.examples import EXAMPLES
from agencyfile.cli.flags import with_two_dashes


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        if inner := command.get_command(context, name):
            yield from commands(inner, (*words, name))


COMMANDS = dict(commands(root))


def test_every_command_has_examples_and_no_other_has() -> None:
    """A new command needs one; an example of a command that is gone goes too."""
    assert sorted(COMMANDS) == sorted(EXAMPLES)


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_help_shows_examples_that_the_command_takes(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is read by the parser of the command itself, with the files that it names."""
    monkeypatch.chdir(tmp_path)
    shown = COMMANDS[words].get_help(click.Context(COMMANDS[words], info_name=words))
    for line, purpose in EXAMPLES[words]:
        assert f"  agencyfile {line}\n" in shown
        assert purpose in shown
        arguments = with_two_dashes(shlex.split(line)[len(words.split()) :])
        for name in (argument for argument in arguments if Path(argument).suffix in (".json", ".md", ".txt", ".key")):
            Path(name).write_text("", "utf-8")
        assert shlex.split(line)[: len(words.split())] == words.split()
        with COMMANDS[words].make_context(words, list(arguments)) as context:
            assert context.command is COMMANDS[words]


@pytest.mark.parametrize("words", ["plan", "credentials reveal", "portal"])
def test_help_of_a_command_is_what_its_flag_shows(rehearsal: Rehearsal, words: str) -> None:
    """`help COMMAND` and `COMMAND --help`."""
    asked, flag = rehearsal.run("help", *words.split()), rehearsal.run(*words.split(), "--help")

    assert asked.out.rstrip() == flag.out.rstrip()
    assert (asked.code, flag.code) == (0, 0)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("destroy", "`removed:`"),
        ("state list", "agencyfile accounts list"),
        ("state mv a b", "previously:"),
        ("output", "agencyfile credentials reveal"),
        ("workspace new x", "--file"),
        ("force-unlock 3", "agencyfile lock break"),
        ("plan -var x=1", "defaults:"),
        ("plan -refresh=false", "--offline"),
        ("apply -parallelism=3", "agency.portal.rate_limit"),
    ],
)
def test_words_of_terraform_are_answered_with_what_to_do_here(rehearsal: Rehearsal, line: str, hint: str) -> None:
    """They are no commands and no flags: exit 64, and a hint."""
    ran = rehearsal.run(*line.split())

    assert ran.code == 64, ran
    assert "  hint: " in ran.err
    assert hint in ran.err.partition("  hint: ")[2]


def test_word_that_nobody_knows_gets_no_hint(rehearsal: Rehearsal) -> None:
    """A hint that fits nothing would mislead."""
    ran = rehearsal.run("help", "no-such-thing")

    assert ran.code == 64
    assert "No such command 'no-such-thing'" in ran.err
    assert "hint:" not in ran.err
