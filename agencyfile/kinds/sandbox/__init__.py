"""Sandboxes (`docs/portal.md` section 2.1)."""
