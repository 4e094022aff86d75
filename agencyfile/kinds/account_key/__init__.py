"""Keys of accounts' own APIs that agencyfile fetches itself."""
