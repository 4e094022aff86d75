"""A package with a file of its own: a development tool installs another package of this name."""
