"""Snapshots of sandboxes (`docs/portal.md` section 2.2)."""
