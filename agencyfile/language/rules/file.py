"""Rules of every file and block: keys, names, references, `ignore`."""

from typing import Final

from agencyfile.language.ignore_patterns import IGNORE_EXAMPLE
from plan.diagnostic import Severity
from plan.rule import Rule

FILE: Final = (
    Rule("too-many-errors", "Too many errors", "correct the errors above first", "language"),
    Rule("empty-file", "Nothing in the file", "begin with version: 1 and agency:", "language"),
    Rule("unknown-key", "Unknown key", "remove the key", "language"),
    Rule("missing-key", "Required key is missing", "add the key", "language"),
    Rule("version", "Version of the format not known", "write version: 1", "language"),
    Rule(
        "include-outside", "Include outside the folder", "keep included files in the agency file's folder", "language"
    ),
    Rule(
        "include-too-much",
        "Include looks at too much",
        "name the folders in the pattern, as in clients/*.yaml, and keep other files out of them",
        "language",
    ),
    Rule("include-empty", "Include matches no file", "correct or remove the pattern", "language", Severity.WARNING),
    Rule(
        "block-name", "Not a name for a block", "use 1 to 100 printable characters, no space at either end", "language"
    ),
    Rule("duplicate-name", "Name declared twice", "rename or remove one of the two", "portal.md 1.5"),
    Rule("dangling-reference", "Reference to nothing", "declare the block, or correct the name", "language"),
    Rule("list-duplicate", "Name twice in a list", "keep one of the two", "language"),
    Rule("previously-self", "Block renamed to its own name", "remove previously", "language"),
    Rule(
        "previously-declared",
        "Earlier name is still declared",
        "remove the block of the earlier name, or previously",
        "language",
    ),
    Rule("previously-duplicate", "Two blocks of one earlier name", "keep previously in one of the two", "language"),
    Rule("block-reason", "Reason is blank", "write why, or remove reason", "language"),
    Rule("ignore-pattern", "Not a pattern of addresses", f"write KIND.NAME, as in {IGNORE_EXAMPLE}", "language"),
    Rule("declared-ignored", "Declared and ignored", "narrow the pattern, or remove what it names", "language"),
)
