"""Add-ons of accounts."""
