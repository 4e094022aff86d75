"""The provider: both vendor APIs behind the engine's ports.

`open_reader` and `open_examiner` return the half that cannot change anything, `open_provider` both halves. Close each
with `close()` or by leaving its `with` block. `KINDS` is pure data. Importing this package costs neither requests nor
pydantic.
"""

from typing import TYPE_CHECKING

from agencyfile.fields.key_variables import AGENCY_KEY_VARIABLE, HUB_KEY_VARIABLE
from agencyfile.kinds import KINDS
from agencyfile.portal.endpoint import Endpoint, Limits

if TYPE_CHECKING:
    from agencyfile.portal.reader import PortalReader
    from agencyfile.portal.session import PortalProvider

__all__ = [
    "AGENCY_KEY_VARIABLE",
    "HUB_KEY_VARIABLE",
    "KINDS",
    "Endpoint",
    "Limits",
    "open_examiner",
    "open_provider",
    "open_reader",
]


def open_examiner(endpoint: Endpoint, *, seconds: float) -> "PortalReader":
    """Open the half that cannot write, for an examination of so many seconds: no answer may take long."""
    from agencyfile.portal.examination.examiner import impatient  # noqa: PLC0415 - requests and pydantic cost 350 ms

    return open_reader(impatient(endpoint, seconds))


def open_reader(endpoint: Endpoint) -> "PortalReader":
    """Open the half of the provider that has no way to send a write; nothing is sent before the first read."""
    from agencyfile.portal.session import make_reader  # noqa: PLC0415 - requests and pydantic cost 350 ms

    return make_reader(endpoint)


def open_provider(endpoint: Endpoint) -> "PortalProvider":
    """Open both halves over one transport and one rate limit; nothing is sent before the first read or call."""
    from agencyfile.portal.session import make_provider  # noqa: PLC0415 - requests and pydantic cost 350 ms

    return make_provider(endpoint)
