"""The ground on which kinds declare themselves: places in a file, diagnostics, blocks, forms of values.

Below `agencyfile/kinds`, above the parsers of single values in `agencyfile/fields`.
"""
