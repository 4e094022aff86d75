"""Rules of the bytes of a file."""

from typing import Final

from plan.rule import Rule

SOURCE: Final = (
    Rule("file-unreadable", "File cannot be read", "name a file that exists and that you may read", "language"),
    Rule(
        "file-too-large",
        "Too much to read",
        "split the file and name its parts under include, or raise AGENCYFILE_LIMIT_FILE_BYTES or _ALL_BYTES",
        "language",
    ),
    Rule("size-limit", "Not a limit", "correct the variable in the environment, or unset it", "language"),
    Rule("not-utf8", "Not UTF-8", "save the file as UTF-8", "YAML 1.2 section 5.2"),
    Rule("control-character", "Control character", "remove the character", "YAML 1.2 section 5.1"),
)
