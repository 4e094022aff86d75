"""The vendor's published description of the Partners Hub: not ours to ship, so it lies beside a checkout or nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "AGENCYFILE_PARTNERS_OPENAPI"
described = pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no OpenAPI document")


def document() -> Path:
    """Return where the description lies."""
    return Path(os.environ[VARIABLE])
