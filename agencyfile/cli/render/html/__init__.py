"""The plan document as one self-contained HTML page: it loads nothing, and runs nothing but its own script."""

from agencyfile.cli.render.html.page import render_html

__all__ = ["render_html"]
