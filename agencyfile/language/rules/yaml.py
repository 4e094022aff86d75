"""Rules of YAML, and of the part of it that an agency file may use."""

from typing import Final

from plan.rule import Rule

YAML: Final = (
    Rule(
        "tab",
        "Tab where spaces belong",
        "replace it by spaces, two for each level; editors have a command for the whole file",
        "YAML 1.2 section 6.1",
    ),
    Rule("syntax", "Not YAML", "correct the YAML at this place", "YAML 1.2"),
    Rule(
        "nesting-depth", "Nested too deeply", "flatten the value; no part of an agency file nests this deep", "language"
    ),
    Rule("too-many-values", "Too many values", "split the file and name its parts under include", "language"),
    Rule("alias-expansion", "Alias expands too far", "write the value out, or move it to defaults", "language"),
    Rule(
        "undefined-alias",
        "Alias without anchor",
        "write the value out, or define the anchor before it is used",
        "language",
    ),
    Rule("yaml-tag", "Tag not allowed", "remove the tag", "language"),
    Rule("merge-key", "Merge key not allowed", "move what blocks share to defaults", "language"),
    Rule(
        "several-documents",
        "Several documents in one file",
        "keep one document, without --- between blocks",
        "language",
    ),
    Rule("duplicate-key", "Duplicate key", "keep one of the two", "YAML 1.2 section 3.2.1.1"),
    Rule("complex-key", "Key is not text", "write the key as plain text", "language"),
    Rule("ambiguous-number", "Number with a leading zero", "quote it when it is text, or drop the zero", "language"),
    Rule("quote-text", "Text expected", "quote it", "language"),
    Rule("wrong-type", "Wrong type of value", "write the type of value that is expected here", "language"),
    Rule("empty-value", "Key without a value", "give the key a value, or remove the key", "language"),
)
