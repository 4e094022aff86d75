"""The language: YAML in, typed and validated resources out, every value with its file, line and column.

Importing this package costs nothing; the parser and the models are imported by the first use of a name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agencyfile.language.loader import Loaded, load
    from agencyfile.language.rendering import diagnostic_to_dict, render_diagnostic, render_github
    from agencyfile.language.rules import RULES, Rule
    from agencyfile.language.schema import agency_schema
    from agencyfile.language.settings import AgencyFile, Budgets, PortalSettings, Reconcile, Review, Settings, Wait

_HOMES = {
    "AgencyFile": "settings",
    "Budgets": "settings",
    "Loaded": "loader",
    "PortalSettings": "settings",
    "RULES": "rules",
    "Reconcile": "settings",
    "Review": "settings",
    "Rule": "rules",
    "Settings": "settings",
    "Wait": "settings",
    "agency_schema": "schema",
    "diagnostic_to_dict": "rendering",
    "load": "loader",
    "render_diagnostic": "rendering",
    "render_github": "rendering",
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
    "diagnostic_to_dict",
    "load",
    "render_diagnostic",
    "render_github",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
