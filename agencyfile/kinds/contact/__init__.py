"""Contacts: people and mailboxes that get an operator's notices (`docs/portal.md` section 5)."""
