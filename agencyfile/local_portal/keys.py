"""The two API keys of a portal: given, kept from before, or made now."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from agencyfile.local_portal.errors import LocalPortalError
from agencyfile.local_portal.settings import Settings

FILE_NAME = "keys.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys a portal accepts; neither is ever shown by ``repr``."""

    agency: str = field(repr=False)
    hub: str = field(repr=False)


def load_keys(settings: Settings) -> Keys:
    """Return the keys of a portal, and keep them with its data, so that a restart does not change them."""
    kept = _read(settings.data / FILE_NAME) if settings.data else {}
    keys = Keys(
        agency=settings.agency_key or kept.get("agency_key") or secrets.token_hex(32),
        hub=settings.hub_key or kept.get("hub_key") or secrets.token_hex(32),
    )
    text = {"agency_key": keys.agency, "hub_key": keys.hub}
    if settings.data and text != kept:
        _write(settings.data / FILE_NAME, json.dumps(text))
    return keys


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text("utf-8"))
        return {"agency_key": str(kept["agency_key"]), "hub_key": str(kept["hub_key"])}
    except (ValueError, KeyError, TypeError) as error:
        raise LocalPortalError(f"{path} does not hold the keys of a portal.") from error


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    # Created with its final mode: a key must not be readable by others even for a moment.
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
