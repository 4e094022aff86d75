"""Client accounts (`docs/portal.md` section 2.3)."""
