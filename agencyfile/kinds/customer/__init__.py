"""Customer numbers at an operator, with the contacts that get each kind of notice (`docs/portal.md` section 5)."""
