"""Changes that only time makes: accounts become active, snapshots and cloning jobs end.

Nothing runs in the background: whatever is due is done at the start of the next request, so that a portal that was
stopped goes on where its clock says it should be (docs/portal.md rule 23 and section 6).
"""

from __future__ import annotations

from agencyfile.local_portal.database import Database
from agencyfile.local_portal.templates import unpack_templates


def make_progress(rows: Database, now: float) -> None:
    """Carry out everything that is due."""
    _end_snapshots(rows, now)
    _end_clonings(rows, now)
    rows.run(
        "UPDATE accounts SET status = 'active', updated_at = MAX(updated_at, due_at), due_at = NULL WHERE due_at <= ?",
        (now,),
    )


def _end_snapshots(rows: Database, now: float) -> None:
    rows.run(
        "UPDATE snapshots SET status = 'success', completed_at = due_at, due_at = NULL WHERE due_at <= ?",
        (now,),
    )


def _end_clonings(rows: Database, now: float) -> None:
    due = rows.all("SELECT id, target_id, contents, templates, due_at FROM clonings WHERE due_at <= ?", (now,))
    for job in due:
        rows.run("UPDATE accounts SET contents = ? WHERE id = ?", (job["contents"], job["target_id"]))
        unpack_templates(rows, job["target_id"], job["templates"], job["due_at"])
        rows.run(
            "UPDATE clonings SET status = 'success', updated_at = due_at, due_at = NULL WHERE id = ?", (job["id"],)
        )
