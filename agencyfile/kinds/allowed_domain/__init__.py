"""Domains that a customer number allows for its contacts (`docs/portal.md` section 5)."""
