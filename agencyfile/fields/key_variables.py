"""The environment variables that hold the agency's keys."""

from typing import Final

AGENCY_KEY_VARIABLE: Final = "AGENCYFILE_AGENCY_KEY"
HUB_KEY_VARIABLE: Final = "AGENCYFILE_HUB_KEY"
