"""The place of an export of contacts: a file inside the agency file's folder."""

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown

_ENDINGS = (".csv", ".xlsx")


def parse_export(text: str) -> str:
    """Return a relative path that stays in its folder, to a .csv or .xlsx file."""
    parts = text.replace("\\", "/").split("/")
    is_outside = not text.strip() or parts[0] in ("", "~") or ".." in parts or ":" in parts[0]
    if is_outside or not text.isprintable():
        raise refusal(
            "contacts-export-location", f"{shown(text)} does not name a file inside the agency file's folder."
        )
    if not text.lower().endswith(_ENDINGS):
        raise refusal("contacts-export-location", f"{shown(text)} is neither a .csv nor a .xlsx file.")
    return text
