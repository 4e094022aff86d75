"""Names from the file and the portal are untrusted: nothing in them may steer a terminal."""

import unicodedata


def printable(text: str) -> str:
    """`text` with control and direction marks shown as escapes; line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else ascii(character)[1:-1] for character in text)


def one_line(text: str) -> str:
    """`printable`, with line ends shown too."""
    return printable(text).replace("\n", "\\n")


def _is_harmless(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
