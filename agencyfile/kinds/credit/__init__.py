"""Credits granted to accounts."""
