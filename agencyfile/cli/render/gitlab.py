"""A plan as the numbers that GitLab shows in a merge request (`artifacts: reports: terraform`)."""

import json

from agencyfile.cli.render.wording import Document


def render_gitlab_terraform(document: Document) -> str:
    """How many objects would be created, changed and ended; what is only forgotten is none of them."""
    summary = document["summary"]
    return json.dumps({name: summary[name] for name in ("create", "update", "delete")}) + "\n"
