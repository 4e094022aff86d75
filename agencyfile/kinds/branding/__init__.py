"""Branding of accounts."""
