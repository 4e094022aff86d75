"""What the documents say holds: facts that are cited exist, links lead somewhere, examples and commands are valid."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from agencyfile.cli.app import root
from agencyfile.cli.flags import with_two_dashes
from agencyfile.language import RULES, agency_schema, load
from tools.generators import reference, rules_page

TOP: Final = Path(__file__).parent.parent
PORTAL: Final = TOP / "docs" / "portal.md"
DOCUMENTS: Final = [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").rglob("*.md"))]
SOURCES: Final = [path for package in ("agencyfile", "plan") for path in sorted((TOP / package).rglob("*.py"))]

ALL_RULES: Final = {name: rule for table in rules_page.TABLES.values() for name, rule in table.items()}

NUMBERS: Final = r"\d+(?:(?:,? and |, | to |-)\d+)*"
ROW: Final = re.compile(r'^\| <a id="rule-(\d+)"></a>(\d+) \| .+ \| .+ \| (.+) \|$', re.MULTILINE)
HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCE: Final = re.compile(r"^ *```([\w{}-]*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\(([^()\s]+)\)|(?:href|src)=\"([^\"]+)\"")


def numbers_in(text: str) -> list[int]:
    """`7, 52 and 53` or `39 to 41` as numbers."""
    found: list[int] = []
    for part in re.split(r",? and |, ", text):
        first, _, last = re.sub(" to ", "-", part).partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def prose(path: Path) -> str:
    """A source file on one line, without comment marks and backquotes, so that citations are found across lines."""
    return re.sub(r"\s+", " ", re.sub(r"\n\s*#", "\n", path.read_text("utf-8")).replace("`", ""))


def cited_rules() -> Iterator[tuple[Path, int]]:
    """Every rule number in the sources, also those given as the source of a diagnostic."""
    for path in SOURCES:
        for found in re.finditer(rf"\b[Rr]ules? ({NUMBERS})", prose(path)):
            yield from ((path, number) for number in numbers_in(found[1]))


def cited_sections() -> Iterator[tuple[Path, str]]:
    """Every section number after the name of the document in the sources."""
    one = r"\d(?:\.\d)?"
    for path in SOURCES:
        for found in re.finditer(rf"portal\.md (?:sections? )?({one}(?:(?:, | to | and ){one})*)", prose(path)):
            yield from ((path, number) for number in re.findall(one, found[1]))


def rows() -> dict[int, str]:
    """What agencyfile does about each rule, by its number."""
    return {int(number): today for number, _, today in ROW.findall(PORTAL.read_text("utf-8"))}


def section_of(number: str) -> str:
    """The text of a numbered section of the portal document, sections below it included."""
    text = PORTAL.read_text("utf-8")
    start = re.search(rf"^(#+) {re.escape(number)}\.? .*\n", text, re.MULTILINE)
    assert start is not None, f"portal.md has no section {number}"
    end = re.compile(rf"^#{{1,{len(start[1])}}} ", re.MULTILINE).search(text, start.end())
    return text[start.end() : end.start() if end else len(text)]


def claimed(mark: str) -> set[str]:
    """The ids that the document names after `mark`, up to the next half of a sentence."""
    text = PORTAL.read_text("utf-8").replace("`validate`", "validate").replace("`plan`", "plan")
    parts = re.findall(rf"\b{mark}:((?: `[a-z-]+`,?)+)", text)
    return {found for part in parts for found in re.findall("`([a-z-]+)`", part)}


def anchors_of(path: Path) -> set[str]:
    """Every anchor of a document: its headings as Markdown viewers name them, and explicit ones."""
    text = FENCE.sub("", path.read_text("utf-8"))
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for title in HEADING.findall(text):
        bare = re.sub(r"[^\w -]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower()).strip().replace(" ", "-")
        found.add(next(name for name in _numbered(bare) if name not in found))
    return found


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 0
    while True:
        number += 1
        yield f"{name}-{number}"


def links_of(path: Path) -> Iterator[tuple[Path, str]]:
    """File and anchor of every relative link."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text("utf-8")))
    for found in LINK.finditer(text):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if not re.match(r"[a-z]+:", target):
            yield (path.parent / target if target else path), anchor


