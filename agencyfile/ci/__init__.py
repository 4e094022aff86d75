"""Pipelines: workflows for GitHub Actions and GitLab CI/CD, written into the team's repository.

`make_pipelines` is pure: what to write, by path. The templates beside it are whole files with `<<words>>` in them.
"""

from agencyfile.ci.install import FromCommit, FromIndex, FromWheel, Locks, Origin, sha256_of
from agencyfile.ci.pipelines import Choices, make_pipelines

__all__ = ["Choices", "FromCommit", "FromIndex", "FromWheel", "Locks", "Origin", "make_pipelines", "sha256_of"]
