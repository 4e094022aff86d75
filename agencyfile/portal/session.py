"""How the halves of the provider are put together; importing this costs requests and pydantic."""

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
        """Let nobody wait for a turn or a pause any more; requests under way go on."""
        self._line.end_waits()

    def abort(self) -> None:
        """End all waiting and every request under way: what came of a call is then unknown."""
        self._line.abort()

    def send(self, call: Call) -> Outcome:
        """Send one call; never raises for what the portal or the wire does."""
        return self._writer.send(call)


def make_reader(endpoint: Endpoint) -> PortalReader:
    """The half that cannot change anything."""
    return PortalReader(Connection(endpoint))


def make_provider(endpoint: Endpoint) -> PortalProvider:
    """Both halves."""
    return PortalProvider(Connection(endpoint))
