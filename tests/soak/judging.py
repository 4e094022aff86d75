"""The figures of a soak, and whether they stay where they are."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from soak.process import Figures

GROWTH: Final = 1.05  # of the memory in the last quarter over that in the second: what counts as flat
_QUARTERS: Final = 4


def quarters(samples: Sequence[Figures]) -> list[Sequence[Figures]]:
    """Return the samples of each quarter of the time."""
    size = len(samples) // _QUARTERS
    return [samples[number * size : (number + 1) * size] for number in range(_QUARTERS)]


def table(samples: Sequence[Figures]) -> list[str]:
    """Return the medians of each quarter, as lines."""
    lines = ["quarter  resident KiB  descriptors  threads"]
    for number, part in enumerate(quarters(samples), start=1):
        memory, descriptors, threads = (
            median(getattr(each, name) for each in part) for name in ("kilobytes", "descriptors", "threads")
        )
        lines.append(f"{number:>7}  {memory:>12,.0f}  {descriptors:>11.0f}  {threads:>7.0f}")
    return lines


def growth(samples: Sequence[Figures]) -> float:
    """Return the memory of the last quarter over that of the second; the first one warms up."""
    parts = quarters(samples)
    return median(each.kilobytes for each in parts[-1]) / median(each.kilobytes for each in parts[1])


def problems(samples: Sequence[Figures]) -> list[str]:
    """Return what grows."""
    found = []
    if (ratio := growth(samples)) > GROWTH:
        found.append(f"memory grew to {ratio:.3f} of the second quarter, more than {GROWTH}")
    parts = quarters(samples)
    for name in ("descriptors", "threads"):
        before, after = (median(getattr(each, name) for each in part) for part in (parts[1], parts[-1]))
        if after > before + 8:
            found.append(f"{name} grew from {before:.0f} to {after:.0f}")
    return found
