"""A plan as the numbers that GitLab shows in a merge request (`artifacts: reports: terraform`)."""

import json

from plan.records.document import PlanDocument


def render_gitlab_terraform(document: PlanDocument) -> str:
    """Render the numbers of objects that would be created, changed and ended. Forgotten objects do not count."""
    summary = document["summary"]
    counts = {"create": summary["create"], "update": summary["update"], "delete": summary["delete"]}
    return json.dumps(counts) + "\n"
