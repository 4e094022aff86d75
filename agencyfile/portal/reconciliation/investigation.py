"""Signals of calls whose answer was lost: each operation looks for its own, in lists that are read once."""

from collections.abc import Collection

from agencyfile.kinds import operation_named
from agencyfile.kinds.questions import Questions
from plan.address import Address
from plan.ledger.facts import OpenIntent
from plan.signals import Signals


def investigate(intents: Collection[OpenIntent], questions: Questions) -> dict[Address, Signals]:
    """Return the signals of each intent.

    Raises:
        PortalError: the list that would show its object cannot be read.
        UnknownName: its operation is one of another version.
    """
    return {intent.address: operation_named(intent.operation).look(intent, questions) for intent in intents}
