"""Shared parts of a declaration: places in a file, diagnostics, blocks over defaults, forms of values.

Rooms of `agencyfile/kinds` are built on it. Parsers of single values stand below it, in `agencyfile/fields`.
"""
