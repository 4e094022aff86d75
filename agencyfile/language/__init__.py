"""The language: YAML in, typed and validated resources out, every value with its file, line and column.

Importing this package costs nothing; the parser and the models are imported by the first use of a name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agencyfile.kinds.agency.settings import Budgets, PortalSettings, Reconcile, Review, Settings, Wait
    from agencyfile.language.agency_file import AgencyFile
    from agencyfile.language.loader import Loaded, load
    from agencyfile.language.rendering import render_diagnostic, render_github
    from agencyfile.language.rules import RULES, Rule
    from agencyfile.language.schema import agency_schema

_SETTINGS = "agencyfile.kinds.agency.settings"
_HOMES = {
    "AgencyFile": "agencyfile.language.agency_file",
    "Budgets": _SETTINGS,
    "Loaded": "agencyfile.language.loader",
    "PortalSettings": _SETTINGS,
    "RULES": "agencyfile.language.rules",
    "Reconcile": _SETTINGS,
    "Review": _SETTINGS,
    "Rule": "agencyfile.language.rules",
    "Settings": _SETTINGS,
    "Wait": _SETTINGS,
    "agency_schema": "agencyfile.language.schema",
    "load": "agencyfile.language.loader",
    "render_diagnostic": "agencyfile.language.rendering",
    "render_github": "agencyfile.language.rendering",
}

__all__ = [
    "RULES",
    "AgencyFile",
    "Budgets",
    "Loaded",
    "PortalSettings",
    "Reconcile",
    "Review",
    "Rule",
    "Settings",
    "Wait",
    "agency_schema",
    "load",
    "render_diagnostic",
    "render_github",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
