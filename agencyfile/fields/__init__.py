"""Parsers of single values that several kinds share: one function for each form of value."""
