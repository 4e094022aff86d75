"""The environment of programs that agencyfile starts: without any key of ours."""

import re
from collections.abc import Mapping
from typing import Final

PREFIXES_VARIABLE: Final = "AGENCYFILE_ENV_PREFIXES"
# What a fleet sets for its children alone: the rate that they share, and that their standard input ends with the fleet.
SHARED_RATE_VARIABLE: Final = "AGENCYFILE_SHARED_RATE"
LIFELINE_VARIABLE: Final = "AGENCYFILE_LIFELINE"
DEFAULT_PREFIX: Final = "AGENCY_"
_PREFIX: Final = re.compile(r"[A-Z][A-Z0-9_]*_")
_OURS: Final = "AGENCYFILE_"
_OF_RUNNERS: Final = ("ACTIONS_", "RUNNER_TOKEN", "CI_JOB_JWT", "CI_DEPLOY_PASSWORD")
_SECRET: Final = re.compile(
    r"(^|_|^PG)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|KEYS?|JWT|PAT)$", re.IGNORECASE
)
# Tokens that helpers of git authenticate with, at the forges that they come from.
_OF_GIT: Final = (
    *("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"),
    *("GITLAB_TOKEN", "CI_JOB_TOKEN", "GIT_PASSWORD", "GIT_TOKEN"),
)
_SHORTEST: Final = 8  # characters of a key; what is shorter stands in innocent values too


def prefixes(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The beginnings of names from which an agency file may take a key; the environment adds to `AGENCY_`."""
    added = (text.strip() for text in environ.get(PREFIXES_VARIABLE, "").split(","))
    return tuple(dict.fromkeys((DEFAULT_PREFIX, *(text for text in added if _PREFIX.fullmatch(text)))))


def without_secrets(outside: Mapping[str, str], *, may_authenticate: bool) -> dict[str, str]:
    """`outside` without keys: no variable of agencyfile, none that a file may name, no copy of their values.

    Args:
        outside: the environment of this process.
        may_authenticate: is the program one that logs in to a forge? Then it keeps the tokens of git's helpers. Other
            variables that are named like secrets are kept from all of them.
    """
    ours = (_OURS, *prefixes(outside))
    keys = {value for name, value in outside.items() if name.startswith(ours) and _is_key(name, value)}
    return {
        name: value
        for name, value in outside.items()
        if not name.startswith((*ours, *_OF_RUNNERS))
        and (not _SECRET.search(name) or (may_authenticate and name in _OF_GIT))
        and not any(key in value for key in keys)
    }


def _is_key(name: str, value: str) -> bool:
    return len(value) >= _SHORTEST and (not name.startswith(_OURS) or _SECRET.search(name) is not None)
