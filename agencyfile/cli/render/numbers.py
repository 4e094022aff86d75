"""Numbers in words. `validate` needs them, and none of the records that other phrases are made of."""


def count(number: int, noun: str) -> str:
    """`1 read`, `2,000 reads`."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"
