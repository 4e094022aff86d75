"""The first minutes of a connection: a system may have no data yet, and answers as if it had none at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agencyfile.clients.service import Service

_PAUSES: Final = (5.0, 10.0, 15.0)  # seconds between two looks; the last one is repeated


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for the first data."""

    most: float = 360.0


def first_records(
    read: Callable[[], Sequence[Mapping[str, Any]]], patience: Patience, service: Service, label: str
) -> Sequence[Mapping[str, Any]]:
    """Return the records. Where there is none, wait and read again, until there is one or patience is over."""
    waited, turn = 0.0, 0
    while not (records := read()) and waited < patience.most:
        pause = min(_PAUSES[min(turn, len(_PAUSES) - 1)], patience.most - waited)
        service.tell(f"{label} has no clients yet; a first connection takes about five minutes ({waited:.0f} s so far)")
        service.sleep(pause)
        waited += pause
        turn += 1
    return records
