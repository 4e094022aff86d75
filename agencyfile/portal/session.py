"""Construction of both halves of the provider. Importing this loads requests and pydantic."""

from agencyfile.portal.connection import Connection
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.reader import PortalReader
from agencyfile.portal.writer import PortalWriter
from plan.call import Call, Outcome


class PortalProvider(PortalReader):
    """Both halves over one connection."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._writer = PortalWriter(connection)
        self._line = connection

    def end_waits(self) -> None:
        """End all waiting: for the rate limit, a pause or the answer to a question. Calls under way go on."""
        self._line.end_waits()

    def abort(self) -> None:
        """End all waiting and every request under way. The outcome of an ended call is unknown."""
        self._line.abort()

    def send(self, call: Call) -> Outcome:
        """Send one call. Faults of the portal or the network are returned, not raised."""
        return self._writer.send(call)


def make_reader(endpoint: Endpoint) -> PortalReader:
    """Make the half that cannot change anything."""
    return PortalReader(Connection(endpoint))


def make_provider(endpoint: Endpoint) -> PortalProvider:
    """Make both halves."""
    return PortalProvider(Connection(endpoint))
