"""Stands in for the module with which pydantic searches for plugins: there are none.

The search is switched off (`PYDANTIC_DISABLE_PLUGINS`), and the module for it still imports `importlib.metadata`, with
`email`, `csv` and `zipfile`: a tenth of what `validate` imports.
"""


def get_plugins() -> tuple[()]:
    """Return no plugins."""
    return ()
