"""The vendor's APIs: the agency API, the Partners Hub, and the accounts' own two."""
