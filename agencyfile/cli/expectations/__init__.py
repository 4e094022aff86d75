"""Expectations: what a plan of an agency file shall be, held against a plan that is made beside a local portal."""
