"""The shell blocks of the documents: which are carried out, how, and which are not, and why.

Marks are HTML comments right above a block, which no reader sees:

- `<!-- not run: REASON -->`: the block is not carried out; a path in the reason exists.
- `<!-- before: COMMANDS -->`: commands that come before the block, and that a reader does in another way.
- `<!-- exit: N -->`: the exit code of the block's last command, where it is not 0.
- `<!-- written to: FILE -->`, `<!-- appended to: FILE -->`: the block, of any language, is content of a file.

The blocks of one document are one story: one shell carries them out in order, in an empty folder, beside a local
portal.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parent.parent
DOCUMENTS: Final = [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").rglob("*.md"))]
SHELL: Final = ("sh", "bash", "console")
MARKS: Final = ("not run", "before", "exit", "written to", "appended to")

_BLOCK: Final = re.compile(
    r"(?P<marks>(?:^[ ]*<!--.*?-->\n+)*)^(?P<indent> *)```(?P<language>[\w{}-]*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_MARK: Final = re.compile(r"<!-- ([a-z ]+): (.*?) ?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block with its marks."""

    document: str
    line: int
    language: str
    text: str
    marks: Mapping[str, str]

    @property
    def is_shell(self) -> bool:
        """Return whether it shows commands."""
        return self.language in SHELL

    @property
    def reason(self) -> str | None:
        """Return why it is not carried out."""
        return self.marks.get("not run")

    @property
    def commands(self) -> str:
        """Return the commands; a console block has them after a prompt, with what they print below."""
        if self.language != "console":
            return self.text
        return "".join(f"{line[2:]}\n" for line in self.text.splitlines() if line.startswith(("$ ", "> ")))

    @property
    def output(self) -> list[str]:
        """Return the lines that a console block says are printed; `…` stands for anything."""
        if self.language != "console":
            return []
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith(("$ ", "> "))]


def blocks_of(path: Path) -> Iterator[Block]:
    """Yield the blocks of a document, in order."""
    text = path.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        indent = len(found["indent"])
        lines = [line[indent:] for line in found["text"].splitlines()]
        yield Block(
            str(path.relative_to(TOP)),
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            "".join(f"{line}\n" for line in lines),
            dict(_MARK.findall(found["marks"])),
        )


def stories() -> dict[str, list[Block]]:
    """Return the blocks that are carried out, by document."""
    found = {
        str(path.relative_to(TOP)): [block for block in blocks_of(path) if _takes_part(block)] for path in DOCUMENTS
    }
    return {name: blocks for name, blocks in found.items() if any(block.is_shell for block in blocks)}


def _takes_part(block: Block) -> bool:
    is_content = block.marks.keys() & {"written to", "appended to"}
    return block.reason is None and bool(block.is_shell or is_content)


def left_out() -> list[Block]:
    """Return the shell blocks that are not carried out."""
    return [block for path in DOCUMENTS for block in blocks_of(path) if block.is_shell and block.reason is not None]


def script_of(blocks: list[Block]) -> str:
    """Return what a shell reads on standard input: every block, each between lines that tell them apart."""
    return "set -e\nexport SHELLOPTS\n" + "".join(_lines(number, block) for number, block in enumerate(blocks))


def _lines(number: int, block: Block) -> str:
    before = f"{block.marks['before']}\n" if "before" in block.marks else ""
    for mark, arrow in (("written to", ">"), ("appended to", ">>")):
        if mark in block.marks:
            return f"{before}cat {arrow}{block.marks[mark]} <<'END OF BLOCK'\n{block.text}END OF BLOCK\n"
    commands = block.commands
    if "exit" in block.marks:
        commands = f"set +e\n{commands}code=$?\nset -e\necho exit $code; test $code = {block.marks['exit']}\n"
    return f"{before}echo; echo '@@ {number}'\n{commands}"


def outputs(printed: str) -> dict[int, str]:
    """Return what each block printed."""
    parts = re.split(r"^@@ (\d+)\n", printed, flags=re.MULTILINE)
    return {int(number): text for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def missing(expected: list[str], printed: str) -> list[str]:
    """Return the lines that were not printed, in this order."""
    left = [line.rstrip() for line in printed.splitlines()]
    absent = []
    for line in expected:
        pattern = ".*".join(map(re.escape, line.rstrip().split("…")))
        place = next((at for at, text in enumerate(left) if re.fullmatch(pattern, text)), None)
        if place is None:
            absent.append(line)
        else:
            left = left[place + 1 :]
    return absent


def main() -> int:
    """Print how many blocks and commands are carried out, and which are not."""
    told = stories()
    run = [block for blocks in told.values() for block in blocks if block.is_shell]
    commands = sum(len([line for line in block.commands.splitlines() if line.strip()]) for block in run)
    print(f"{len(run)} shell blocks with {commands} lines in {len(told)} documents are carried out:")
    for name, blocks in told.items():
        print(f"  {name}: {sum(block.is_shell for block in blocks)}")
    print(f"{len(left_out())} shell blocks are not:")
    for (name, reason), count in sorted(Counter((block.document, block.reason) for block in left_out()).items()):
        print(f"  {name}: {count}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
