"""AdminPulse as a source (`docs/portal.md` 4.3)."""
