"""Admin IS | Consult of Syneton as a source (`docs/portal.md` 4.2)."""
