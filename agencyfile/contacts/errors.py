"""The export cannot be read: as if a portal could not be."""

from plan.errors import PortalError


class ExportError(PortalError):
    """The export of contacts cannot be read. Nothing is planned then."""
