"""Local stand-ins of systems that know clients, for rehearsals and tests: real HTTP, made-up clients.

They share no code with the clients that read them, so that a misreading of the facts (`docs/portal.md` section 4)
shows.
"""

from agencyfile.local_sources.server import running, serve
from agencyfile.local_sources.settings import Running, Settings

__all__ = ["Running", "Settings", "running", "serve"]
