"""A plan, carried out at a local portal that holds a copy of the real one's lists."""