def agency_files() -> list[tuple[str, str]]:
    """Every whole agency file in a document, with the name of the document."""
    blocks = ((path, *found) for path in DOCUMENTS for found in FENCE.findall(path.read_text("utf-8")))
    return [(path.name, text) for path, kind, text in blocks if kind == "yaml" and _is_agency_file(text)]


def _is_agency_file(text: str) -> bool:
    return text.startswith("version:") and not re.search(r"^(cases|fleet):", text, re.MULTILINE)


def command_lines() -> list[tuple[str, str]]:
    """Every line of a shell block that calls agencyfile, with the name of the document."""
    found = []
    for path in DOCUMENTS:
        for kind, text in FENCE.findall(path.read_text("utf-8")):
            lines = text.replace("\\\n", " ").splitlines() if kind in ("sh", "console", "bash", "") else []
            calls = (line.strip().removeprefix("$ ") for line in lines)
            found += [(path.name, call) for call in calls if call.startswith("agencyfile ")]
    return found


def words_of(line: str) -> list[str]:
    """The words of a command line up to a pipe, a redirection or the next command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)[1:]
    ends = [place for place, word in enumerate(words) if re.fullmatch("[|&;<>()]+", word)]
    return with_two_dashes(words[: ends[0]] if ends else words)


def problem_of(line: str) -> str | None:
    """What click does not know in a command line."""
    command: click.Command = root
    context = click.Context(root, **root.context_settings)
    for word in words_of(line):
        if word == "--":
            return None
        if word.startswith("-") and len(word) > 1:
            if word.partition("=")[0] not in _options(command, context):
                return f"{command.name} has no option {word}"
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return f"{command.name} has no command {word}"
            command = below
    return f"{command.name} needs a command" if isinstance(command, click.Group) and command is not root else None


def _options(command: click.Command, context: click.Context) -> set[str]:
    known = set(context.help_option_names)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            known.update(parameter.opts, parameter.secondary_opts)
    return known


def test_portal_rules_are_numbered_without_a_gap() -> None:
    """Rules 1 to 73 stand in order, each under its own anchor, each with what agencyfile does about it."""
    found = ROW.findall(PORTAL.read_text("utf-8"))

    assert [int(anchor) for anchor, _, _ in found] == list(range(1, 74))
    assert all(anchor == number and today.strip() for anchor, number, today in found)


def test_rules_cited_in_the_sources_exist() -> None:
    """Every rule number in a docstring, comment or diagnostic is a rule of the portal document."""
    cited = list(cited_rules())
    known = rows()

    assert [(path.name, number) for path, number in cited if number not in known] == []
    assert len(cited) >= 80
    assert len({number for _, number in cited}) >= 30


def test_sections_cited_in_the_sources_exist() -> None:
    """Every section number that follows the name of the portal document is one of its sections."""
    cited = list(cited_sections())

    for _, number in cited:
        assert section_of(number).strip()
    assert len(cited) >= 60


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("7", [7]), ("5, 6", [5, 6]), ("38-41", [38, 39, 40, 41]), ("12 to 14 and 23", [12, 13, 14, 23])],
)
def test_numbers_in_a_citation_are_all_found(text: str, numbers: list[int]) -> None:
    """A citation may be a number, a list, a range or a mixture."""
    assert re.fullmatch(NUMBERS, text)
    assert numbers_in(text) == numbers


def test_diagnostics_stand_at_the_rules_that_they_come_from() -> None:
    """The row or section that a diagnostic gives as its source names the diagnostic."""
    known = rows()
    missing = []
    for rule in ALL_RULES.values():
        document, _, place = rule.source.partition(" ")
        if document != "portal.md":
            continue
        texts = {f"rule {number}": known[number] for number in rules_page.numbers_in(rule.source)}
        sections = re.findall(r"\d+(?:\.\d+)?", re.sub(rf"rules? {NUMBERS}", "", place))
        texts |= {number: section_of(number) for number in sections}
        missing += [f"{rule.id} at {name}" for name, text in texts.items() if f"`{rule.id}`" not in text]

    assert missing == []
    assert sum(rule.source.startswith("portal.md") for rule in ALL_RULES.values()) >= 60


def test_diagnostics_named_in_the_portal_document_exist() -> None:
    """What is said to be checked by `validate` or by `plan` has a diagnostic of that id there."""
    assert claimed("validate") - set(RULES) == set()
    assert claimed("plan") - set(rules_page.TABLES["plan"]) == set()
    assert len(claimed("validate")) >= 25
    assert len(claimed("plan")) >= 15


def test_links_of_every_document_lead_somewhere() -> None:
    """A relative link names a file that exists, and an anchor that it has."""
    broken = []
    count = 0
    for document in DOCUMENTS:
        for path, anchor in links_of(document):
            count += 1
            if not path.exists() or (anchor and anchor not in anchors_of(path)):
                broken.append(f"{document.name}: {path.name}#{anchor}")

    assert broken == []
    assert count >= 80


@pytest.mark.parametrize(("document", "text"), agency_files())
def test_agency_files_in_documents_are_valid(document: str, text: str, tmp_path: Path) -> None:
    """Every agency file that a document shows passes validation without a diagnostic."""
    for html in re.findall(r"\bhtml: *([\w./-]+)", text):
        (tmp_path / html).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / html).write_text("<p>", encoding="utf-8")
    path = tmp_path / "agency.yaml"
    path.write_text(text, encoding="utf-8")
    environ = dict.fromkeys(re.findall(r"\$\{env:(\w+)\}", text), "a-key-of-the-environment")

    loaded = load(path, environ)

    assert [found for found in loaded.diagnostics if found.rule != "include-empty"] == []
    assert loaded.agency_file is not None, document


def test_agency_file_reference_begins_with_an_example() -> None:
    """The reference shows a whole file with a block of every kind."""
    (text,) = (text for name, text in agency_files() if name == "agency-file.md")

    assert all(f"\n{section}:\n" in text for section in ("sandboxes", "snapshots", "templates", "accounts"))


def test_agency_file_reference_lists_every_diagnostic() -> None:
    """No diagnostic of the language is left out."""
    text = reference.agency_file_reference()

    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \| (?:error|warning) \|", text, re.MULTILINE))

    assert listed == set(RULES)


def test_agency_file_reference_lists_every_key() -> None:
    """Every key of every block of the schema has a row."""
    text = reference.agency_file_reference()
    listed = {path.rpartition(".")[2] for path in re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)}

    schema = agency_schema()
    for block in (schema, *schema["$defs"].values()):
        assert set(block["properties"]) <= listed


def test_command_lines_in_documents_are_known() -> None:
    """Every command and option that a document shows exists."""
    lines = command_lines()

    assert [(name, line, problem) for name, line in lines if (problem := problem_of(line))] == []
    assert len(lines) >= 3


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("agencyfile plan -out plan.json -detailed-exitcode", None),
        ("agencyfile validate --format=github | tee log", None),
        ("agencyfile portal serve --port 8080  # a comment --unknown", None),
        ("agencyfile deploy", "root has no command deploy"),
        ("agencyfile apply --force", "apply has no option --force"),
        ("agencyfile credentials", "credentials needs a command"),
    ],
)
def test_command_line_with_a_mistake_is_found(line: str, problem: str | None) -> None:
    """The walk over the commands knows right from wrong."""
    assert problem_of(line) == problem
